"""Writes a catalogue file (.cat) that lists programs, without a signature: osslsigncode signs it, and reads it back.

  catalogue.py OUT ALGORITHM PROGRAM…

Microsoft keeps such files in CatRoot. The content is a certificate trust list whose members have the digest of a program
as signers compute it (Authenticode_PE.docx, "Calculating the PE Image Hash"); osslsigncode, cat.c, for the rest.
"""

import hashlib
import struct
import sys
from pathlib import Path

from der import encode, object_identifier

ALGORITHMS = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}


def digest(program: bytes, algorithm: str) -> bytes:
    optional = struct.unpack_from("<I", program, 0x3C)[0] + 24
    checksum = optional + 64
    entry = optional + (128 if program[optional : optional + 2] == b"\x0b\x01" else 144)
    covered = program[:checksum] + program[checksum + 4 : entry] + program[entry + 8 :]
    return hashlib.new(algorithm, covered + bytes(-len(program) % 8)).digest()


def sequence(*values):
    return [0x30, list(values)]


def member(program: bytes, algorithm: str):
    value = digest(program, algorithm)
    link = [0xA0, [[0xA2, [[0x80, b""]]]]]
    image = sequence(object_identifier("1.3.6.1.4.1.311.2.1.15"), sequence([0x03, b"\0"], link))
    stated = sequence(sequence(object_identifier(ALGORITHMS[algorithm]), [0x05, b""]), [0x04, value])
    attribute = sequence(object_identifier("1.3.6.1.4.1.311.2.1.4"), [0x31, [sequence(image, stated)]])
    # Old catalogues name a member by the digits of its digest in UTF-16.
    name = value if algorithm == "sha256" else (value.hex().upper() + "\0").encode("utf-16-le")
    return sequence([0x04, name], [0x31, [attribute]])


out, algorithm, *programs = sys.argv[1:]
content = sequence(
    sequence(object_identifier("1.3.6.1.4.1.311.12.1.1")),
    [0x04, bytes(16)],
    [0x17, b"231114221320Z"],
    sequence(object_identifier("1.3.6.1.4.1.311.12.1.2"), [0x05, b""]),
    sequence(*[member(Path(program).read_bytes(), algorithm) for program in programs]),
)
message = sequence(
    [0x02, b"\x01"],
    [0x31, []],
    sequence(object_identifier("1.3.6.1.4.1.311.10.1"), [0xA0, [content]]),
    [0x31, []],
)
Path(out).write_bytes(encode(sequence(object_identifier("1.2.840.113549.1.7.2"), [0xA0, [message]])))
