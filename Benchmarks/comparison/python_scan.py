"""Scans a directory with the built-in signatures by `trawl.scan` and by the command in turn, and compares.

The ratio leaves out the start of the interpreter and the import, which are printed too; neither side has compiled rules in a cache.

    python python_scan.py TRAWL DIRECTORY RUNS
"""

import json
import statistics
import subprocess
import sys
import time

SCAN = """
import sys, time, trawl
start = time.monotonic()
with trawl.scan(sys.argv[1]) as scan:
    found = sorted(finding.path for finding in scan)
print(time.monotonic() - start, len(found), scan.summary.seen)
"""


def main():
    binary, directory, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    commands = {
        "trawl scan": [binary, "scan", "--quiet", "--no-cache", "--format", "jsonl", directory],
        "trawl.scan": [sys.executable, "-c", SCAN, directory],
    }
    seconds, answers, inside = {name: [] for name in commands}, {}, []
    for number in range(runs + 1):
        for name, command in commands.items():
            start = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True)
            # The first run warms the page cache.
            if number > 0:
                seconds[name].append(time.monotonic() - start)
            if done.returncode not in (0, 1, 3):
                sys.exit(f"{name}: {done.stderr}")
            if name == "trawl.scan":
                elapsed, answers[name] = done.stdout.strip().split(" ", 1)
                inside += [float(elapsed)] if number > 0 else []
            else:
                answers[name] = done.stdout
    lines = [json.loads(line) for line in answers["trawl scan"].splitlines()]
    expected = f"{sum(line['type'] == 'finding' for line in lines)} {lines[-1]['items']['seen']}"
    if answers["trawl.scan"] != expected:
        sys.exit(f"trawl.scan: {answers['trawl.scan']} findings and items, the command: {expected}")
    seconds["trawl.scan without start"] = inside
    for name, measured in seconds.items():
        print(f"{name:24} {statistics.median(measured):.3f} s, {min(measured):.3f} to {max(measured):.3f}")
    print(f"{'ratio':24} {statistics.median(inside) / statistics.median(seconds['trawl scan']):.3f}")


main()
