"""What is planted in an image, what lies around it, and the table that says so."""
import hashlib
import random
import struct
from dataclasses import dataclass, field
from pathlib import Path

CLUSTER = 4096
SECTOR = 512
# What no name leads to: in free space, in space that the map calls used though no file has it, in clusters marked as
# bad, in reserved sectors, in a journal.
HIDDEN = ("carved", "unowned", "bad", "reserved", "journal")


@dataclass
class Plant:
    """A file of scripts/fixtures, changed so that no two are equal."""

    condition: str
    content: bytes
    path: str
    stream: str = "-"
    state: str = "allocated"
    # Where the content lies, as [offset, length]; empty for content that lies nowhere as it is.
    runs: list = field(default_factory=list)
    # Whether it lies in a table of NTFS, where the last two bytes of each sector are kept elsewhere.
    is_resident: bool = False
    # Something leads to all of the content: metadata, or that it lies together.
    is_reachable: bool = True
    # How much of the content the headers of an executable describe: what carving brings back.
    described: int = 0

    @property
    def name(self):
        """The path with the stream, as the makers of NTFS images take it."""
        return self.path if self.stream == "-" else f"{self.path}:{self.stream}"


def suffix(content):
    """What the scanner calls an executable that it carves."""
    return "exe" if content[:2] == b"MZ" else "elf" if content[:4] == b"\x7fELF" else "macho"


def stamped(content, number):
    """The content with a number where its format does not care."""
    if content[:2] == b"MZ":
        place = struct.unpack_from("<I", content, 0x3C)[0] + 8  # TimeDateStamp
        return content[:place] + struct.pack("<I", 0x50000000 + number) + content[place + 4 :]
    if content[:4] == b"\x7fELF":
        return content[:9] + struct.pack("<I", number) + content[13:]  # padding of e_ident
    return content + b"\n<!-- %d -->\n" % number


def is_executable(content):
    """Whether carving finds it, by itself and whole."""
    return content[:2] == b"MZ" or content[:4] == b"\x7fELF"


def overlay(length, seed):
    """Bytes behind an executable: words, so that they shrink, and none twice, so that order matters."""
    draw = random.Random(seed)
    words = b"".join(b"%08x " % draw.getrandbits(32) for _ in range(length // 9 + 1))
    return words[:length]


def make_plants(fixtures, conditions):
    """Plants for (condition, count) pairs; the paths name the condition."""
    files = sorted(file for file in Path(fixtures, "positive").rglob("*") if file.is_file())
    contents = [file.read_bytes() for file in files]
    draw = random.Random(len(conditions))
    plants = []
    for condition, count in conditions:
        for index in range(count):
            number = len(plants) + 1
            suitable = [
                (file, content) for file, content in zip(files, contents) if is_suitable(condition, content)
            ]
            file, content = suitable[index % len(suitable)]
            content = stamped(content, number)
            described = len(content)
            if condition in ("fragmented", "deleted-fragmented", "compressed", "hole") or (
                condition in ("plain", "stream", "deleted", "overwritten") and index % 3 == 0 and is_executable(content)
            ):
                content += overlay(draw.randrange(2 * CLUSTER, 40 * CLUSTER), number)
            path = f"planted-{number:03}-{condition}{file.suffix}"
            plants.append(Plant(condition, content, path, described=described))
    return plants


def is_suitable(condition, content):
    if condition == "slack":
        return is_executable(content) and len(content) <= CLUSTER - SECTOR
    if condition in HIDDEN:
        return is_executable(content)
    if condition == "resident":
        return len(content) < 500
    # Content behind the end of a property list, or of a universal file, may have changed.
    if condition in ("plain", "stream", "folder-stream", "deleted"):
        return len(content) > 700 or not is_executable(content)
    return is_executable(content) and len(content) > 2000


# A file that ends so that its last cluster has room for a plant.
def slack_host(index):
    return overlay(3 * CLUSTER + 100 + index % (SECTOR - 100), 9000 + index)


def make_fillers(stage, room, files):
    """Files to copy until so many bytes are full, like those of a system: words, noise, headers of executables."""
    draw = random.Random(files)
    mean = max(1024, room // files)
    factors = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.2, 1.5, 2, 3, 4]
    fillers = []
    for index, factor in enumerate(factors * 3):
        length = max(10, int(mean * factor * draw.uniform(0.8, 1.2)))
        content = overlay(length, index) if index % 3 else draw.randbytes(length)
        if index % 5 == 0:
            content = b"MZ" + content[2:]
        path = Path(stage, f"filler-{index}")
        path.write_bytes(content)
        fillers.append(path)
    return fillers


def lay_out(plants, files):
    """Everything in the order of its writing: plants and numbers of fillers, mixed, and the folders they are in."""
    draw = random.Random(files)
    order = list(plants) + list(range(files))
    draw.shuffle(order)
    folders = [f"folder-{index}" for index in range(max(4, files // 400))]
    return order, folders


def write_table(image, plants, path):
    """planted.tsv: condition, path, stream, state, offset, size, SHA-256, and whether all of it is there."""
    rows = []
    with open(image, "rb") as medium:
        for plant in plants:
            offset = plant.runs[0][0] if plant.runs else "-"
            whole = plant.is_reachable and (not plant.runs or is_there(medium, plant))
            digest = hashlib.sha256(plant.content).hexdigest()
            rows.append(
                [plant.condition, "/" + plant.path, plant.stream, plant.state, offset, len(plant.content), digest]
                + ["whole" if whole else "damaged"]
            )
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))


def is_there(medium, plant):
    """Whether the bytes at the runs of a plant are its content."""
    content = b""
    for offset, length in plant.runs:
        if offset is None:
            content += bytes(length)
        else:
            medium.seek(offset)
            content += medium.read(length)
    content = content[: len(plant.content)]
    if plant.is_resident:
        kept = [index for index in range(len(content)) if (plant.runs[0][0] + index) % SECTOR < SECTOR - 2]
        return len(content) == len(plant.content) and all(content[index] == plant.content[index] for index in kept)
    return content == plant.content


def write_at(image, offset, content):
    with open(image, "r+b") as medium:
        medium.seek(offset)
        medium.write(content)


def put_in_slack(image, plant, host, host_runs, host_size):
    """Writes a plant behind the end of a file, at the next sector."""
    before = sum(length for _, length in host_runs[:-1])
    offset = host_runs[-1][0] + -(-(host_size - before) // SECTOR) * SECTOR
    plant.path, plant.state, plant.runs = host, "slack", [(offset, len(plant.content))]
    write_at(image, offset, plant.content)


def put_in_free_space(image, plant, offset):
    """Writes a plant where nothing is."""
    plant.path = f"$Unallocated/offset-{offset}.{suffix(plant.content)}"
    plant.state, plant.runs = "carved", [(offset, len(plant.content))]
    write_at(image, offset, plant.content)


def damage(image, plant):
    """Writes over the middle of a plant, as another file would that came and went."""
    stored = [run for run in plant.runs if run[0] is not None]
    offset, length = stored[len(stored) // 2]
    write_at(image, offset + length // CLUSTER // 2 * CLUSTER, b"overwritten" * 9)


def lose_name(plant):
    """The metadata of a deleted plant is another file's by now: carving finds what lies together."""
    offset, length = plant.runs[0]
    plant.is_reachable = is_executable(plant.content) and not plant.is_resident and length >= plant.described
    plant.content = plant.content[: plant.described]
    plant.runs = [(offset, plant.described)]
    plant.state, plant.path = "carved", f"$Unallocated/offset-{offset}.{suffix(plant.content)}"
