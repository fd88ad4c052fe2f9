#!/usr/bin/python3
"""Makes a disk image of Apple's (UDIF) of a raw image: make.py SOURCE TARGET bzip2|lzma|zlib.

No tool here writes one. Chunks of 256 KiB, compressed by the reference libraries; the tables as libmodi documents them.
"""
import base64
import bz2
import lzma
import struct
import sys
import zlib

CHUNK = 512 * 512
METHODS = {"zlib": (0x80000005, zlib.compress), "bzip2": (0x80000006, bz2.compress), "lzma": (0x80000008, lzma.compress)}


def main():
    source, target, method = sys.argv[1:]
    kind, pack = METHODS[method]
    with open(source, "rb") as file:
        raw = file.read()
    data, entries = b"", []
    for start in range(0, len(raw), CHUNK):
        chunk = raw[start:start + CHUNK]
        place = (start // 512, len(chunk) // 512)
        if chunk.count(0) == len(chunk):
            entries.append((2, 0, *place, len(data), 0))
            continue
        packed = pack(chunk)
        entries.append((kind, 0, *place, len(data), len(packed)))
        data += packed
    entries.append((0xFFFFFFFF, 0, len(raw) // 512, 0, len(data), 0))
    table = struct.pack(">4sIQQQII24x136xI", b"mish", 1, 0, len(raw) // 512, 0, 520, 0, len(entries))
    table += b"".join(struct.pack(">IIQQQQ", *entry) for entry in entries)
    text = base64.b64encode(table).decode()
    plist = f"""<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>resource-fork</key><dict><key>blkx</key><array><dict>
<key>Attributes</key><string>0x0050</string><key>Data</key><data>{text}</data>
<key>ID</key><string>0</string><key>Name</key><string>whole disk</string></dict></array></dict></dict></plist>
""".encode()
    trailer = struct.pack(
        ">4sIIIQQQQQII16x136xQQ120x136xIQ12x", b"koly", 4, 512, 1, 0, 0, len(data), 0, 0, 1, 1,
        len(data), len(plist), 1, len(raw) // 512)
    assert len(trailer) == 512
    with open(target, "wb") as file:
        file.write(data + plist + trailer)


main()
