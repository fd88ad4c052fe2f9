"""The C library libtrawl: where it is, and how its calls fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from trawl._cffi import ffi
from trawl._errors import Cancelled, Error

_BUNDLED = Path(__file__).parent / "lib" / "libtrawl.so.0"


def _open() -> Any:
    named = os.environ.get("TRAWL_LIBRARY")
    try:
        name = named or (str(_BUNDLED) if _BUNDLED.exists() else "libtrawl.so.0")
        # Threads of the library may outlive its last user.
        return ffi.dlopen(name, ffi.RTLD_NOW | ffi.RTLD_NODELETE)
    except OSError as error:
        raise ImportError(
            f"libtrawl cannot be loaded: {error}. Install the wheel or libtrawl, or name the "
            "library in TRAWL_LIBRARY"
        ) from error


lib = _open()


class Failure(Exception):
    """A failed call, before it has become an error of this module."""

    def __init__(self, status: int, message: str, code: int, diagnostics: list[Diagnostic]):
        super().__init__(message)
        self.status = status
        self.code = code
        self.diagnostics = diagnostics


class Diagnostic:
    """A message of the rule compiler."""

    def __init__(self, structure: Any):
        self.is_error = structure.is_error != 0
        self.line = structure.line
        self.file = string(structure.file)
        self.message = string(structure.message) or ""

    def __str__(self) -> str:
        return f"{self.file}({self.line}): {self.message}" if self.file else f"line {self.line}: {self.message}"


def raw(text: Any) -> bytes | None:
    """Bytes of a text; None if it does not apply."""
    return None if text.data == ffi.NULL else bytes(ffi.buffer(text.data, text.size))


def string(text: Any) -> str | None:
    """Text without bytes that are not UTF-8, as yara-python reads it; None if it does not apply."""
    data = raw(text)
    return None if data is None else data.decode("utf-8", "ignore")


def path(name: str | bytes | os.PathLike) -> bytes:
    """A path as bytes."""
    data = os.fsencode(name)
    if b"\0" in data:
        raise ValueError("embedded null character")
    return data


def contiguous(data: Any) -> memoryview:
    """Bytes of anything with a buffer, copied only if they lie in pieces."""
    view = memoryview(data)
    return view if view.c_contiguous else memoryview(view.tobytes())


def call(function: Any, *arguments: Any) -> None:
    """Calls a function of the library without the GIL; raises Failure."""
    error = ffi.new("trawl_error **")
    status = function(*arguments, error)
    if status == lib.TRAWL_OK:
        return
    failure = error[0]
    try:
        count = ffi.new("size_t *")
        start = lib.trawl_error_diagnostics(failure, count)
        raise Failure(
            status,
            ffi.string(lib.trawl_error_message(failure)).decode("utf-8", "replace"),
            lib.trawl_error_libyara_code(failure),
            [Diagnostic(start[index]) for index in range(count[0])],
        )
    finally:
        lib.trawl_error_free(failure)


def checked(function: Any, *arguments: Any) -> None:
    """Calls a function of the library; raises Error with the library's words."""
    try:
        call(function, *arguments)
    except Failure as failure:
        kind = Cancelled if failure.status == lib.TRAWL_CANCELLED else Error
        raise kind(str(failure)) from None


def owned(pointer: Any, release: Any) -> Any:
    """The object behind a pointer, released with the last reference to it."""
    return ffi.gc(pointer[0], release)


VERSION = ffi.string(lib.trawl_version()).decode()
YARA_VERSION = ffi.string(lib.trawl_libyara_version()).decode()
