"""Packages of an rpm database in SQLite form in the forms that Debian's rpm does not write.

  rpm_forms.py dump FILE [COPIES] [NAME=VALUE…]   text for db_load: a Berkeley DB hash, as rpm kept it until 4.16
  rpm_forms.py ndb FILE OUT                       rpm's lib/backend/ndb/rpmpkg.c: "Header management", "Slot management",
                                                  "Blob primitives"

COPIES further packages of the last name are added, so that the hash has many buckets. NAME=VALUE is a line of db_load's
header, such as db_pagesize=512 or db_lorder=4321.
"""

import sqlite3
import struct
import sys
import zlib

kind, file, *rest = sys.argv[1:]
rows = sqlite3.connect(file).execute("SELECT hnum, blob FROM Packages ORDER BY hnum").fetchall()


def dump(copies="0", *options) -> None:
    order = ">" if "db_lorder=4321" in options else "<"
    packages = rows + [(1000 + copy, rows[-1][1]) for copy in range(int(copies))]
    print("VERSION=3", "format=bytevalue", "type=hash", *options, "HEADER=END", sep="\n")
    # Number 0 holds the next number.
    for number, blob in [(0, struct.pack(order + "I", 5000)), *packages]:
        print(f" {struct.pack(order + 'I', number).hex()}\n {blob.hex()}")
    print("DATA=END")


def ndb(out: str) -> None:
    page, header, slots, blobs = 4096, 32, b"", b""
    for number, blob in rows:
        count = -(-(16 + len(blob) + 12) // 16)
        head = struct.pack("<4sIII", b"BlbS", number, 1_700_000_000, len(blob))
        padded = (head + blob).ljust(16 * count - 12, b"\0")
        slots += struct.pack("<4sIII", b"Slot", number, (page + len(blobs)) // 16, count)
        blobs += padded + struct.pack("<II4s", zlib.adler32(padded), len(blob), b"BlbE")
    # Slots of removed packages have no place.
    while header + len(slots) < page:
        slots += struct.pack("<4sIII", b"Slot", 0, 0, 0)
    start = struct.pack("<4sIIII", b"RpmP", 0, len(rows), 1, 1 + rows[-1][0]).ljust(header, b"\0")
    with open(out, "wb") as database:
        database.write(start + slots + blobs)


dump(*rest) if kind == "dump" else ndb(*rest)
