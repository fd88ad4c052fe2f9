"""Records of scans."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trawl._library import ffi, lib


@dataclass(frozen=True)
class Record:
    """One record of a scan; `data` is its JSON, which docs/output.md describes."""

    data: dict[str, Any] = field(repr=False)

    @property
    def evidence(self) -> str | None:
        """The target, as it was named."""
        return _name(self.data, "evidence")

    @property
    def path(self) -> str | None:
        """Path of the item; bytes that are not UTF-8 are surrogates, as in the module os."""
        return _name(self.data, "path")

    @property
    def stream(self) -> str | None:
        """Alternate data stream."""
        return _name(self.data, "stream")


@dataclass(frozen=True)
class Finding(Record):
    """A confirmed match, with its product, its place and its confidence."""

    rule: str
    confidence: str | None
    reasons: list[str]
    vendor: str | None
    product: str | None
    version: str | None
    component: str | None
    size: int
    md5: str | None
    sha1: str | None
    sha256: str | None
    modified: datetime | None
    matches: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True)
class Problem(Record):
    """An item, or a part of one, that was not scanned: never clean."""

    outcome: str
    reason: str
    message: str


@dataclass(frozen=True)
class Product(Record):
    """A product that is present."""

    product: str | None
    vendor: str | None
    versions: list[str]
    state: str
    confidence: str | None


@dataclass(frozen=True)
class Context(Record):
    """A file without a match in a product's folder."""

    product: str | None


@dataclass(frozen=True)
class Summary(Record):
    """The account of a scan."""

    complete: bool
    interrupted: bool
    seen: int
    matched: int
    clean: int
    skipped: int
    failed: int
    seconds: float


def record(pointer: Any) -> Record:
    """The record behind a pointer."""
    size = ffi.new("size_t *")
    text = lib.trawl_record_json(pointer, size)
    data = json.loads(bytes(ffi.buffer(text, size[0])))
    return _MAKERS[lib.trawl_record_type(pointer)](data)


def _name(data: dict[str, Any], key: str) -> str | None:
    exact = data.get(f"{key}_base64")
    return data.get(key) if exact is None else os.fsdecode(base64.b64decode(exact))


def _time(text: str | None) -> datetime | None:
    # Nanoseconds are more than datetime keeps.
    if text is None:
        return None
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(rest + '000000')[:6]}+00:00")


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(
        data=data,
        rule=data["rule"],
        confidence=data.get("confidence"),
        reasons=data.get("reasons", []),
        vendor=data.get("vendor"),
        product=data.get("product"),
        version=data.get("version"),
        component=data.get("component"),
        size=data.get("size", 0),
        md5=data.get("md5"),
        sha1=data.get("sha1"),
        sha256=data.get("sha256"),
        modified=_time(data.get("modified")),
        matches=data.get("matches", []),
    )


def _problem(data: dict[str, Any]) -> Problem:
    return Problem(data=data, outcome=data["outcome"], reason=data["reason"], message=data.get("message", ""))


def _product(data: dict[str, Any]) -> Product:
    return Product(
        data=data,
        product=data.get("product"),
        vendor=data.get("vendor"),
        versions=data.get("versions", []),
        state=data["state"],
        confidence=data.get("confidence"),
    )


def _context(data: dict[str, Any]) -> Context:
    return Context(data=data, product=data.get("product"))


def _summary(data: dict[str, Any]) -> Summary:
    items = data["items"]
    return Summary(
        data=data,
        complete=data["complete"],
        interrupted=data["interrupted"],
        seen=items["seen"],
        matched=items["matched"],
        clean=items["clean"],
        skipped=items["skipped"],
        failed=items["failed"],
        seconds=data["seconds"],
    )


_MAKERS = {
    lib.TRAWL_FINDING: _finding,
    lib.TRAWL_PROBLEM: _problem,
    lib.TRAWL_PRODUCT: _product,
    lib.TRAWL_CONTEXT: _context,
    lib.TRAWL_SUMMARY: _summary,
}
