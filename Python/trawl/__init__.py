"""Trawl for Python: YARA rules with a prefilter, for files, memory and disk images.

`compile`, `load`, `Rules.match` and their results are those of yara-python 4.5. `scan` scans files,
directories and disk images, and yields findings; `Scanner` scans one item after another.
"""

from trawl._compiler import compile
from trawl._content import Content
from trawl._errors import Cancelled, Error, SyntaxError, TimeoutError, WarningError
from trawl._library import VERSION as __version__
from trawl._library import YARA_VERSION
from trawl._matches import Match, Rule, RuleString, StringMatch, StringMatchInstance
from trawl._records import Context, Finding, Problem, Product, Record, Summary
from trawl._rules import (
    CALLBACK_ABORT,
    CALLBACK_ALL,
    CALLBACK_CONTINUE,
    CALLBACK_MATCHES,
    CALLBACK_NON_MATCHES,
    CALLBACK_TOO_MANY_MATCHES,
    Rules,
    builtin,
    load,
    modules,
    set_config,
)
from trawl._scan import Progress, Scan, scan
from trawl._scanner import Ledger, Result, Scanner

YARA_VERSION_HEX = sum(int(part) << shift for part, shift in zip(YARA_VERSION.split("."), (16, 8, 0)))

__all__ = [
    "CALLBACK_ABORT",
    "CALLBACK_ALL",
    "CALLBACK_CONTINUE",
    "CALLBACK_MATCHES",
    "CALLBACK_NON_MATCHES",
    "CALLBACK_TOO_MANY_MATCHES",
    "YARA_VERSION",
    "YARA_VERSION_HEX",
    "Cancelled",
    "Content",
    "Context",
    "Error",
    "Finding",
    "Ledger",
    "Match",
    "Problem",
    "Product",
    "Progress",
    "Record",
    "Result",
    "Rule",
    "RuleString",
    "Rules",
    "Scan",
    "Scanner",
    "StringMatch",
    "StringMatchInstance",
    "Summary",
    "SyntaxError",
    "TimeoutError",
    "WarningError",
    "builtin",
    "compile",
    "load",
    "modules",
    "scan",
    "set_config",
]
