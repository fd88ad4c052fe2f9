"""The files that are scanned: how many, how large, of what kind; and such as are made for it."""

import os
import random
import subprocess
from pathlib import Path

from .peers import ROOT, remark

MACH_O = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
PIECE = 4096  # what is read of a file that is no executable, at least


def is_executable(head):
    """Whether a file that begins so is ELF, MZ, Mach-O or universal. A class of Java begins as a
    universal file does, but has a version where that has a small number of architectures."""
    if head[:4] == b"\x7fELF" or head[:4] in MACH_O:
        return True
    if head[:4] in (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"):
        return int.from_bytes(head[4:8], "big") < 40
    return head[:2] == b"MZ"


def extent(folder):
    """What is below a folder, links not followed: regular files, their bytes, and the bytes of the
    executables among them with at most 4096 of each other file."""
    files = size = executables = executable_bytes = least = 0
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    files += 1
                    length = entry.stat(follow_symlinks=False).st_size
                    size += length
                    with open(entry.path, "rb", buffering=0) as file:
                        is_one = is_executable(file.read(8))
                    executables += is_one
                    executable_bytes += length if is_one else 0
                    least += length if is_one else min(length, PIECE)
    return {
        "files": files,
        "bytes": size,
        "executables": executables,
        "executable_bytes": executable_bytes,
        "executables_and_first_pieces_bytes": least,
    }


def generated(megabytes, folder):
    """The corpus that the benchmarks use, made by the same code."""
    remark(f"generating a corpus of {megabytes} MB")
    build = ["swift", "build", "-c", "release", "--package-path", str(ROOT / "Benchmarks")]
    build += ["--product", "generate-corpus"]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    place = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True)
    corpus = folder / "corpus"
    generator = Path(place.stdout.strip()) / "generate-corpus"
    subprocess.run([generator, corpus, "--megabytes", str(megabytes)], check=True)
    return corpus


def small_files(count, folder, seed=1):
    """A tree of small files, 100 in each folder: text of several kinds, one in ten an ELF file, one in
    ten bytes without meaning; of 2 KB most often, up to 64 KB. A tree that is complete is kept."""
    if (folder / "complete").exists():
        return folder / "tree"
    remark(f"generating {count:,} small files in {folder}")
    dice = random.Random(seed)
    words = ["".join(dice.choices("abcdefghiklmnoprstuw", k=dice.randint(2, 10))) for _ in range(4000)]
    text = " ".join(dice.choices(words, k=60_000)).encode()
    noise = dice.randbytes(1 << 20)
    heads = (b"", b"{\"name\": \"", b"<?xml version=\"1.0\"?>\n", b"#!/bin/sh\n", b"# ", b"import ")
    for number in range(count):
        place = folder / "tree" / f"{number // 10_000:03}" / f"{number // 100 % 100:02}"
        if number % 100 == 0:
            place.mkdir(parents=True, exist_ok=True)
        length = min(1 << 16, int(dice.lognormvariate(7.6, 1.1)))
        kind = dice.random()
        if kind < 0.1:
            head, body = b"\x7fELF\x02\x01\x01" + bytes(9), noise
        elif kind < 0.2:
            head, body = b"\x89PNG\r\n\x1a\n", noise
        else:
            head, body = dice.choice(heads), text
        start = dice.randrange(len(body) - (1 << 16))
        (place / f"{number}").write_bytes((head + body[start : start + length])[:length])
    (folder / "complete").touch()
    return folder / "tree"
