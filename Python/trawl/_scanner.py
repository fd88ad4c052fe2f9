"""Scanning one item after another, on the calling thread."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from trawl._content import Content, Reader
from trawl._library import checked, contiguous, ffi, lib, owned, path
from trawl._options import Options
from trawl._records import Finding, Problem, record
from trawl._rules import Rules, builtin


@dataclass(frozen=True)
class Result:
    """Outcome of one item: `clean`, `matched`, `skipped` or `failed`."""

    outcome: str
    finding: Finding | None
    problems: list[Problem]


@dataclass(frozen=True)
class Ledger:
    """Account of items: seen = matched + clean + skipped + failed."""

    seen: int
    matched: int
    clean: int
    skipped: int
    failed: int
    excluded_by_gate: int
    excluded_by_sieve: int
    evaluated_without_scan: int
    scanned_by_libyara: int


class Scanner:
    """A scanner, which one thread at a time uses; others have their own, with the same rules."""

    def __init__(self, rules: Rules | None = None, **options: Any):
        structure, alive = Options(**options).structure()
        made = ffi.new("trawl_scanner **")
        checked(lib.trawl_scanner_create, (rules or builtin())._engine, structure, made)
        del alive
        self._scanner = owned(made, lib.trawl_scanner_free)

    def __enter__(self) -> Scanner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Releases the scanner."""
        if self._scanner is not None:
            ffi.release(self._scanner)
        self._scanner = None

    def _open(self) -> Any:
        if self._scanner is None:
            raise ValueError("the scanner is closed")
        return self._scanner

    def scan_file(self, name: str | bytes | os.PathLike) -> Result:
        """Scans a file."""
        lib.trawl_install_fault_handler()
        return self._scan(lib.trawl_scanner_scan_file, path(name))

    def scan_bytes(self, data: Any, name: str = "data") -> Result:
        """Scans bytes, or anything with a buffer, without copying it."""
        flat = contiguous(data)
        return self._scan(lib.trawl_scanner_scan_memory, path(name), ffi.from_buffer(flat), flat.nbytes)

    def scan_content(self, content: Content, name: str = "content") -> Result:
        """Scans content that functions of the host provide; raises their exceptions."""
        reader = Reader(content)
        result = self._scan(lib.trawl_scanner_scan_reader, path(name), reader.structure)
        if content.exception is not None:
            raise content.exception
        return result

    def _scan(self, function: Any, *arguments: Any) -> Result:
        made = ffi.new("trawl_result **")
        checked(function, self._open(), *arguments, made)
        result = owned(made, lib.trawl_result_free)
        count = lib.trawl_result_record_count(result)
        records = [record(lib.trawl_result_record(result, index)) for index in range(count)]
        finding = next((r for r in records if isinstance(r, Finding)), None)
        outcome = ("clean", "matched", "skipped", "failed")[lib.trawl_result_outcome(result)]
        return Result(outcome, finding, [r for r in records if isinstance(r, Problem)])

    def cancel(self) -> None:
        """Ends the item in progress and every later one, from any thread."""
        lib.trawl_scanner_cancel(self._open())

    @property
    def ledger(self) -> Ledger:
        """The account of all items so far."""
        structure = ffi.new("trawl_ledger *")
        checked(lib.trawl_scanner_ledger, self._open(), structure, ffi.sizeof("trawl_ledger"))
        return Ledger(**{name: getattr(structure, name) for name in Ledger.__dataclass_fields__})
