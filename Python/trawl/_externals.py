"""External variables."""

from __future__ import annotations

from typing import Any, Union

from trawl._library import call, lib

External = Union[int, float, bool, str]


def define(target: Any, prefix: str, name: Any, value: Any) -> None:
    """Defines an external variable of a compiler or matcher; raises Failure."""
    if not isinstance(name, str):
        raise TypeError("keys of externals dict must be strings")
    if isinstance(value, bool):
        kind, value = "boolean", int(value)
    elif isinstance(value, int):
        kind = "integer"
    elif isinstance(value, float):
        kind = "float"
    elif isinstance(value, str):
        kind, value = "string", terminated(value)
    else:
        raise TypeError("external values must be of type integer, float, boolean or string")
    call(getattr(lib, f"{prefix}_define_{kind}"), target, terminated(name), value)


def terminated(text: str) -> bytes:
    """A text for C."""
    data = text.encode("utf-8")
    if b"\0" in data:
        raise ValueError("embedded null character")
    return data
