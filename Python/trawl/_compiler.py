"""Compiling rules, with the arguments of yara-python."""

from __future__ import annotations

import os
from typing import IO, Any, Callable, Mapping, Optional

from trawl._errors import Error, SyntaxError, WarningError
from trawl._externals import External, define, terminated
from trawl._library import Diagnostic, Failure, call, ffi, lib, owned, path
from trawl._rules import Rules, failed

IncludeCallback = Callable[[str, Optional[str], Optional[str]], Optional[str]]


class _Includes:
    """Passes the includes of a compiler to a function, whose exception is raised in the end."""

    def __init__(self, function: IncludeCallback):
        self.exception: BaseException | None = None
        self._text = None

        @ffi.callback("trawl_include_callback")
        def include(name: Any, _user: Any) -> Any:
            try:
                text = function(ffi.string(name).decode("utf-8", "replace"), None, None)
            except BaseException as exception:  # noqa: BLE001 - it is raised by compile()
                self.exception = self.exception or exception
                return ffi.NULL
            if not isinstance(text, str):
                return ffi.NULL
            self._text = ffi.new("char[]", text.encode("utf-8"))
            return self._text

        self.callback = include


def compile(  # noqa: A001 - the name of yara-python
    filepath: str | os.PathLike | None = None,
    source: str | None = None,
    file: IO | None = None,
    filepaths: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
    includes: bool = True,
    externals: Mapping[str, External] | None = None,
    error_on_warning: bool = False,
    strict_escape: bool = False,
    include_callback: IncludeCallback | None = None,
) -> Rules:
    """Compiles rules from one file, text or open file, or from several by their namespaces."""
    given = [argument for argument in (filepath, source, file, filepaths, sources) if argument is not None]
    if len(given) > 1:
        raise TypeError("compile is receiving too many arguments")
    if not given:
        raise TypeError("compile() takes 1 argument")
    _require(error_on_warning, bool, "'error_on_warning' param must be of boolean type")
    _require(strict_escape, bool, "'strict_escape' param must be of boolean type")
    _require(includes, bool, "'includes' param must be of boolean type")
    if include_callback is not None and not callable(include_callback):
        raise TypeError("'include_callback' must be callable")
    if externals is not None:
        _require(externals, Mapping, "'externals' must be a dictionary")

    made = ffi.new("trawl_compiler **")
    call(lib.trawl_compiler_create, made)
    compiler = owned(made, lib.trawl_compiler_free)
    lib.trawl_compiler_allow_nothing(compiler)
    if strict_escape:
        lib.trawl_compiler_warn_of_escapes(compiler)
    if not includes:
        lib.trawl_compiler_disable_includes(compiler)
    provided = _Includes(include_callback) if include_callback else None
    if provided:
        call(lib.trawl_compiler_set_include, compiler, provided.callback, ffi.NULL)
    for name, value in (externals or {}).items():
        try:
            define(compiler, "trawl_compiler", name, value)
        except Failure as failure:
            raise failed(failure, name) from None

    if filepath is not None:
        _add_file(compiler, filepath, None)
    elif source is not None:
        _add_text(compiler, source, None)
    elif file is not None:
        _add_open_file(compiler, file)
    elif sources is not None:
        _require(sources, Mapping, "'sources' must be a dictionary")
        for namespace, text in sources.items():
            if not isinstance(namespace, str) or not isinstance(text, str):
                raise TypeError("keys and values of the 'sources' dictionary must be of string type")
            _add_text(compiler, text, namespace)
    elif filepaths is not None:
        _require(filepaths, Mapping, "filepaths must be a dictionary")
        for namespace, name in filepaths.items():
            if not isinstance(namespace, str) or not isinstance(name, (str, os.PathLike)):
                raise TypeError("keys and values of the filepaths dictionary must be of string type")
            _add_file(compiler, name, namespace)
    return _build(compiler, provided, error_on_warning)


def _require(value: Any, kind: type, message: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(message)


def _add_text(compiler: Any, text: str | bytes, namespace: str | None) -> None:
    data = text.encode("utf-8") if isinstance(text, str) else bytes(text)
    if b"\0" in data:
        raise ValueError("embedded null character")
    space = ffi.NULL if namespace is None else terminated(namespace)
    call(lib.trawl_compiler_add_text, compiler, b"", space, ffi.from_buffer(data), len(data))


def _add_file(compiler: Any, name: str | os.PathLike, namespace: str | None) -> None:
    space = ffi.NULL if namespace is None else terminated(namespace)
    try:
        with open(name, "rb"):
            pass
        call(lib.trawl_compiler_add_file, compiler, path(name), space)
    except OSError as error:
        raise Error(error.errno, error.strerror) from None
    except Failure as failure:
        raise failed(failure, os.fspath(name)) from None


def _add_open_file(compiler: Any, file: IO) -> None:
    try:
        descriptor = file.fileno()
    except (AttributeError, OSError):
        raise TypeError("'file' is not a file object") from None
    pieces = []
    while piece := os.read(descriptor, 1 << 20):
        pieces.append(piece)
    _add_text(compiler, b"".join(pieces), None)


def _build(compiler: Any, provided: _Includes | None, error_on_warning: bool) -> Rules:
    made = ffi.new("trawl_engine **")
    try:
        call(lib.trawl_compiler_build, compiler, made)
    except Failure as failure:
        if provided and provided.exception:
            raise provided.exception from None
        if failure.diagnostics:
            # Of several errors yara-python raises the last.
            raise SyntaxError(str(failure.diagnostics[-1])) from None
        if failure.status == lib.TRAWL_RULES_INVALID:
            raise SyntaxError(str(failure)) from None
        raise failed(failure, "") from None
    engine = owned(made, lib.trawl_engine_release)
    count = ffi.new("size_t *")
    start = lib.trawl_engine_warnings(engine, count)
    warnings = [str(Diagnostic(start[index])) for index in range(count[0])]
    if error_on_warning and warnings:
        raise WarningError(warnings)
    return Rules(engine, warnings)
