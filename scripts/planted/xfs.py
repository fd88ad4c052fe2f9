"""XFS by mkfs.xfs and its prototype files: no mount, no root. What the kernel would do is written into the inodes."""
import os
import re
import struct
import subprocess

from plants import *

CONDITIONS = [
    ("plain", 70), ("fragmented", 52), ("hole", 12), ("unwritten", 14), ("slack", 18), ("carved", 12),
    ("unowned", 14), ("journal", 8),
]  # fmt: skip
# Blocks that were never written, between two parts of a file.
HOLE = 300
FREE_BLOCKS = 5
# Extents that an inode has room for, and fewer.
PIECES = 18
ENVIRONMENT = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}


def build(image, size, files, fixtures, work):
    plants = make_plants(fixtures, CONDITIONS)
    fillers = make_fillers(work, size * 3 // 10, files)
    order, folders = lay_out(plants, files)
    lines, hosts = {folder: [] for folder in folders}, {}
    for index, thing in enumerate(order):
        folder = folders[index * len(folders) // len(order)]
        if isinstance(thing, int):
            lines[folder].append(f"file-{thing} ---644 0 0 {fillers[thing % len(fillers)]}")
            continue
        name = thing.path
        thing.path = f"{folder}/{name}"
        if thing.condition in ("carved", "journal"):
            continue
        content, file = thing.content, work / name
        if thing.condition == "slack":
            name, content = f"host-{name}.txt", slack_host(len(hosts))
            hosts[f"{folder}/{name}"] = (thing, len(content))
        elif thing.condition == "hole":
            content += bytes(-len(content) % CLUSTER) + b"end"
            thing.content = content[:-3] + bytes(HOLE * CLUSTER) + b"end"
        file.write_bytes(content)
        lines[folder].append(f"{name} ---644 0 0 {file}")

    prototype = work / "prototype"
    text = "".join(f"{folder} d--755 0 0\n" + "\n".join(entries) + "\n$\n" for folder, entries in lines.items())
    prototype.write_text(f"/\n0 0\nd--755 0 0\n{text}$\n")
    subprocess.run(["truncate", "-s", str(size), image], check=True)
    # mkfs.xfs makes file systems of less than 300 MiB for the tests of XFS itself only.
    subprocess.run(
        ["mkfs.xfs", "-q", "-p", prototype, "-b", f"size={CLUSTER}", "-d", "agcount=4", "-i", "size=512"]
        + ["-m", "rmapbt=0,reflink=0", image],
        check=True, capture_output=True, env={**ENVIRONMENT, "TEST_DIR": ".", "TEST_DEV": ".", "QA_CHECK_FS": "."},
    )  # fmt: skip
    volume = Xfs(image)
    numbers = volume.numbers()
    free = [place for place in volume.free_places() if place % CLUSTER == 0]
    log = volume.log()
    for plant in plants:
        if plant.condition == "carved":
            put_in_free_space(image, plant, free.pop(len(free) // 2))
        elif plant.condition == "journal":
            # Behind what mkfs.xfs wrote there, at odd sectors.
            put_in_free_space(image, plant, log + (1 << 20) + SECTOR * (1 + 99 * sum(p.condition == "journal" and bool(p.runs) for p in plants)))
        elif plant.condition != "slack":
            plant.runs = volume.runs(numbers[plant.path])
            change(image, volume, plant, numbers[plant.path])
    for host, (plant, length) in hosts.items():
        put_in_slack(image, plant, host, volume.runs(numbers[host]), length)
    return plants


def change(image, volume, plant, number):
    """Makes of a file in one piece what its condition says."""
    (offset, length), *others = plant.runs
    assert not others
    blocks, first = length // CLUSTER, volume.extents(number)[0][1]
    if plant.condition == "fragmented":
        # The last piece comes first on the disk.
        piece = -(-blocks // PIECES)
        parts = [range(start, min(start + piece, blocks)) for start in range(0, blocks, piece)]
        extents, place = [], blocks
        content = plant.content + bytes(-len(plant.content) % CLUSTER)
        for part in parts:
            place -= len(part)
            extents.append((part.start, first + place, len(part), False))
            write_at(image, offset + place * CLUSTER, content[part.start * CLUSTER : part.stop * CLUSTER])
        volume.write(number, extents=extents)
        plant.runs = [(offset + (block - first) * CLUSTER, count * CLUSTER) for _, block, count, _ in extents]
    elif plant.condition == "hole":
        extents = [(0, first, blocks - 1, False), (blocks - 1 + HOLE, first + blocks - 1, 1, False)]
        volume.write(number, extents=extents, size=len(plant.content))
        plant.runs = [(offset, (blocks - 1) * CLUSTER), (None, HOLE * CLUSTER), (offset + length - CLUSTER, 3)]
    elif plant.condition == "unwritten":
        # As fallocate takes blocks that were another file's.
        volume.write(number, extents=[(0, first, blocks, True)])
        lose_name(plant)
    elif plant.condition == "unowned":
        # The mode of a socket: no content is expected of it.
        volume.write(number, mode=0o140644)
        lose_name(plant)


class Xfs:
    """Where files lie, as the image says. Source: fs/xfs/libxfs/xfs_format.h, xfs_dsb and xfs_dinode."""

    def __init__(self, image):
        self.image = image
        block = self.read(0, SECTOR)
        assert struct.unpack_from(">I", block, 4)[0] == CLUSTER
        (self.log_start,), (self.group,) = struct.unpack_from(">Q", block, 48), struct.unpack_from(">I", block, 84)
        (self.inode_size,) = struct.unpack_from(">H", block, 104)
        self.inode_bits, self.group_bits = block[123], block[124]

    def read(self, offset, length):
        with open(self.image, "rb") as medium:
            medium.seek(offset)
            return medium.read(length)

    def ask(self, *commands):
        arguments = [word for command in commands for word in ("-c", command)]
        return subprocess.run(
            ["xfs_db", "-r", *arguments, self.image], capture_output=True, text=True, check=True, env=ENVIRONMENT
        ).stdout

    def numbers(self):
        """The number of each file, by its path."""
        lines = re.findall(r"^ *(\d+) (.+)$", self.ask("blockget -n", "ncheck"), re.M)
        return {path.lstrip("/"): int(number) for number, path in lines}

    def place(self, block):
        """Where a block lies, by a number of its group and one in that."""
        group, inside = block >> self.group_bits, block & ((1 << self.group_bits) - 1)
        return (group * self.group + inside) * CLUSTER

    def log(self):
        return self.place(self.log_start)

    def inode(self, number):
        index = number & ((1 << self.inode_bits) - 1)
        return self.place(number >> self.inode_bits) + index * self.inode_size

    def count(self, inode):
        """Where the number of extents is, and in which form."""
        return (24, ">Q") if struct.unpack_from(">Q", inode, 120)[0] & 0x10 else (76, ">I")

    def extents(self, number):
        """The extents of a file: its block, block of the file system, number of blocks, whether it is not written."""
        inode = self.read(self.inode(number), self.inode_size)
        assert inode[5] == 2, "extents lie in the inode"
        place, form = self.count(inode)
        found = []
        for index in range(struct.unpack_from(form, inode, place)[0]):
            high, low = struct.unpack_from(">QQ", inode, 176 + 16 * index)
            start = (high & 0x1FF) << 43 | low >> 21
            found.append((high >> 9 & 0x3FFFFFFFFFFFFF, start, low & 0x1FFFFF, bool(high >> 63)))
        return found

    def runs(self, number):
        return [(self.place(start), count * CLUSTER) for _, start, count, _ in self.extents(number)]

    def write(self, number, extents=None, size=None, mode=None):
        """Changes an inode, and its checksum."""
        inode = bytearray(self.read(self.inode(number), self.inode_size))
        if extents is not None:
            place, form = self.count(inode)
            struct.pack_into(form, inode, place, len(extents))
            for index, (offset, start, count, is_unwritten) in enumerate(extents):
                high = is_unwritten << 63 | offset << 9 | start >> 43
                struct.pack_into(">QQ", inode, 176 + 16 * index, high, (start & (1 << 43) - 1) << 21 | count)
        if size is not None:
            struct.pack_into(">Q", inode, 56, size)
        if mode is not None:
            struct.pack_into(">H", inode, 2, mode)
        struct.pack_into("<I", inode, 100, 0)
        struct.pack_into("<I", inode, 100, crc32c(inode))
        write_at(self.image, self.inode(number), inode)

    def free_places(self):
        """The first bytes of free runs that have room for a plant."""
        places = []
        for group, block, count in re.findall(r"^ *(\d+) +(\d+) +(\d+)$", self.ask("freesp -d"), re.M):
            start = (int(group) * self.group + int(block)) * CLUSTER
            places += range(start, start + (int(count) - FREE_BLOCKS) * CLUSTER, 8 * FREE_BLOCKS * CLUSTER)
        return places


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC_TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def crc_table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


CRC_TABLE = list(crc_table())
