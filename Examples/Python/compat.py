"""A script for yara-python, of which only the import was changed.

    python compat.py rules.yar FILE...
"""

import sys

import trawl as yara

rules = yara.compile(filepath=sys.argv[1])
for name in sys.argv[2:]:
    for match in rules.match(name, timeout=60):
        print(match.rule, name)
        for string in match.strings:
            for instance in string.instances:
                print(f"  {instance.offset:#x}:{string.identifier}: {instance}")
