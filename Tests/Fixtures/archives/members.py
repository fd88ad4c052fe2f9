"""Writes an archive with very many small members: members.py COUNT FILE, which ends in .zip or .tar."""
import struct
import sys
import tarfile
import zlib

COUNT, FILE = int(sys.argv[1]), sys.argv[2]
CONTENT = b"a small member\n"


def names():
    for number in range(COUNT):
        yield b"folder-%d/member-%d" % (number // 1000, number)


def write_zip(file):
    """Stored members, and the directory in the form of ZIP64, which so many need."""
    checksum = zlib.crc32(CONTENT)
    directory, offset = [], 0
    for name in names():
        sizes = struct.pack("<IIIHH", checksum, len(CONTENT), len(CONTENT), len(name), 0)
        local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 0, 0, 0x21) + sizes + name + CONTENT
        file.write(local)
        directory.append(
            b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 0x21) + sizes
            + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
        )
        offset += len(local)
    length = sum(map(len, directory))
    file.writelines(directory)
    file.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, COUNT, COUNT, length, offset))
    file.write(b"PK\6\7" + struct.pack("<IQI", 0, offset + length, 1))
    count = min(COUNT, 0xFFFF)
    file.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, length, offset, 0))


def write_tar(file):
    for name in names():
        member = tarfile.TarInfo(name.decode())
        member.size = len(CONTENT)
        file.write(member.tobuf(tarfile.USTAR_FORMAT) + CONTENT + bytes(512 - len(CONTENT)))
    file.write(bytes(1024))


with open(FILE, "wb", buffering=1 << 20) as output:
    (write_zip if FILE.endswith(".zip") else write_tar)(output)
