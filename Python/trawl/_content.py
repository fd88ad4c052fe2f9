"""Content of the host, read by functions of its own."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Callable

from trawl._library import ffi


@dataclass
class Content:
    """An item or a disk whose bytes a function provides.

    `read(offset, count)` returns `count` bytes, fewer only at the end. An exception makes the item a
    failed one, and is raised when the scan ends. `zeros(offset)` may tell how many bytes from an offset
    are known to be zeros.
    """

    size: int
    read: Callable[[int, int], bytes]
    zeros: Callable[[int], int] | None = None
    exception: BaseException | None = field(default=None, repr=False)

    @classmethod
    def of_file(cls, file: BinaryIO, size: int | None = None) -> Content:
        """Content of an object with `seek` and `read`, such as an open file."""
        lock = threading.Lock()

        def read(offset: int, count: int) -> bytes:
            with lock:
                file.seek(offset)
                return file.read(count)

        return cls(_size(file) if size is None else size, read)


def _size(file: Any) -> int:
    if hasattr(file, "get_size"):  # as in dfvfs
        return file.get_size()
    position = file.tell()
    try:
        return file.seek(0, os.SEEK_END) if file.seekable() else 0
    finally:
        file.seek(position)


class Reader:
    """Callbacks of a content, alive until the library releases them."""

    _alive: dict[int, Reader] = {}

    def __init__(self, content: Content):
        self._content = content
        self._user = ffi.new_handle(self)
        self.structure = ffi.new("trawl_reader *")
        self.structure.struct_size = ffi.sizeof("trawl_reader")
        self.structure.size = content.size
        self.structure.read = _read
        if content.zeros is not None:
            self.structure.zeros = _zeros
        self.structure.release = _release
        self.structure.user = self._user
        Reader._alive[id(self)] = self

    def fill(self, offset: int, buffer: Any, count: int) -> int:
        """Reads into the buffer of the library."""
        try:
            data = self._content.read(offset, count)
            if len(data) > count:
                raise ValueError(f"read() returned {len(data)} bytes instead of {count}")
            ffi.memmove(buffer, data, len(data))
            return len(data)
        except BaseException as exception:  # noqa: BLE001 - it is raised when the scan ends
            self._content.exception = self._content.exception or exception
            return -1

    def known_zeros(self, offset: int) -> int:
        """Number of bytes that need not be read."""
        try:
            return self._content.zeros(offset) if self._content.zeros else 0
        except BaseException as exception:  # noqa: BLE001
            self._content.exception = self._content.exception or exception
            return 0


@ffi.callback("int64_t(void *, uint64_t, void *, size_t)")
def _read(user: Any, offset: int, buffer: Any, count: int) -> int:
    return ffi.from_handle(user).fill(offset, buffer, count)


@ffi.callback("uint64_t(void *, uint64_t)")
def _zeros(user: Any, offset: int) -> int:
    return ffi.from_handle(user).known_zeros(offset)


@ffi.callback("void(void *)")
def _release(user: Any) -> None:
    Reader._alive.pop(id(ffi.from_handle(user)), None)
