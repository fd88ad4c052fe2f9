"""Compresses a file as Windows 10 compresses prefetch files: LZXPRESS Huffman, by wimlib, whose XPRESS is the same
([MS-XCA], 2.2): a chunk of a WIM is a block.

  compressed_prefetch.py FILE OUT
"""

import itertools
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = 65536


def compressed(content: bytes, folder: Path) -> bytes:
    (folder / "tree").mkdir(exist_ok=True)
    (folder / "tree/file").write_bytes(content)
    archive = folder / "a.wim"
    archive.unlink(missing_ok=True)
    subprocess.run(
        ["wimlib-imagex", "capture", folder / "tree", archive, "--compress=XPRESS", f"--chunk-size={BLOCK}", "--no-acls"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The header has the place of the lookup table at 48; an entry begins with size and flags, offset, original size.
    wim = archive.read_bytes()
    size, start = struct.unpack_from("<QQ", wim, 48)
    for place in range(start, start + (size & (1 << 56) - 1), 50):
        stored, offset, original = struct.unpack_from("<QQQ", wim, place)
        if original == len(content) and stored >> 56 & 4:
            return wim[offset : offset + (stored & (1 << 56) - 1)]
    raise SystemExit("wimlib did not compress it")


def is_read(file: Path) -> bool:
    return subprocess.run(["sccainfo", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


source, out = map(Path, sys.argv[1:])
content = source.read_bytes()
with tempfile.TemporaryDirectory() as folder:
    *blocks, last = [compressed(content[i : i + BLOCK], Path(folder)) for i in range(0, len(content), BLOCK)]
# wimlib ends each block with a symbol that Windows writes behind the last alone; where it took a word of its own, that is
# cut off. libscca says where.
for cuts in itertools.product((0, 2), repeat=len(blocks)):
    data = b"".join(block[: len(block) - cut] for block, cut in zip(blocks, cuts)) + last
    out.write_bytes(b"MAM\x04" + struct.pack("<I", len(content)) + data)
    if is_read(out):
        break
else:
    raise SystemExit(f"libscca does not read {out}")
