#!/usr/bin/env python3
"""Writes the superblock of a member of a Linux software RAID: raid-superblock.py VERSION LEVEL FILE, with VERSION
1.0, 1.1, 1.2 or 0.90 (Linux, include/uapi/linux/raid/md_p.h). The array has three disks."""
import os
import struct
import sys

version, level, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sectors = os.path.getsize(path) // 512
magic = 0xA92B4EFC

if version == "0.90":
    place = (sectors & ~127) - 128
    words = [0] * 1024
    words[:11] = [magic, 0, 90, 0, 0, 0x11111111, 0x60000000, level, place // 2, 3, 3]
    # How often the array changed, and its chunks.
    words[65] = 64 * 1024
    # The checksum is the sum of all words.
    total = sum(words)
    words[38] = (total & 0xFFFFFFFF) + (total >> 32)
    block = struct.pack("<1024I", *words)
else:
    place = {"1.0": (sectors - 16) & ~7, "1.1": 0, "1.2": 8}[version]
    data = 0 if version == "1.0" else 2048
    block = bytearray(512)
    struct.pack_into("<4I16s32s", block, 0, magic, 1, 0, 0, b"\x11" * 16, b"host:array")
    struct.pack_into("<QiIQII", block, 64, 0x60000000, level, 2, 4096, 128, 3)
    struct.pack_into("<QQQ", block, 128, data, 4096, place)
    struct.pack_into("<16s", block, 168, b"\x22" * 16)
    # Roles of 128 devices, of which three have one.
    struct.pack_into("<I", block, 220, 128)
    struct.pack_into("<128H", block, 256, 0, 1, 2, *[0xFFFF] * 125)
    total = sum(struct.unpack("<128I", block))
    struct.pack_into("<I", block, 216, (total & 0xFFFFFFFF) + (total >> 32))

with open(path, "r+b") as file:
    file.seek(place * 512)
    file.write(block)
