#!/usr/bin/python3
"""Makes an AFF4 container (AFF4 Standard v1.0) of a raw image: make.py SOURCE TARGET [options].

Compressed by the reference libraries (zlib, Snappy, LZ4), put together by Python's zipfile: nothing of it is code that it
tests. Pieces of the medium that are one byte again and again become symbolic streams of a map, as Evimetry writes them.
"""
import argparse
import hashlib
import struct
import zipfile
import zlib

SCHEMA = "http://aff4.org/Schema#"
VOLUME = "aff4://11111111-2222-3333-4444-555555555555"
STREAM = "aff4://aaaaaaaa-0000-0000-0000-000000000001"
MAP = "aff4://aaaaaaaa-0000-0000-0000-000000000002"
IMAGE = "aff4://aaaaaaaa-0000-0000-0000-000000000003"


def raw_deflate(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def method(name):
    """The IRI of a compression and its function."""
    if name == "snappy":
        import snappy
        return "http://code.google.com/p/snappy/", snappy.compress
    if name == "snappy-always":
        import snappy
        return "https://github.com/google/snappy", snappy.compress
    if name == "lz4":
        import lz4.block
        return "https://code.google.com/p/lz4/", lambda data: lz4.block.compress(data, store_size=False)
    if name == "lz4-length":
        import lz4.block
        return "https://code.google.com/p/lz4/", lz4.block.compress
    return {
        "zlib": ("https://www.ietf.org/rfc/rfc1950.txt", zlib.compress),
        "deflate": ("https://tools.ietf.org/html/rfc1951", raw_deflate),
        "stored": (SCHEMA + "NullCompressor", None),
    }[name]


def ranges(text):
    return [tuple(int(number) for number in part.split(":")) for part in text.split(",") if part]


def chunks_of(stream, options, pack):
    """What is stored of each chunk: padded, compressed unless that is no gain."""
    for start in range(0, len(stream), options.chunk):
        chunk = stream[start:start + options.chunk].ljust(options.chunk, b"\0")
        packed = pack(chunk) if pack else chunk
        always = options.method == "snappy-always"
        yield packed if always or len(packed) < options.chunk - 16 else chunk


def index(lengths, kind):
    entries, offset = b"", 0
    for length in lengths:
        if kind == "standard":
            entries += struct.pack("<QI", offset, length)
        elif kind == "starts":
            entries += struct.pack("<I", offset)
        offset += length
        if kind == "ends":
            entries += struct.pack("<I", offset)
    return entries


def mapped(raw, options):
    """Pieces of the medium: offset, length, kind; neighbours of one kind are joined."""
    special = [(a, b, "UnknownData") for a, b in ranges(options.unknown)]
    special += [(a, b, "UnreadableData") for a, b in ranges(options.unreadable)]
    pieces = []
    for start in range(0, len(raw), options.chunk):
        piece = raw[start:start + options.chunk]
        kind = next((name for a, b, name in special if a <= start < b), None)
        if kind is None and piece.count(piece[0]) == len(piece):
            kind = "Zero" if piece[0] == 0 else "SymbolicStream%02X" % piece[0]
        if pieces and pieces[-1][2] == kind:
            pieces[-1][1] += len(piece)
        else:
            pieces.append([start, len(piece), kind])
    return pieces


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--method", default="snappy")
    parser.add_argument("--chunk", type=int, default=32768)
    parser.add_argument("--per-segment", type=int, default=256)
    parser.add_argument("--layout", choices=["map", "stream"], default="map")
    parser.add_argument("--index", choices=["standard", "starts", "ends"], default="standard")
    parser.add_argument("--plain", action="store_true", help="names of members without the scheme")
    parser.add_argument("--deflated", action="store_true", help="members are deflated once more")
    parser.add_argument("--zip64", action="store_true")
    parser.add_argument("--gaps", action="store_true", help="pieces of zeros have no entry in the map")
    parser.add_argument("--unknown", default="", help="FROM:TO,… of the medium, in whole chunks")
    parser.add_argument("--unreadable", default="")
    parser.add_argument("--type", default="ImageStream", help="what the stream is said to be")
    parser.add_argument("--elsewhere", action="store_true", help="the stream is said to be in another volume")
    options = parser.parse_args()
    if options.zip64:
        # Everything is large then.
        zipfile.ZIP64_LIMIT = 100
        zipfile.ZIP_FILECOUNT_LIMIT = 1

    with open(options.source, "rb") as file:
        raw = file.read()
    pieces = mapped(raw, options) if options.layout == "map" else [[0, len(raw), None]]
    stream = b"".join(raw[start:start + length] for start, length, kind in pieces if kind is None)
    iri, pack = method(options.method)

    archive = zipfile.ZipFile(
        options.target, "w", zipfile.ZIP_DEFLATED if options.deflated else zipfile.ZIP_STORED)
    archive.comment = VOLUME.encode()

    def add(name, data):
        name = name[len("aff4://"):] if options.plain else name.replace(":", "%3A").replace("//", "%2F%2F", 1)
        archive.writestr(name, data)

    archive.writestr("container.description", VOLUME)
    archive.writestr("version.txt", "major=1\nminor=0\ntool=Trawl's fixtures\n")
    stored = list(chunks_of(stream, options, pack))
    for number, first in enumerate(range(0, len(stored), options.per_segment)):
        segment = stored[first:first + options.per_segment]
        add("%s/%08d" % (STREAM, number), b"".join(segment))
        separator = "." if options.index == "standard" else "/"
        add("%s/%08d%sindex" % (STREAM, number, separator),
            index([len(chunk) for chunk in segment], options.index))
    data_stream = STREAM
    if options.layout == "map":
        data_stream = MAP
        names, entries, position = [STREAM], [], 0
        for start, length, kind in pieces:
            name = SCHEMA + kind if kind else STREAM
            if kind == "Zero" and options.gaps:
                continue
            if name not in names:
                names.append(name)
            entries.append(struct.pack("<QQQI", start, length, start if kind else position, names.index(name)))
            position += 0 if kind else length
        # In no order.
        add(MAP + "/map", b"".join(reversed(entries)))
        add(MAP + "/idx", ("\n".join(names) + "\n").encode())
    hashes = " , ".join(
        '"%s"^^aff4:%s' % (hashlib.new(name, raw).hexdigest(), name.upper()) for name in ("md5", "sha1", "sha256"))
    archive.writestr("information.turtle", f"""@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix aff4: <{SCHEMA}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <{VOLUME}> .
# What a reader needs not to know: escapes, languages, points and semicolons in texts.
<aff4://bbbbbbbb-0000-0000-0000-000000000004> a aff4:CaseNotes ;
    aff4:notes "a \\"note\\" ; with . everything"@en , 'another' , \"\"\"long "one" .\"\"\" ; aff4:stored : .
<{STREAM}> a aff4:{options.type} ;
    aff4:chunkSize "{options.chunk}"^^xsd:int ; aff4:chunksInSegment {options.per_segment} ;
    aff4:compressionMethod <{iri}> ; aff4:size "{len(stream)}"^^xsd:long ; aff4:stored {"<aff4://other>" if options.elsewhere else ":"} .
<{MAP}> rdf:type aff4:Map ; aff4:size "{len(raw)}"^^xsd:long ; aff4:dependentStream <{STREAM}> ; aff4:stored : ; .
<{IMAGE}> a aff4:DiskImage , aff4:Image ; aff4:dataStream <{data_stream}> ;
    aff4:size "{len(raw)}"^^xsd:long ; aff4:hash {hashes} .
""")
    archive.close()


main()
