"""Writes what Windows records of programs, in the documented formats: nothing on Linux writes these files.

  traces.py prefetch FILE PROGRAM        libscca, "Windows Prefetch File (PF) format", version 23
  traces.py prefetch-30 FILE PROGRAM…    the same of Windows 10, not compressed: the program, and what else it loaded
  traces.py event-log FILE TEXT          libevtx, "Windows XML Event Log (EVTX)": one event with one text

The recipe lets libscca's and libevtx's own tools read them.
"""

import struct
import sys
import zlib


def prefetch(program: str) -> bytes:
    name = program.rsplit("\\", 1)[-1]
    # File header (84 bytes), file information (156), then one entry each of metrics, of the trace chain, the
    # names, and one volume.
    names = (program + "\0").encode("utf-16le")
    metrics, chain = 84 + 156, 84 + 156 + 32
    strings = chain + 12
    volumes = strings + len(names) + -(strings + len(names)) % 8
    device = "\\DEVICE\\HARDDISKVOLUME1"
    volume = struct.pack("<IIQIIIIII", 104, len(device), 0x01D5_0000_0000_0000, 0x12345678, 0, 0, 0, 0, 0)
    volume = volume.ljust(104, b"\0") + (device + "\0").encode("utf-16le")
    size = volumes + len(volume)
    header = struct.pack("<I4sII60sII", 23, b"SCCA", 0x11, size, name.encode("utf-16le"), 0xA1B2C3D4, 0)
    information = struct.pack("<9I8xQ16xI", metrics, 1, chain, 1, strings, len(names), volumes, 1, len(volume),
                              0x01D5_1111_1111_1111, 3).ljust(156, b"\0")
    body = header + information
    body += struct.pack("<IIIIIIQ", 0, 1, 1, 0, len(program), 0x200, 5)
    body += struct.pack("<IIBBH", 0xFFFFFFFF, 1, 1, 1, 0)
    body += names
    return body.ljust(volumes, b"\0") + volume


def prefetch_30(programs: list) -> bytes:
    name = next(p for p in programs if p.endswith(".EXE")).rsplit("\\", 1)[-1][:29]
    texts, places = b"", []
    for program in programs:
        places.append(len(texts))
        texts += (program + "\0").encode("utf-16le")
    # File information has 220 bytes in the first form of this version, an entry of the trace chain 8, a volume 96.
    metrics = 84 + 220
    chain = metrics + 32 * len(programs)
    strings = chain + 8
    volumes = strings + len(texts) + -(strings + len(texts)) % 8
    device = "\\VOLUME{01d5000000000000-12345678}"
    volume = struct.pack("<IIQI", 96, len(device), 0x01D5_0000_0000_0000, 0x12345678).ljust(96, b"\0")
    volume += (device + "\0").encode("utf-16le")
    header = struct.pack("<I4sII60sII", 30, b"SCCA", 0x11, volumes + len(volume), name.encode("utf-16le"), 0xA1B2C3D4, 0)
    information = struct.pack("<9I8x8Q", metrics, len(programs), chain, 1, strings, len(texts), volumes, 1, len(volume),
                              0x01DA_1750_0000_0000, *[0] * 7)
    information = struct.pack("<I", 3).join([information.ljust(124, b"\0"), b""]).ljust(220, b"\0")
    body = header + information
    for place, program in zip(places, programs):
        body += struct.pack("<IIIIIIQ", 0, 1, 1, place, len(program), 0x200, 5)
    body += struct.pack("<IBBH", 0xFFFFFFFF, 1, 1, 0)
    return (body + texts).ljust(volumes, b"\0") + volume


def event_log(text: str) -> bytes:
    def name_hash(name: str) -> int:
        value = 0
        for character in name:
            value = (value * 65599 + ord(character)) & 0xFFFFFFFF
        return value & 0xFFFF

    # Binary XML of one record, which begins 24 bytes into it; the record begins the chunk's data at 512.
    start = 512 + 24
    xml = bytearray(b"\x0f\x01\x01\x00")

    def element(name: str, content) -> None:
        place = len(xml)
        xml.extend(struct.pack("<BHII", 0x01, 0xFFFF, 0, start + place + 11))
        xml.extend(struct.pack("<IHH", 0, name_hash(name), len(name)) + (name + "\0").encode("utf-16le"))
        xml.append(0x02)
        content()
        xml.append(0x04)
        struct.pack_into("<I", xml, place + 3, len(xml) - place - 7)

    def value(text: str):
        return lambda: xml.extend(struct.pack("<BBH", 0x05, 0x01, len(text)) + text.encode("utf-16le"))

    def event() -> None:
        element("System", lambda: [element(name, value(content)) for name, content in (
            ("EventID", "7036"), ("Level", "4"), ("EventRecordID", "1"), ("Channel", "System"), ("Computer", "host"))])
        element("EventData", lambda: element("Data", value(text)))

    element("Event", event)
    xml.append(0x00)
    xml.extend(b"\0" * (-len(xml) % 8))
    size = 24 + len(xml) + 4
    record = struct.pack("<IIQQ", 0x00002A2A, size, 1, 0x01D5_1111_1111_1111) + xml + struct.pack("<I", size)
    data = record.ljust(65536 - 512, b"\0")
    head = struct.pack("<8sQQQQIIII", b"ElfChnk\0", 1, 1, 1, 1, 128, 512, 512 + size, zlib.crc32(record))
    head = head.ljust(120, b"\0")
    tables = bytes(512 - 128)
    chunk = head + struct.pack("<II", 1, zlib.crc32(head + tables)) + tables + data
    file = struct.pack("<8sQQQIHHHH", b"ElfFile\0", 0, 0, 2, 128, 1, 3, 4096, 1).ljust(120, b"\0")
    return (file + struct.pack("<II", 0, zlib.crc32(file))).ljust(4096, b"\0") + chunk


kind, path, *arguments = sys.argv[1:]
writers = {"prefetch": lambda: prefetch(arguments[0]), "prefetch-30": lambda: prefetch_30(arguments)}
with open(path, "wb") as file:
    file.write(writers.get(kind, lambda: event_log(arguments[0]))())
