#!/usr/bin/env python3
"""A helper process that misbehaves: lying-helper.py MODE [FILE]. It speaks the frames of Sources/Images/Helper
(length in 32 bits, kind, fields; numbers as LEB128), answers the first questions as it should, and then does what
MODE says. Before it hangs, it makes FILE."""
import os
import random
import signal
import struct
import sys
import time

mode = sys.argv[1]
source, sink = sys.stdin.buffer, sys.stdout.buffer


def send(kind, fields=b""):
    sink.write(struct.pack("<IB", len(fields) + 1, kind) + fields)
    sink.flush()


def number(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(encoded) + bytes([value])


def text(value):
    return number(len(value)) + value


def noise(source):
    """Frames that are nearly right: an item's fields with some bytes changed, or cut, under any kind."""
    for _ in range(200):
        fields = bytearray(item_fields(path=b"/noise", size=0, extents=()))
        for _ in range(source.randrange(4)):
            fields[source.randrange(len(fields))] = source.choice([0, 1, 0x7F, 0x80, 0xFF])
        if source.randrange(4) == 0:
            del fields[source.randrange(len(fields)):]
        send(2 if source.randrange(10) else source.randrange(256), bytes(fields))


def item(**fields):
    send(2, item_fields(**fields))


def item_fields(path=b"/file", size=4, extents=((0, 4),), volume=0, state=0, inode=5, block=0):
    rank = extents[0][0] if extents else 0
    fields = number(rank) + text(path) + b"\0" + text(b"")
    fields += number(volume) + number(block) + number(inode) + number(1) + number(0) + number(size) + number(state)
    fields += b"\0" + b"\0" + (b"\0" + number(0) + number(0)) * 4
    fields += number(0) + b"\1" + number(len(extents))
    for offset, length in extents:
        fields += b"\1" + number(offset) + number(length)
    return fields


def many(count):
    """So many honest files as an ordinary volume has them: a path, a cluster or three, slack, times."""
    one = b"\1" + number(2 * 1_700_000_000) + number(123_456_700)
    times = one + b"\2" + b"\1" + number(2 * 1_700_000_123) + number(123_456_700) + b"\2"
    middle = number(1) + number(0) + number(10_000) + number(0) + b"\0\0" + times + number(2_288) + b"\1" + number(1)
    end = number(10_000)
    batch = bytearray()
    for index in range(count):
        offset = number(4096 * index)
        path = b"/Windows/System32/folder-%d/file-number-%d.dll" % (index // 300, index)
        fields = offset + text(path) + b"\0\0" + number(0) + number(0) + number(index + 64) + middle + b"\1" + offset + end
        batch += struct.pack("<IB", len(fields) + 1, 2) + fields
        if len(batch) > 1 << 20:
            sink.write(batch)
            batch.clear()
    sink.write(batch)
    send(6)


def misbehave():
    if mode == "hang":
        if len(sys.argv) > 2:
            open(sys.argv[2], "w").close()
        time.sleep(1000)
    if mode == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if mode == "exit":
        sys.exit(7)
    if mode == "close":
        os.close(1)
        time.sleep(1000)
    if mode == "huge-frame":
        sink.write(struct.pack("<I", 0xFFFFFFFF))
        sink.flush()
        time.sleep(1000)
    if mode == "empty-frame":
        sink.write(struct.pack("<I", 0))
        sink.flush()
        time.sleep(1000)
    if mode == "unknown-kind":
        send(99)
    if mode == "cut-fields":
        send(2, number(0) + text(b"/file"))
    if mode == "long-text":
        send(2, number(0) + number(0x7FFFFFFF) + b"x")
    if mode == "wrong-answer":
        send(5, b"data")
    if mode == "negative-length":
        item(extents=((0, 2**64 - 4),))
    if mode == "negative-size":
        item(size=2**64 - 1)
    if mode == "overflowing-run":
        item(extents=((2**64 - 2, 4),))
    if mode == "other-volume":
        item(volume=4096)
    if mode == "sum":
        item(size=8)
    if mode == "state":
        item(state=77)
    if mode == "outside":
        item(extents=((2**50, 4),))
        send(6)
        return
    if mode == "endless":
        while True:
            item(size=0, extents=())
    if mode.startswith("noise-"):
        noise(random.Random(int(mode[6:])))
    if mode == "counts":
        send(3, text(b"directories") + number(0xFFFFFFFF))


while True:
    head = source.read(4)
    if len(head) < 4:
        sys.exit(0)
    frame = source.read(struct.unpack("<I", head)[0])
    kind = frame[0]
    if mode.startswith("early-"):
        mode = mode[6:]
        misbehave()
    if kind == 1:
        send(6)
    elif kind == 2:
        send(6)
    elif kind == 5 and mode in ("no-file-system", "container"):
        send(7, text(b"no file system"))
    elif kind == 5:
        send(8, text(b"ntfs" if mode == "ntfs" else b"fake"))
        send(6)
    elif kind == 7:
        # Two volumes of one container, and one that is encrypted.
        for block in (5, 9):
            send(10, number(block) + text(b"volume-%d" % block) + b"\0" + number(0))
        send(10, number(13) + text(b"locked") + b"\1" + number(0))
        send(6)
    elif kind == 3 and mode == "container":
        # Both have a file with the same number, one of them in the same place; 4096 bytes are free.
        block = frame[2]
        item(path=b"/file-%d" % block, size=4096, extents=((block * 4096, 4096),), block=block)
        item(path=b"/clone", size=4096, extents=((4 * 4096, 4096),), block=block, inode=6)
        send(6)
    elif kind == 6 and mode == "container":
        send(9, number(15 * 4096) + number(4096))
        send(6)
    elif kind == 3:
        if mode.startswith("many-"):
            many(int(mode[5:]))
            continue
        # A valid item first: items before the protocol violation are still scanned.
        item(path=b"/honest", inode=4)
        misbehave()
        if mode != "outside":
            time.sleep(1000)
    elif kind == 6:
        send(6)
