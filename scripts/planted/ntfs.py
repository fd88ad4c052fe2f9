"""NTFS by mkntfs and libntfs-3g (ntfsfill.c): no mount, no root."""
import struct
import subprocess
from pathlib import Path

from plants import *

CONDITIONS = [
    ("plain", 18), ("fragmented", 44), ("compressed", 20), ("stream", 20), ("folder-stream", 6), ("resident", 14),
    ("hole", 6), ("deleted", 16), ("overwritten", 8), ("deleted-fragmented", 10), ("orphan", 6), ("slack", 10),
    ("carved", 6), ("unowned", 4), ("journal", 4), ("uninitialised", 4), ("beyond", 4),
]  # fmt: skip
HOLE = 1 << 20
# No plant is larger that is put into free space.
FREE = 8 * CLUSTER


def build(image, size, files, fixtures, work):
    tool = work / "ntfsfill"
    source = Path(__file__).parent.parent.parent / "Tests/Fixtures/images/ntfsfill.c"
    subprocess.run(["gcc", "-O1", "-Wall", "-o", tool, source, "-lntfs-3g"], check=True)
    subprocess.run(["truncate", "-s", str(size), image], check=True)
    subprocess.run(
        ["mkntfs", "-F", "-Q", "-q", "-L", "PLANTED", "-c", str(CLUSTER), image], check=True, capture_output=True
    )

    def fill(commands):
        text = "".join("\t".join(map(str, command)) + "\n" for command in commands)
        result = subprocess.run([tool, image], input=text, text=True, capture_output=True)
        if result.returncode:
            raise SystemExit(f"ntfsfill: {result.returncode}: {result.stderr}")
        return [line.split("\t") for line in result.stdout.splitlines()]

    def answers(lines):
        """The runs of paths, and whether they are resident; the entries of paths."""
        places, entries = {}, {}
        for kind, *fields in lines:
            if kind == "runs":
                pairs = [tuple(map(int, run.split("+"))) for run in fields[1].split()]
                places[fields[0]] = (pairs, fields[2:] == ["resident"])
            elif kind == "entry":
                entries[fields[0]] = int(fields[1])
        return places, entries

    plants = make_plants(fixtures, CONDITIONS)
    fillers = make_fillers(work, size * 6 // 10, files)
    large = [file for file in fillers if file.stat().st_size >= 2 * CLUSTER]
    order, folders = lay_out(plants, files)
    first = [["mkdir", "compressed"], ["compress", "compressed"]] + [["mkdir", folder] for folder in folders]
    removed, removed_folders, hosts = [], [], {}
    # Entries that are used early are used again early: the folders of these are lost, and their files orphans.
    orphans = [plant for plant in plants if plant.condition == "orphan"]
    for plant in orphans[::2]:
        plant.state = "orphan"
        first.append(["mkdir", f"{folders[0]}/lost-{plant.path}"])

    def add_filler(number, folder):
        """Three of ten are in fragments, one of ten is deleted later."""
        name = f"{folder}/file-{number}"
        if number % 20 < 3:
            other = large[(number * 7 + 1) % len(large)]
            first.append(["weave", 2 * CLUSTER, large[number % len(large)], name, other, f"{folder}/woven-{number}"])
        elif number % 20 >= 6:
            first.append(["cp", fillers[number % len(fillers)], name])
            if number % 10 == 9:
                removed.append(["rm", name])

    def add_plant(plant, folder, filler):
        name = plant.path
        source = work / name
        source.write_bytes(plant.content)
        plant.path = f"{folder}/{name}"
        host = f"{folder}/host-{name}.txt"
        if plant.condition in HIDDEN:
            return
        if plant.condition == "slack":
            file = work / f"host-{name}"
            file.write_bytes(slack_host(len(hosts)))
            hosts[host] = (plant, file.stat().st_size)
            first.append(["cp", file, host])
            return
        if plant.condition == "compressed":
            plant.path = f"compressed/{name}"
        elif plant.condition == "stream":
            plant.path, plant.stream = host, name
            first.append(["cp", filler, host])
        elif plant.condition == "folder-stream":
            plant.path, plant.stream = f"{folder}/folder-{name}", name
            first.append(["mkdir", plant.path])
        elif plant.condition == "orphan":
            lost = f"{folders[0] if plant.state == 'orphan' else folder}/lost-{name}"
            plant.path = f"{lost}/{name}"
            if plant.state != "orphan":
                plant.state = "deleted"
                first.append(["mkdir", lost])
            removed_folders.append(["rm", lost])
        if plant.condition in ("fragmented", "deleted-fragmented"):
            first.append(["weave", CLUSTER, source, plant.name, filler, f"{folder}/beside-{name}"])
        elif plant.condition == "hole":
            first.append(["hole", source, plant.path, HOLE])
        else:
            first.append(["cp", source, plant.name])
        if plant.condition in ("deleted", "overwritten", "deleted-fragmented"):
            plant.state = "deleted"
        if plant.state != "allocated":
            removed.append(["rm", plant.path])

    for index, thing in enumerate(order):
        folder = folders[index % len(folders)]
        if isinstance(thing, int):
            add_filler(thing, folder)
        else:
            add_plant(thing, folder, large[index % len(large)])
    listed = [plant for plant in plants if plant.condition not in ("slack", *HIDDEN)]
    lost = [path for _, path in removed if "/file-" in path]
    asked = [["runs", path] for path in [plant.name for plant in listed] + list(hosts) + lost]
    places, entries = answers(fill(first + asked + [["entry", plant.path] for plant in listed]))
    for plant in listed:
        plant.runs, plant.is_resident = places[plant.name]
        if plant.condition == "compressed":
            plant.runs = []
        elif plant.condition == "hole":
            gap = (len(plant.content) + HOLE) // CLUSTER * CLUSTER - -(-len(plant.content) // CLUSTER) * CLUSTER
            plant.runs.insert(-1, (None, gap))
            plant.content += bytes(HOLE) + b"end"

    fill(removed)
    # Only a new mounting sees that the folders are empty. It looks for room from the start, too: what comes now
    # takes entries and clusters that were freed.
    late = [f"{folders[0]}/late-{index}" for index in range(max(8, files // 200))]
    late = [["cp", fillers[index % len(fillers)], name] for index, name in enumerate(late)]
    lines = fill(removed_folders + late + [["entry", command[2]] for command in late] + [["free", FREE // CLUSTER]])
    reused = set(answers(lines)[1].values())
    for plant in listed:
        if plant.state != "allocated" and entries[plant.path] in reused:
            lose_name(plant)
        elif plant.state == "orphan":
            plant.path = "$OrphanFiles/" + plant.path.rsplit("/", 1)[1]
    taken = [range(offset, offset + length) for plant in listed for offset, length in plant.runs if offset is not None]
    # Content at the start of a deleted file counts as that file.
    taken += [range(offset, offset + 1) for path in lost for offset, _ in places[path][0][:1]]
    free = [int(line[1]) for line in lines if line[0] == "free"]
    free = [place for place in free if not any(run.start < place + FREE and place < run.stop for run in taken)]
    for plant in plants:
        if plant.condition == "overwritten" and plant.state == "deleted":
            damage(image, plant)
        elif plant.condition in ("carved", "unowned"):
            put_in_free_space(image, plant, free.pop(len(free) // 2))
        elif plant.condition in ("uninitialised", "beyond"):
            # Real size, and initialised size: what lies behind is allocated, and no content.
            shrink(image, entries[plant.path], {48: 10, 56: 10} if plant.condition == "beyond" else {56: 0})
            lose_name(plant)
    fill([["use", plant.runs[0][0], len(plant.content)] for plant in plants if plant.condition == "unowned"])
    for host, (plant, length) in hosts.items():
        put_in_slack(image, plant, host, places[host][0], length)
    # The last change: libntfs-3g mounts no volume whose log it does not understand.
    for index, plant in enumerate(plant for plant in plants if plant.condition == "journal"):
        put_in_free_space(image, plant, log_file(image) + SECTOR * 77 * index)
    return plants


def content(image, entry):
    """Where an entry of the master file table lies, its bytes, and the place of its data attribute in them."""
    with open(image, "rb") as medium:
        boot = medium.read(SECTOR)
        record = struct.unpack_from("<Q", boot, 48)[0] * CLUSTER + entry * 1024
        medium.seek(record)
        data = medium.read(1024)
    (attribute,) = struct.unpack_from("<H", data, 20)
    while data[attribute] != 0x80:
        attribute += struct.unpack_from("<I", data, attribute + 4)[0]
    return record, data, attribute


def log_file(image):
    """The middle of the first run of $LogFile."""
    _, data, attribute = content(image, 2)
    run = attribute + struct.unpack_from("<H", data, attribute + 32)[0]
    counted, placed = data[run] & 15, data[run] >> 4
    count = int.from_bytes(data[run + 1 : run + 1 + counted], "little")
    first = int.from_bytes(data[run + 1 + counted : run + 1 + counted + placed], "little")
    return (first + count // 2) * CLUSTER


def shrink(image, entry, sizes):
    """Writes numbers into the data attribute of an entry of the master file table, by their places there."""
    record, _, attribute = content(image, entry)
    for place, size in sizes.items():
        # The last two bytes of a sector are kept elsewhere.
        assert attribute + place + 8 < SECTOR - 2
        write_at(image, record + attribute + place, struct.pack("<Q", size))
