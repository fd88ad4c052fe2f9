"""Scans a folder with YARA-X, as fast as it goes from Python: `yara_x_scan.py [--jobs N] RULES FOLDER`. With
`--list`, RULES lists rule files, one a line, each a namespace of its own; those that YARA-X refuses are left out.

Writes what `yara` writes: a line of rule and path for each match; and, as the last line on standard error,
JSON with what the run took. Each of the processes compiles the rules, and then takes files, the largest
first, as it gets done with others. Meanwhile the first process walks the folder. YARA-X reads the files
itself (`scan_file`), and stops looking for a string that it has seen where more would change nothing
(`fast_scan`).
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time

import yara_x


def regular_files(folder):
    """The paths of all regular files, links not followed, the largest first."""
    found, waiting = [], [os.fsencode(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        found.append((entry.stat(follow_symlinks=False).st_size, entry.path))
        except OSError:
            pass
    found.sort(key=lambda pair: -pair[0])
    return found


def scan(scanner, path):
    """The names of the rules that match, or None if that did not work."""
    try:
        return [rule.identifier for rule in scanner.scan_file(os.fsdecode(path)).matching_rules]
    except UnicodeEncodeError:
        with open(path, "rb") as file:
            return [rule.identifier for rule in scanner.scan(file.read()).matching_rules]
    except Exception:  # the errors of YARA-X have no class in common
        return None


def compiler_of(options):
    """A compiler with the rules in it, and how many files it refused."""
    compiler = yara_x.Compiler(relaxed_re_syntax=options.list)
    for definition in options.define:
        name, _, value = definition.partition("=")
        compiler.define_global(name, value)
    if not options.list:
        with open(options.rules, encoding="utf-8") as file:
            compiler.add_source(file.read(), options.rules)
        return compiler, 0
    refused = 0
    with open(options.rules, encoding="utf-8") as file:
        paths = file.read().splitlines()
    for number, path in enumerate(paths):
        compiler.new_namespace(f"n{number}")
        try:
            with open(path, encoding="utf-8") as file:
                compiler.add_source(file.read(), path)
        except (yara_x.CompileError, UnicodeDecodeError):
            refused += 1
    return compiler, refused


def work(options, inbox, outbox, position):
    """One process."""
    start = time.perf_counter()
    compiler, refused = compiler_of(options)
    scanner = yara_x.Scanner(compiler.build())
    scanner.fast_scan(True)
    compiled = time.perf_counter()
    files = inbox.get()
    lines, failed, scanned = [], 0, 0
    while True:
        # Small files by the dozen: taking one costs more than some of them.
        with position.get_lock():
            first = position.value
            last = first + (1 if first < len(files) and files[first][0] > 1 << 20 else 16)
            position.value = last
        if first >= len(files):
            break
        for _, path in files[first:last]:
            names = scan(scanner, path)
            scanned += 1
            failed += names is None
            lines += [name.encode() + b" " + path + b"\n" for name in names or ()]
    outbox.put(
        {
            "lines": b"".join(lines),
            "scanned": scanned,
            "failed": failed,
            "refused": refused,
            "compiling": compiled - start,
            "scanning": time.perf_counter() - compiled,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("rules")
    parser.add_argument("folder")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("-d", dest="define", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    context = multiprocessing.get_context("fork")
    position, outbox = context.Value("q", 0), context.SimpleQueue()
    inboxes = [context.SimpleQueue() for _ in range(options.jobs)]
    workers = [
        context.Process(target=work, args=(options, inbox, outbox, position)) for inbox in inboxes
    ]
    for worker in workers:
        worker.start()
    files = regular_files(options.folder)
    for inbox in inboxes:
        inbox.put(files)
    results = [outbox.get() for _ in workers]
    for worker in workers:
        worker.join()
    for result in results:
        sys.stdout.buffer.write(result["lines"])
    sys.stdout.flush()
    print(
        json.dumps(
            {
                "scanned": sum(result["scanned"] for result in results),
                "failed": sum(result["failed"] for result in results),
                "refused": results[0]["refused"],
                "compile_seconds": round(max(result["compiling"] for result in results), 4),
                "scan_seconds": round(max(result["scanning"] for result in results), 4),
                "peak_memory_bytes": sum(result["peak"] for result in results),
            }
        ),
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
