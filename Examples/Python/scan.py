"""Scans files, directories and disk images with the built-in signatures.

    python scan.py TARGET...
"""

import sys

import trawl

with trawl.scan(*sys.argv[1:]) as scan:
    for finding in scan:
        print(finding.confidence, finding.product, finding.path)
for problem in scan.problems:
    print(f"{problem.path}: not scanned: {problem.message}", file=sys.stderr)
if not scan.summary.complete:
    print("Not everything could be scanned.", file=sys.stderr)
