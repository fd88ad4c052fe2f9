"""Compiled rules, and matching with the arguments of yara-python."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import warnings as python_warnings
from contextlib import contextmanager
from typing import IO, Any, Callable, Iterator, Mapping

from trawl._errors import Cancelled, Error, TimeoutError
from trawl._externals import define
from trawl._library import Failure, call, checked, contiguous, ffi, lib, owned, path, string
from trawl._matches import Match, Rule, RuleString, module_value, strings

CALLBACK_CONTINUE = 0
CALLBACK_ABORT = 1
CALLBACK_MATCHES = 1
CALLBACK_NON_MATCHES = 2
CALLBACK_ALL = CALLBACK_MATCHES | CALLBACK_NON_MATCHES
CALLBACK_TOO_MANY_MATCHES = 6

# Numbers of libyara's error.h.
_COULD_NOT_OPEN = 3
_COULD_NOT_MAP = 4
_INVALID_FILE = 6
_CORRUPT_FILE = 7
_OTHER_VERSION = 8
_TIMEOUT = 26
_NO_SUCH_VARIABLE = 29
_OTHER_TYPE = 48
_COULD_NOT_ATTACH = 2


def failed(failure: Failure, name: str) -> Exception:
    """The error of a failed call, in the words of yara-python."""
    words = {
        _COULD_NOT_ATTACH: "access denied",
        _COULD_NOT_OPEN: f'could not open file "{name}"',
        _COULD_NOT_MAP: f'could not map file "{name}" into memory',
        _INVALID_FILE: f'invalid rules file "{name}"',
        _CORRUPT_FILE: f'corrupt rules file "{name}"',
        _OTHER_VERSION: f'rules file "{name}" is incompatible with this version of YARA',
        _OTHER_TYPE: f'external variable "{name}" was already defined with a different type',
    }
    if failure.code == _TIMEOUT:
        return TimeoutError("scanning timed out")
    if failure.code in words:
        return Error(words[failure.code])
    if failure.status == lib.TRAWL_CANCELLED:
        return Cancelled(str(failure))
    return Error(f"internal error: {failure.code}" if failure.code else str(failure))


class Rules:
    """Compiled rules, which any number of threads may use."""

    def __init__(self, engine: Any, warnings: list[str] | None = None):
        self._engine = engine
        self._lock = threading.Lock()
        self._matchers: dict[tuple, list[Any]] = {}
        count = ffi.new("size_t *")
        start = lib.trawl_engine_rules(engine, count)
        self._start = start
        self._rules = [Rule(start[index]) for index in range(count[0])]
        self.warnings: list[str] = warnings or []

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def match(
        self,
        filepath: str | os.PathLike | None = None,
        pid: int | None = None,
        data: Any = None,
        externals: Mapping[str, Any] | None = None,
        callback: Callable[[dict], Any] | None = None,
        fast: bool = False,
        timeout: int = 0,
        modules_data: Mapping[str, bytes] | None = None,
        modules_callback: Callable[[dict], Any] | None = None,
        which_callbacks: int = CALLBACK_ALL,
        warnings_callback: Callable[[int, RuleString], Any] | None = None,
        console_callback: Callable[[str], Any] | None = None,
        allow_duplicate_metadata: bool = False,
    ) -> list[Match]:
        """Matches a file, the memory of a process, or data, without the GIL."""
        if filepath is None and data is None and pid is None:
            raise TypeError("match() takes at least one argument")
        for name, function in (
            ("callback", callback),
            ("modules_callback", modules_callback),
            ("warnings_callback", warnings_callback),
            ("console_callback", console_callback),
        ):
            if function is not None and not callable(function):
                raise TypeError(f"'{name}' must be callable")
        if modules_data is not None and not isinstance(modules_data, Mapping):
            raise TypeError("'modules_data' must be a dictionary")
        if externals is not None and not isinstance(externals, Mapping):
            raise TypeError("'externals' must be a dictionary")
        wants_others = callback is not None and bool(which_callbacks & CALLBACK_NON_MATCHES)
        options = (bool(fast), timeout, wants_others, modules_callback is not None, warnings_callback is not None)
        with self._matcher(options, externals or {}, modules_data or {}) as matcher:
            matches = _matched(matcher, filepath, data, pid)
        receiver = _Receiver(self, callback, which_callbacks, modules_callback, warnings_callback, console_callback, allow_duplicate_metadata)
        return receiver.receive(matches)

    @contextmanager
    def _matcher(self, options: tuple, externals: Mapping[str, Any], modules_data: Mapping[str, bytes]):
        """A matcher, which is kept unless something was set in it."""
        is_special = bool(externals or modules_data)
        with self._lock:
            kept = [] if is_special else self._matchers.setdefault(options, [])
            matcher = kept.pop() if kept else None
        if matcher is None:
            matcher = self._new_matcher(options)
        for name, value in externals.items():
            try:
                define(matcher, "trawl_matcher", name, value)
            except Failure as failure:
                # More variables than the rules have are no error.
                if failure.code != _NO_SUCH_VARIABLE:
                    raise failed(failure, name) from None
        for name, value in modules_data.items():
            if isinstance(value, bytes):
                checked(lib.trawl_matcher_set_module_data, matcher, name.encode(), ffi.from_buffer(value), len(value))
        yield matcher
        if not is_special:
            with self._lock:
                kept.append(matcher)

    def _new_matcher(self, options: tuple) -> Any:
        structure = ffi.new("trawl_match_options *")
        structure.struct_size = ffi.sizeof("trawl_match_options")
        structure.memory_budget = 256 << 20
        structure.is_fast, structure.timeout = int(options[0]), options[1]
        structure.reports_non_matching, structure.reports_modules = int(options[2]), int(options[3])
        structure.reports_warnings = int(options[4])
        made = ffi.new("trawl_matcher **")
        checked(lib.trawl_matcher_create, self._engine, structure, made)
        return owned(made, lib.trawl_matcher_free)

    def save(self, filepath: str | os.PathLike | None = None, file: IO[bytes] | None = None) -> None:
        """Writes the compiled rules to a file, for the same version of libyara."""
        if filepath is None and not hasattr(file, "write"):
            raise TypeError("load() expects either a file path or a file-like object")
        with self._lock:
            # libyara cannot save rules that a scanner uses.
            self._matchers.clear()
        if filepath is not None:
            self._save(filepath)
            return
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "rules")
            self._save(name)
            with open(name, "rb") as saved:
                file.write(saved.read())  # type: ignore[union-attr]

    def _save(self, name: str | os.PathLike) -> None:
        try:
            call(lib.trawl_engine_save, self._engine, path(name))
        except Failure as failure:
            if failure.status == lib.TRAWL_FILE_UNREADABLE:
                raise Error(f'could not open file "{os.fspath(name)}"') from None
            raise Error(str(failure)) from None

    def profiling_info(self) -> dict[str, int]:
        """Raises Error: libyara is built without profiling."""
        raise Error("libyara compiled without profiling support")

    @property
    def without_prefilter(self) -> str | None:
        """Reason why libyara scans everything with these rules; None if the prefilter helps."""
        reason = lib.trawl_engine_without_prefilter(self._engine)
        return None if reason == ffi.NULL else ffi.string(reason).decode()


def _matched(matcher: Any, filepath: Any, data: Any, pid: int | None) -> Any:
    made = ffi.new("trawl_matches **")
    name = "<data>"
    try:
        if filepath is not None:
            name = os.fsdecode(filepath)
            lib.trawl_install_fault_handler()
            call(lib.trawl_matcher_match_file, matcher, path(filepath), made)
        elif data is not None:
            content = data.encode("utf-8") if isinstance(data, str) else data
            flat = contiguous(content)
            call(lib.trawl_matcher_match_memory, matcher, ffi.from_buffer(flat), flat.nbytes, made)
        else:
            name = "<proc>"
            call(lib.trawl_matcher_match_process, matcher, pid, made)
    except Failure as failure:
        raise failed(failure, name) from None
    return owned(made, lib.trawl_matches_free)


class _Abort(Exception):
    """A callback requested the end of the scan."""


class _Receiver:
    """Passes the reports of libyara to callbacks, in its order."""

    def __init__(self, rules: Rules, callback: Any, which: int, modules: Any, warnings: Any, console: Any, as_lists: bool):
        self._rules = rules
        self._callback, self._which = callback, which
        self._modules, self._warnings, self._console = modules, warnings, console
        self._as_lists = as_lists
        self._matches: list[Match] = []

    def receive(self, matches: Any) -> list[Match]:
        count = ffi.new("size_t *")
        start = lib.trawl_matches_events(matches, count)
        try:
            for index in range(count[0]):
                self._take(start[index])
        except _Abort:
            pass
        return self._matches

    def _take(self, event: Any) -> None:
        kind = event.type
        if kind in (lib.TRAWL_RULE_MATCHES, lib.TRAWL_RULE_DOES_NOT_MATCH):
            self._take_rule(event, kind == lib.TRAWL_RULE_MATCHES)
        elif kind == lib.TRAWL_CONSOLE_LINE:
            line = string(event.text) or ""
            if self._console is None:
                sys.stdout.write(line[:1000] + "\n")
            else:
                self._heed(self._console(line))
        elif kind == lib.TRAWL_MODULE_LOADED and self._modules is not None:
            self._heed(self._modules({**module_value(event.value), "module": string(event.text)}))
        elif kind == lib.TRAWL_TOO_MANY_MATCHES:
            self._warn(self._rule(event), string(event.text) or "")

    def _rule(self, event: Any) -> Rule:
        return self._rules._rules[event.rule - self._rules._start]

    def _take_rule(self, event: Any, does_match: bool) -> None:
        rule = self._rule(event)
        tags, meta, found = list(rule.tags), rule.metadata(self._as_lists), strings(event)
        if does_match:
            self._matches.append(Match(rule.identifier, rule.namespace, tags, meta, found))
        wanted = CALLBACK_MATCHES if does_match else CALLBACK_NON_MATCHES
        if self._callback is not None and self._which & wanted:
            self._heed(
                self._callback(
                    {
                        "matches": does_match,
                        "rule": rule.identifier,
                        "namespace": rule.namespace,
                        "tags": tags,
                        "meta": meta,
                        "strings": found,
                    }
                )
            )

    def _warn(self, rule: Rule, identifier: str) -> None:
        if self._warnings is None:
            python_warnings.warn(
                f'too many matches for string {identifier} in rule "{rule.identifier}"', RuntimeWarning, stacklevel=4
            )
        else:
            self._heed(self._warnings(CALLBACK_TOO_MANY_MATCHES, RuleString(rule.namespace, rule.identifier, identifier)))

    @staticmethod
    def _heed(answer: Any) -> None:
        if isinstance(answer, int) and int(answer) == CALLBACK_ABORT:
            raise _Abort


def load(filepath: str | os.PathLike | None = None, file: IO[bytes] | None = None) -> Rules:
    """Loads rules that were saved. Load only your own: libyara executes code in them."""
    if filepath is not None:
        name = os.fspath(filepath)
        try:
            with open(filepath, "rb") as saved:
                data = saved.read()
        except OSError:
            raise Error(f'could not open file "{name}"') from None
    elif hasattr(file, "read"):
        name, data = "<file-like-object>", file.read()  # type: ignore[union-attr]
    else:
        raise TypeError("load() expects either a file path or a file-like object")
    made = ffi.new("trawl_engine **")
    try:
        call(lib.trawl_engine_create_compiled, ffi.from_buffer(data), len(data), made)
    except Failure as failure:
        raise failed(failure, str(name)) from None
    return Rules(owned(made, lib.trawl_engine_release))


def builtin() -> Rules:
    """The built-in signatures."""
    made = ffi.new("trawl_engine **")
    checked(lib.trawl_engine_create_builtin, made)
    return Rules(owned(made, lib.trawl_engine_release))


def set_config(stack_size: int = 0, max_strings_per_rule: int = 0, max_match_data: int = 0) -> None:
    """Changes settings of libyara for the whole process."""
    for setting, value in (
        (lib.TRAWL_STACK_SIZE, stack_size),
        (lib.TRAWL_MAXIMUM_STRINGS_PER_RULE, max_strings_per_rule),
        (lib.TRAWL_MAXIMUM_MATCH_DATA, max_match_data),
    ):
        if value:
            checked(lib.trawl_libyara_configure, setting, value)


def _module_names() -> list[str]:
    count = ffi.new("size_t *")
    start = lib.trawl_libyara_modules(count)
    return [string(start[index]) or "" for index in range(count[0])]


modules = _module_names()
