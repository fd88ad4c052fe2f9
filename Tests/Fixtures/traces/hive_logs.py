"""Makes hives that a running Windows leaves behind: dirty, with their last changes in transaction logs.

  hive_logs.py OUTDIR

  OUTDIR/expected           the hive as hivex commits it, with all changes
  OUTDIR/entries/SOFTWARE   the hive before them; .LOG1 and .LOG2 hold them as entries (Windows 8.1 and later)
  OUTDIR/one-log/SOFTWARE   the same, all entries in .LOG2; .LOG1 is empty
  OUTDIR/base/SOFTWARE      the same, with a base block that was lost while it was written
  OUTDIR/bitmap/SOFTWARE    the same, with a bitmap in .LOG1 (until Windows 8); .LOG2 is empty
  OUTDIR/single/SOFTWARE    the same, in .LOG (Windows XP)
  OUTDIR/stale/SOFTWARE     a dirty hive whose logs are of an earlier state
  OUTDIR/unlogged/SOFTWARE  a dirty hive without logs

Nothing on Linux writes such logs. Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf),
describes them; yarp, by the same author, reads them back.
"""

import shutil
import struct
import sys
from pathlib import Path

import hivex

import hives

PAGE = 4096
BEFORE = r"""
Microsoft\Windows NT\CurrentVersion
 ProductName=sz:Windows 10 Pro
"""


def marvin32(data: bytes) -> int:
    low, high = 0x7A4E55C5, 0x82EF4D88

    def rotated(value, count):
        return (value << count | value >> (32 - count)) & 0xFFFFFFFF

    for (word,) in [*struct.iter_unpack("<I", data), (0x80,), (0,)]:
        low = (low + word) & 0xFFFFFFFF
        high ^= low
        low = (rotated(low, 20) + high) & 0xFFFFFFFF
        high = rotated(high, 9) ^ low
        low = (rotated(low, 27) + high) & 0xFFFFFFFF
        high = rotated(high, 19)
    return high << 32 | low


def base(hive: bytes, kind: int, primary: int, secondary: int) -> bytes:
    """The base block of a hive as one of another type, with these sequence numbers and its checksum."""
    block = bytearray(hive[:512])
    struct.pack_into("<II", block, 4, primary, secondary)
    struct.pack_into("<I", block, 28, kind)
    checksum = 0
    for (word,) in struct.iter_unpack("<I", block[:508]):
        checksum ^= word
    struct.pack_into("<I", block, 508, checksum)
    return bytes(block)


def changes(before: bytes, after: bytes) -> list:
    """Pages that differ: their offset among the bins, and what they hold."""
    pages = range(PAGE, len(after), PAGE)
    return [(p - PAGE, after[p : p + PAGE]) for p in pages if before[p : p + PAGE] != after[p : p + PAGE]]


def entry(number: int, length: int, pages: list) -> bytes:
    content = b"".join(struct.pack("<II", offset, len(page)) for offset, page in pages)
    content += b"".join(page for _, page in pages)
    size = -(-(40 + len(content)) // 512) * 512
    content = content.ljust(size - 40, b"\0")
    head = struct.pack("<4sIIIII", b"HvLE", size, 0, number, length, len(pages))
    head += struct.pack("<Q", marvin32(content))
    return head + struct.pack("<Q", marvin32(head)) + content


def entries(first: int, *states) -> bytes:
    """A log of one entry a state: the hive as it is then, and its pages that changed."""
    log = base(states[0][0], 6, first, first)
    for index, (hive, pages) in enumerate(states):
        log += entry(first + index, len(hive) - PAGE, pages)
    # The rest of an earlier use of the log: a valid entry that does not follow.
    return log + entry((first - 5) & 0xFFFFFFFF, len(states[0][0]) - PAGE, [(0, bytes(PAGE))])


def grown(hive: bytes, length: int) -> bytes:
    """A hive with an empty bin at its end."""
    free = length - len(hive)
    if free == 0:
        return hive
    bin_ = struct.pack("<4sIIQQI", b"hbin", len(hive) - PAGE, free, 0, hives.FILE_TIME, 0)
    hive += (bin_ + struct.pack("<i", free - 32)).ljust(free, b"\0")
    return hive[:40] + struct.pack("<I", length - PAGE) + hive[44:]


def bitmap(hive: bytes, number: int, pages: list) -> bytes:
    vector = bytearray((len(hive) - PAGE) // PAGE)
    for offset, _ in pages:
        vector[offset // PAGE] = 0xFF
    log = base(hive, 1, number, number) + b"DIRT" + vector
    log = log.ljust(-(-len(log) // 512) * 512, b"\0")
    # Remnants of earlier pages follow.
    return log + b"".join(page for _, page in pages) + b"x" * 1024


def main() -> None:
    out = Path(sys.argv[1])
    states = []
    path = out / "expected"
    hives.make(path, BEFORE)
    states.append(path.read_bytes())
    keys = hives.SOFTWARE.index("WOW6432Node\\Microsoft")
    for text in hives.SOFTWARE[:keys], hives.SOFTWARE[keys:]:
        hives.fill(hivex.Hivex(str(path), write=True), text)
        states.append(path.read_bytes())
    before, middle, after = states
    first, second = changes(before, middle), changes(middle, after)
    assert first and second, "nothing changed"
    pages = changes(before, after)

    def put(folder: str, hive: bytes, **logs) -> None:
        (out / folder).mkdir()
        (out / folder / "SOFTWARE").write_bytes(hive)
        for name, log in logs.items():
            (out / folder / f"SOFTWARE.{name}").write_bytes(log)

    def dirty(hive: bytes) -> bytes:
        return base(hive, 0, number + 1, number) + hive[512:]

    number = struct.unpack_from("<I", before, 8)[0]
    large = dirty(grown(before, len(after)))
    both = (middle, first), (after, second)
    put("entries", large, LOG1=entries(number + 1, both[1]), LOG2=entries(number, both[0]))
    put("one-log", dirty(before), LOG1=b"", LOG2=entries(number, *both))
    put("base", before[:12] + bytes(500) + before[512:],
        LOG1=entries(number, both[0]), LOG2=entries(number + 1, (after, pages)))
    put("bitmap", large, LOG1=bitmap(after, number + 1, pages), LOG2=b"")
    put("single", dirty(before), LOG=bitmap(after, number + 1, pages))
    put("stale", dirty(before), LOG1=entries(number - 1, both[0]), LOG2=bytes(1024))
    put("unlogged", dirty(before))


main()
