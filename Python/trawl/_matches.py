"""Results of matching, as yara-python has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering
from typing import Any, NamedTuple

from trawl._library import ffi, lib, string


class RuleString(NamedTuple):
    """A string of a rule, as the callback for warnings receives it."""

    namespace: str
    rule: str
    string: str


@dataclass(frozen=True, repr=False)
class StringMatchInstance:
    """A place where a string matched."""

    offset: int
    matched_data: bytes
    matched_length: int
    xor_key: int

    def plaintext(self) -> bytes:
        """The matched data with the key of an `xor` string applied."""
        return bytes(byte ^ self.xor_key for byte in self.matched_data) if self.xor_key else self.matched_data

    def __repr__(self) -> str:
        return self.matched_data.decode("utf-8", "backslashreplace")

    def __hash__(self) -> int:
        return hash(self.matched_data)


@dataclass(repr=False, eq=False)
class StringMatch:
    """A string that matched, with its places."""

    identifier: str
    instances: list[StringMatchInstance]
    _is_xor: bool = False

    def is_xor(self) -> bool:
        """Whether the string has the modifier `xor`."""
        return self._is_xor

    def __repr__(self) -> str:
        return self.identifier

    def __hash__(self) -> int:
        return hash(self.identifier)


@total_ordering
@dataclass(repr=False, eq=False)
class Match:
    """A rule that matched. Compares by rule and namespace."""

    rule: str
    namespace: str
    tags: list[str]
    meta: dict[str, Any]
    strings: list[StringMatch]

    def _key(self, other: object) -> tuple[str, str]:
        if not isinstance(other, Match):
            raise TypeError("'Match' objects must be compared with objects of the same class")
        return (other.rule, other.namespace)

    def __eq__(self, other: object) -> bool:
        return (self.rule, self.namespace) == self._key(other)

    def __lt__(self, other: object) -> bool:
        return (self.rule, self.namespace) < self._key(other)

    def __hash__(self) -> int:
        return hash(self.rule) + hash(self.namespace)

    def __repr__(self) -> str:
        return self.rule


class Rule:
    """A compiled rule."""

    def __init__(self, structure: Any):
        self.identifier: str = string(structure.identifier) or ""
        self.namespace: str = string(structure.name_space) or ""
        self.is_global: bool = structure.is_global != 0
        self.is_private: bool = structure.is_private != 0
        self.tags: list[str] = [string(structure.tags[i]) or "" for i in range(structure.tag_count)]
        self._entries = [_entry(structure.metadata[i]) for i in range(structure.metadata_count)]
        self.meta: dict[str, Any] = dict(self._entries)

    def metadata(self, as_lists: bool) -> dict[str, Any]:
        """A new dictionary of the metadata: of values, the last of each key, or of lists of values."""
        if not as_lists:
            return dict(self._entries)
        lists: dict[str, list[Any]] = {}
        for key, value in self._entries:
            lists.setdefault(key, []).append(value)
        return lists

    def __repr__(self) -> str:
        return f"<trawl.Rule {self.identifier}>"


def _entry(structure: Any) -> tuple[str, Any]:
    key = string(structure.key) or ""
    if structure.type == lib.TRAWL_INTEGER:
        return key, structure.integer
    if structure.type == lib.TRAWL_BOOLEAN:
        return key, structure.integer != 0
    return key, string(structure.string) or ""


def strings(event: Any) -> list[StringMatch]:
    """The strings of an event that matched."""
    found = []
    for number in range(event.string_count):
        matched = event.strings[number]
        instances = []
        for place in range(matched.instance_count):
            instance = matched.instances[place]
            size = instance.data_size
            data = bytes(ffi.buffer(instance.data, size)) if size else b""
            instances.append(StringMatchInstance(instance.offset, data, instance.length, instance.xor_key))
        found.append(StringMatch(string(matched.identifier) or "", instances, matched.is_xor != 0))
    return found


def module_value(structure: Any) -> Any:
    """A value of a module: texts are bytes, undefined values are left out."""
    kind = structure.type
    if kind == lib.TRAWL_VALUE_INTEGER:
        return structure.integer
    if kind == lib.TRAWL_VALUE_FLOAT:
        return structure.number
    if kind == lib.TRAWL_VALUE_TEXT:
        return bytes(ffi.buffer(structure.text.data, structure.text.size))
    members = [structure.members[index] for index in range(structure.member_count)]
    if kind == lib.TRAWL_VALUE_ARRAY:
        return [module_value(member) for member in members if member.type != lib.TRAWL_VALUE_UNDEFINED]
    return {string(member.name): module_value(member) for member in members}
