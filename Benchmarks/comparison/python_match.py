"""Matches rules with files by yara-python and by trawl, compares the results, and prints the times.

    python python_match.py RULES FILES CORPUS
"""

import os
import random
import sys
import time

import trawl
import yara


def plain(matches):
    """Matches of either module, as values that compare."""
    return [(m.rule, m.namespace, list(m.tags), dict(m.meta), sorted(places(m.strings))) for m in matches]


def places(strings):
    for found in strings:
        if isinstance(found, tuple):  # yara-python before 4.3
            yield found[0], found[1], bytes(found[2])
        else:
            yield from ((i.offset, found.identifier, i.matched_data) for i in found.instances)


def sample(corpus, count):
    """Regular files below a folder, chosen by a fixed seed."""
    names = []
    for folder, folders, files in os.walk(corpus):
        folders.sort()
        names += [path for name in sorted(files) if not os.path.islink(path := os.path.join(folder, name)) and os.path.isfile(path)]
    return random.Random(1).sample(names, min(count, len(names)))


def main():
    rules, count, corpus = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ours, theirs = trawl.compile(filepath=rules), yara.compile(filepath=rules)
    seconds, matched, instances, size = {"trawl": 0.0, "yara-python": 0.0}, 0, 0, 0
    names = sample(corpus, count)
    for number, name in enumerate(names):
        with open(name, "rb") as file:
            data = file.read()
        results = {}
        for module, compiled in (("trawl", ours), ("yara-python", theirs)):
            start = time.perf_counter()
            results[module] = compiled.match(name) if number % 2 else compiled.match(data=data)
            seconds[module] += time.perf_counter() - start
        found = plain(results["trawl"])
        if found != plain(results["yara-python"]):
            sys.exit(f"{name}: the results differ")
        matched += len(found)
        instances += sum(len(match[-1]) for match in found)
        size += len(data)
    print(f"{len(list(theirs))} rules, {len(names)} files of {size / 1e6:.1f} MB, libyara {trawl.YARA_VERSION}: the same {matched} matches, {instances} strings")
    print(f"trawl {seconds['trawl']:.2f} s, yara-python {seconds['yara-python']:.2f} s: {seconds['yara-python'] / seconds['trawl']:.1f} times faster")


main()
