"""Options of scanners and scans."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Sequence

from trawl._library import ffi, lib

_UNALLOCATED = {"carve": lib.TRAWL_CARVE, "all": lib.TRAWL_WHOLE_RUNS, "none": lib.TRAWL_IGNORE}


@dataclass(frozen=True)
class Options:
    """Options, as those of `trawl scan`."""

    jobs: int = 0
    timeout: int = 3600
    max_size: int = 0
    memory: int = 256 << 20
    prefilter: bool = True
    follow_symbolic_links: bool = False
    one_file_system: bool = False
    unallocated: str = "carve"
    verify: bool = False
    exclude: Sequence[str] = ()
    include: Sequence[str] = ()
    helper: str | None = None

    def structure(self) -> tuple[Any, list[Any]]:
        """The options for C, and the objects that must live as long."""
        if self.unallocated not in _UNALLOCATED:
            raise ValueError(f"unallocated is {self.unallocated!r} and not one of {', '.join(_UNALLOCATED)}")
        structure = ffi.new("trawl_options *")
        structure.struct_size = ffi.sizeof("trawl_options")
        structure.jobs, structure.timeout = self.jobs, self.timeout
        structure.maximum_size, structure.memory_budget = self.max_size, self.memory
        structure.without_prefilter = int(not self.prefilter)
        structure.follows_symbolic_links = int(self.follow_symbolic_links)
        structure.stays_on_file_system = int(self.one_file_system)
        structure.unallocated = _UNALLOCATED[self.unallocated]
        structure.verifies_images, structure.volume_timeout = int(self.verify), 120
        alive: list[Any] = []
        if self.helper is not None:
            alive.append(ffi.new("char[]", os.fsencode(self.helper)))
            structure.helper = alive[-1]
        structure.excluded, structure.excluded_count = _texts(self.exclude, alive), len(self.exclude)
        structure.included, structure.included_count = _texts(self.include, alive), len(self.include)
        return structure, alive


def _texts(globs: Sequence[str], alive: list[Any]) -> Any:
    if isinstance(globs, str):
        raise TypeError("globs are a sequence of strings")
    if not globs:
        return ffi.NULL
    texts = [ffi.new("char[]", os.fsencode(glob)) for glob in globs]
    array = ffi.new("const char *[]", texts)
    alive += [texts, array]
    return array
