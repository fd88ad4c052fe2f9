"""Scanning files, directories and images, on threads of the library."""

from __future__ import annotations

import os
import queue
import threading
from dataclasses import dataclass
from typing import Any, Iterator

from trawl._content import Content, Reader
from trawl._errors import Cancelled
from trawl._library import checked, ffi, lib, owned, path
from trawl._options import Options
from trawl._records import Finding, Problem, Product, Record, Summary, record
from trawl._rules import Rules, builtin

_KINDS = {"auto": lib.TRAWL_AUTO, "file": lib.TRAWL_FILE, "image": lib.TRAWL_IMAGE}


@dataclass(frozen=True)
class Progress:
    """Progress of a scan."""

    items: int
    bytes: int
    findings: int


class Scan:
    """A scan, which runs once: iterating over it yields the findings as they occur.

    `problems` and `products` fill meanwhile; `summary` is there in the end, and says whether the scan is
    complete. A scan that is left early, or closed, is cancelled.
    """

    def __init__(self, rules: Rules | None = None, **options: Any):
        structure, alive = Options(**options).structure()
        made = ffi.new("trawl_scan **")
        checked(lib.trawl_scan_create, (rules or builtin())._engine, structure, made)
        del alive
        self._scan = owned(made, lib.trawl_scan_free)
        self._contents: list[Content] = []
        self._run: _Run | None = None
        self.problems: list[Problem] = []
        self.products: list[Product] = []
        self.summary: Summary | None = None

    def add(self, target: str | bytes | os.PathLike, kind: str = "auto") -> Scan:
        """Adds a file, a directory, a disk image or a block device."""
        checked(lib.trawl_scan_add_path, self._scan, path(target), _KINDS[kind])
        return self

    def add_bytes(self, data: bytes, name: str = "data") -> Scan:
        """Adds a copy of bytes as an item."""
        checked(lib.trawl_scan_add_memory, self._scan, path(name), ffi.from_buffer(data), len(data), ffi.NULL, ffi.NULL)
        return self

    def add_content(self, content: Content, name: str) -> Scan:
        """Adds an item whose bytes functions of the host provide."""
        checked(lib.trawl_scan_add_reader, self._scan, path(name), Reader(content).structure)
        self._contents.append(content)
        return self

    def add_medium(self, content: Content, name: str) -> Scan:
        """Adds a disk whose bytes functions of the host provide; several threads read it."""
        checked(lib.trawl_scan_add_medium, self._scan, path(name), Reader(content).structure)
        self._contents.append(content)
        return self

    def __enter__(self) -> Scan:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Finding]:
        return (found for found in self.records() if isinstance(found, Finding))

    def records(self) -> Iterator[Record]:
        """Runs the scan, and yields every record."""
        lib.trawl_install_fault_handler()
        self._run = _Run(self._scan)
        try:
            for found in self._run:
                if isinstance(found, Problem):
                    self.problems.append(found)
                elif isinstance(found, Product):
                    self.products.append(found)
                elif isinstance(found, Summary):
                    self.summary = found
                yield found
        finally:
            self.close()
        for content in self._contents:
            if content.exception is not None:
                raise content.exception

    @property
    def progress(self) -> Progress:
        """Progress of the scan; from any thread."""
        structure = ffi.new("trawl_progress *")
        checked(lib.trawl_scan_progress, self._scan, structure, ffi.sizeof("trawl_progress"))
        return Progress(structure.items, structure.bytes, structure.findings)

    def cancel(self) -> None:
        """Stops the scan, from any thread: iterating raises Cancelled after the records so far."""
        lib.trawl_scan_cancel(self._scan)

    def close(self) -> None:
        """Stops the scan if it runs, and waits for its end."""
        if self._run is not None:
            self._run.close()


class _Run:
    """A scan that runs on a thread of its own, at most some records ahead of the host."""

    _ahead = 256

    def __init__(self, scan: Any):
        self._scan = scan
        self._records: queue.Queue[Record | BaseException | None] = queue.Queue(self._ahead)
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="trawl-scan", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        @ffi.callback("trawl_record_callback")
        def receive(pointer: Any, _user: Any) -> int:
            try:
                return 0 if self._put(record(pointer)) else 1
            except BaseException as exception:  # noqa: BLE001 - it is raised by the iterator
                self._put(exception)
                return 1

        try:
            checked(lib.trawl_scan_run, self._scan, receive, ffi.NULL)
        except BaseException as exception:  # noqa: BLE001
            self._put(exception)
        self._put(None)

    def _put(self, item: Record | BaseException | None) -> bool:
        while not self._is_closed:
            try:
                self._records.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __iter__(self) -> Iterator[Record]:
        while (item := self._records.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def close(self) -> None:
        self._is_closed = True
        if self._thread.is_alive():
            lib.trawl_scan_cancel(self._scan)
        self._thread.join()


def scan(*targets: str | bytes | os.PathLike, rules: Rules | None = None, **options: Any) -> Scan:
    """A scan of files, directories, disk images and devices, with the built-in signatures or your rules."""
    made = Scan(rules, **options)
    for target in targets:
        made.add(target)
    return made


__all__ = ["Cancelled", "Progress", "Scan", "scan"]
