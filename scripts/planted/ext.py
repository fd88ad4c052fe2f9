"""ext4 by mke2fs and debugfs: no mount, no root."""
import re
import subprocess

from plants import *

CONDITIONS = [
    ("plain", 36), ("fragmented", 50), ("hole", 10), ("deleted", 26), ("overwritten", 10),
    ("deleted-fragmented", 14), ("orphan", 6), ("wiped", 14), ("slack", 12), ("carved", 8), ("unowned", 6),
    ("journal", 4), ("socket", 4),
]  # fmt: skip
HOLE = 1 << 20
FREE_BLOCKS = 5


def build(image, size, files, fixtures, work):
    def debugfs(commands, *options):
        script = work / "commands"
        script.write_text("".join(command + "\n" for command in commands))
        result = subprocess.run(["debugfs", *options, "-f", script, image], capture_output=True, text=True, check=True)
        return result.stdout

    plants = make_plants(fixtures, CONDITIONS)
    fillers = make_fillers(work, size * 4 // 10, files)
    order, folders = lay_out(plants, files)
    spacer = work / "spacer"
    spacer.write_bytes(b"spacer " * 9)
    needed = sum(len(plant.content) // CLUSTER + 1 for plant in plants if "fragmented" in plant.condition)
    inodes = len(order) + 2 * needed + len(folders) + 100
    subprocess.run(
        # Several groups, so that there are copies of the superblock.
        ["mke2fs", "-q", "-F", "-t", "ext4", "-b", str(CLUSTER), "-g", "8192", "-N", str(inodes), "-L", "PLANTED"]
        + ["-E", "hash_seed=5ee15ee1-0000-4000-8000-000000000008", image, f"{size >> 20}M"],
        check=True, capture_output=True,
    )  # fmt: skip
    first, removed, hosts = [f"mkdir {folder}" for folder in folders], [], {}

    def add_plant(plant):
        name = plant.path
        source = work / name
        source.write_bytes(plant.content)
        plant.path = f"{folder}/{name}"
        if plant.condition in HIDDEN:
            return
        if plant.condition == "slack":
            file = work / f"host-{name}"
            file.write_bytes(slack_host(len(hosts)))
            hosts[f"{folder}/host-{name}.txt"] = (plant, file.stat().st_size)
            first.append(f"write {file} host-{name}.txt")
            return
        if "fragmented" in plant.condition:
            # Holes of a block each, which it fills.
            blocks = len(plant.content) // CLUSTER + 1
            first.extend(f"write {spacer} spacer-{name}-{number}" for number in range(2 * blocks))
            first.extend(f"rm spacer-{name}-{number}" for number in range(0, 2 * blocks, 2))
        elif plant.condition == "hole":
            plant.content += bytes(HOLE) + b"end"
            with open(source, "r+b") as file:
                file.truncate(len(plant.content) - 3)
                file.seek(0, 2)
                file.write(b"end")
        first.append(f"write {source} {name}")
        if plant.condition == "orphan":
            removed.append(f"unlink /{plant.path}")
            plant.state = "orphan"
        elif plant.condition in ("deleted", "overwritten", "deleted-fragmented", "wiped"):
            removed.append(f"rm /{plant.path}")
            plant.state = "deleted"

    for index, thing in enumerate(order):
        folder = folders[index * len(folders) // len(order)]
        if index == 0 or folder != folders[(index - 1) * len(folders) // len(order)]:
            first.append(f"cd /{folder}")
        if isinstance(thing, int):
            first.append(f"write {fillers[thing % len(fillers)]} file-{thing}")
            if thing % 10 == 9:
                removed.append(f"rm /{folder}/file-{thing}")
        else:
            add_plant(thing)
    debugfs(first, "-w")

    listed = [plant for plant in plants if plant.condition not in ("slack", *HIDDEN)]
    lost = [command.removeprefix("rm /") for command in removed if "/file-" in command]
    paths = [plant.path for plant in listed] + list(hosts) + lost
    text = debugfs([line for path in paths for line in (f"stat /{path}", f"ex /{path}")])
    answers = re.split(r"^debugfs: stat /(.*)\n", text, flags=re.M)[1:]
    places = {path: described(answer) for path, answer in zip(answers[::2], answers[1::2])}
    for plant in listed:
        _, plant.runs = places[plant.path]
        # debugfs writes no block of zeros.
        rest = len(plant.content) - sum(length for _, length in plant.runs)
        if rest > 0:
            plant.runs.append((None, rest))
        if plant.condition == "wiped":
            removed.append(f"clri <{places[plant.path][0]}>")
        elif plant.condition == "socket":
            removed.append(f"sif <{places[plant.path][0]}> mode 0140644")
    debugfs(removed, "-w")
    late = [f"/{folders[0]}/late-{index}" for index in range(max(8, files // 200))]
    debugfs([f"write {fillers[index % len(fillers)]} {name}" for index, name in enumerate(late)], "-w")
    reused = set(map(int, re.findall(r"^Inode: (\d+) ", debugfs([f"stat {name}" for name in late]), re.M)))
    free = free_places(debugfs([f"ffb {size // CLUSTER}"]))
    taken = {block for plant in listed for offset, length in plant.runs if offset is not None
             for block in range(offset // CLUSTER, (offset + length) // CLUSTER)}  # fmt: skip
    # Content at the start of a deleted file counts as that file.
    taken |= {places[path][1][0][0] // CLUSTER for path in lost if places[path][1]}
    free = [block * CLUSTER for block in free if taken.isdisjoint(range(block, block + FREE_BLOCKS))]
    # The first name of a block leaves no inode number behind, so its inode has no name.
    touched = sorted({plant.path.split("/")[0] for plant in listed if plant.state == "deleted"})
    nameless = set(re.findall(r"^ +0 .* (planted-\S+)$", debugfs([f"ls -dl /{folder}" for folder in touched]), re.M))
    journal = list(map(int, re.findall(r"\d+", debugfs(["blocks <8>"]).split("<8>")[1])))
    for plant in plants:
        if plant.condition in ("wiped", "socket") or plant.state != "allocated" and places[plant.path][0] in reused:
            lose_name(plant)
        elif plant.state == "orphan" or plant.path.split("/")[-1] in nameless:
            plant.state = "orphan"
            plant.path = f"$OrphanFiles/OrphanFile-{places[plant.path][0]}"
        if plant.condition == "overwritten" and plant.state != "carved":
            damage(image, plant)
        elif plant.condition == "journal":
            put_in_free_space(image, plant, journal[len(journal) // 2] * CLUSTER)
            del journal[len(journal) // 2 - 20 :]
        elif plant.condition in HIDDEN:
            put_in_free_space(image, plant, free.pop(len(free) // 2))
            if plant.condition == "unowned":
                blocks = -(-len(plant.content) // CLUSTER)
                debugfs([f"setb {plant.runs[0][0] // CLUSTER} {blocks}"], "-w")
    for host, (plant, length) in hosts.items():
        put_in_slack(image, plant, host, places[host][1], length)
    return plants


def described(text):
    """The inode and the runs in what debugfs says of a file; a leaf is an extent of the deepest level."""
    runs, end = [], 0
    leaf = r"^ *(\d+)/ *(\d+) +\d+/ *\d+ +(\d+) - +(\d+) +(\d+) - +\d+ +(\d+)"
    for level, deepest, start, last, physical, count in re.findall(leaf, text, re.M):
        if level != deepest:
            continue
        if int(start) > end:
            runs.append((None, (int(start) - end) * CLUSTER))
        runs.append((int(physical) * CLUSTER, int(count) * CLUSTER))
        end = int(last) + 1
    return int(re.search(r"Inode: (\d+) ", text).group(1)), runs


def free_places(text):
    """The first blocks of free runs that have room for a plant."""
    blocks = list(map(int, re.findall(r"\d+", text.split("found:")[1])))
    places, run = [], 0
    for before, block in zip([None] + blocks, blocks):
        run = run + 1 if before is not None and block == before + 1 else 1
        if run == FREE_BLOCKS:
            places.append(block - FREE_BLOCKS + 1)
            run = 0
    return places
