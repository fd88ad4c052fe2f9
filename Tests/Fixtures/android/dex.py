"""Writes a DEX file that refers to types and defines no class (source.android.com, "Dalvik Executable format").

  dex.py FILE TYPE…
"""

import hashlib
import struct
import sys
import zlib

path, types = sys.argv[1], sorted(sys.argv[2:])
header, strings = 0x70, 0x70
type_ids = strings + 4 * len(types)
data = type_ids + 4 * len(types)
body, offsets = bytearray(), []
for name in types:
    offsets.append(data + len(body))
    body += bytes([len(name)]) + name.encode() + b"\0"
body += bytes(-(data + len(body)) % 4)
map_offset = data + len(body)
items = [(0x0000, 1, 0), (0x0001, len(types), strings), (0x0002, len(types), type_ids), (0x2002, len(types), data),
         (0x1000, 1, map_offset)]
body += struct.pack("<I", len(items)) + b"".join(struct.pack("<HHII", kind, 0, n, at) for kind, n, at in items)
tables = struct.pack(f"<{len(types)}I", *offsets) + struct.pack(f"<{len(types)}I", *range(len(types)))
size = data + len(body)
rest = struct.pack("<20I", size, header, 0x12345678, 0, 0, map_offset, len(types), strings, len(types), type_ids,
                   0, 0, 0, 0, 0, 0, 0, 0, len(body), data) + tables + body
signed = hashlib.sha1(rest).digest() + rest
with open(path, "wb") as file:
    file.write(b"dex\n035\0" + struct.pack("<I", zlib.adler32(signed)) + signed)
