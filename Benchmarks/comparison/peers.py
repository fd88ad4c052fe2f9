"""The programs that are compared: how each is run, and how its answer is read."""

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD_TRAWL = "swift build -c release --product trawl --static-swift-stdlib"
YARA_X = "yara-x==1.23.0"
YARA_X_ENVIRONMENT = ROOT / ".build" / "yara-x"


class Failure(Exception):
    """Why there is no comparison, and what to do about it."""


def remark(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def lines_of_matches(output, corpus):
    """The pairs of rule and path in lines of both. A name may hold a line break: a match begins with the
    corpus."""
    start = rb"^([A-Za-z_]\w*) (?=" + re.escape(os.fsencode(corpus)) + rb"(?:/|$))"
    parts = re.split(start, output.read(), flags=re.MULTILINE)
    return {(rule, path[:-1]) for rule, path in zip(parts[1::2], parts[2::2])}


class Peer:
    """One program. `command` runs it; `statuses` are those of a run that counts."""

    name = ""
    statuses = {0}
    must_agree = False  # whether other answers than trawl's are a failure

    def matches(self, output, errors):
        """The pairs of rule and path, as bytes; None if this one has no rules. May set `details`, what
        it says of the run itself."""
        raise NotImplementedError

    details = None


class Trawl(Peer):
    name = "trawl"
    statuses = {0, 1, 3}  # 1: something was found; 3: nothing found, some items not read
    COUNTERS = (
        *("excluded_by_gate", "excluded_by_sieve", "evaluated_without_scan", "scanned_by_libyara"),
        *("bytes_present", "bytes_read"),
    )

    def __init__(self, options, rules, is_built_in, corpus):
        signatures = [] if is_built_in else ["--signatures", rules]
        self.command = [trawl_binary(options.trawl), "scan", "--format", "jsonl", "--no-progress"]
        self.command += ["--jobs", str(options.jobs), *shlex.split(options.trawl_arguments)]
        self.command += [*signatures, corpus]

    def matches(self, output, errors):
        """A summary that is not complete is remarked upon."""
        pairs, summary = set(), None
        for line in output:
            record = json.loads(line)
            if record["type"] == "finding":
                encoded = record.get("path_base64")
                path = base64.b64decode(encoded) if encoded else record["path"].encode()
                pairs.update((match["rule"].encode(), path) for match in record["matches"])
            elif record["type"] == "summary":
                summary = record
        if summary is None:
            raise Failure("trawl wrote no summary: it did not come to its end")
        if not summary["complete"]:
            remark(f"trawl did not read everything: {summary['skipped']} {summary['failed']}")
        self.details = {name: summary[name] for name in self.COUNTERS if name in summary}
        return pairs


class Yara(Peer):
    name = "yara"
    must_agree = True

    def __init__(self, options, rules, is_built_in, corpus):
        self.corpus = corpus
        self.command = [installed("yara"), "-r", "-w", "-N", "-p", str(options.jobs), rules, corpus]

    def matches(self, output, errors):
        return lines_of_matches(output, self.corpus)


class YaraX(Peer):
    """YARA-X of the wheel, which has no program of its own: `yara_x_scan.py` drives it."""

    name = "yara-x"

    def __init__(self, options, rules, is_built_in, corpus):
        self.corpus = corpus
        self.command = [yara_x_python(), str(HERE / "yara_x_scan.py"), "--jobs", str(options.jobs)]
        self.command += [rules, corpus]

    def matches(self, output, errors):
        self.details = json.loads(errors.read().splitlines()[-1])
        if self.details["failed"]:
            remark(f"YARA-X could not scan {self.details['failed']} files")
        return lines_of_matches(output, self.corpus)


class Ripgrep(Peer):
    """The bound: every file is read once and searched for one word. It knows no rules."""

    name = "rg"
    statuses = {0, 1, 2}  # 1: not found; 2: something could not be read

    def __init__(self, options, rules, is_built_in, corpus):
        self.command = [installed("rg", "ripgrep"), "-uuu", "-a", f"-j{options.jobs}", "-l", options.word]
        self.command.append(corpus)

    def matches(self, output, errors):
        self.details = {"files_with_the_word": output.read().count(b"\n")}


PEERS = {peer.name: peer for peer in (Yara, YaraX, Ripgrep)}


# What they are.


def trawl_binary(given):
    binary = given or ROOT / ".build" / "release" / "trawl"
    if not os.access(binary, os.X_OK):
        raise Failure(f"{binary} is missing; build it in {ROOT}: {BUILD_TRAWL}")
    return str(binary)


def installed(program, package=None):
    binary = shutil.which(program)
    if binary is None:
        raise Failure(f"{program} is missing; install Debian's package: apt-get install {package or program}")
    return binary


def yara_x_python():
    """The Python that has YARA-X, set up the first time."""
    python = YARA_X_ENVIRONMENT / "bin" / "python"
    asked = [python, "-c", "import yara_x"]
    if python.exists() and subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0:
        return str(python)
    remark(f"installing {YARA_X} into {YARA_X_ENVIRONMENT}")
    try:
        subprocess.run([sys.executable, "-m", "venv", YARA_X_ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", YARA_X], check=True, stdout=sys.stderr)
    except subprocess.CalledProcessError as error:
        raise Failure(f"YARA-X cannot be installed: {error}") from error
    return str(python)
