"""FAT32 by mkfs.fat and mtools: no mount, no root."""
import os
import re
import struct
import subprocess

from plants import *

CONDITIONS = [
    ("plain", 55), ("fragmented", 56), ("deleted", 26), ("overwritten", 10), ("deleted-fragmented", 16),
    ("orphan", 6), ("slack", 12), ("carved", 8), ("unowned", 6), ("bad", 4), ("reserved", 1),
]  # fmt: skip
FREE_CLUSTERS = 5
INFORMATION_SECTOR = 1
# Behind the boot sector, its copy and those that belong to them.
FIRST_RESERVED_SECTOR = 10


def build(image, size, files, fixtures, work):
    # With fewer clusters it would be FAT16.
    size = max(size, 272 << 20)
    subprocess.run(["truncate", "-s", str(size), image], check=True)
    subprocess.run(
        ["mkfs.fat", "-F", "32", "-s", str(CLUSTER // SECTOR), "-n", "PLANTED", image], check=True, capture_output=True
    )
    volume = Fat(image)

    def mtools(tool, *arguments):
        environment = os.environ | {"MTOOLS_SKIP_CHECK": "1"}
        return subprocess.run(
            [tool, "-i", image, *map(str, arguments)], check=True, capture_output=True, text=True, env=environment
        ).stdout

    plants = make_plants(fixtures, CONDITIONS)
    fillers = make_fillers(work, min(size, files * 16384) * 5 // 10, files)
    order, folders = lay_out(plants, files)
    tree = work / "tree"
    for folder in folders:
        (tree / folder).mkdir(parents=True)
    removed, removed_folders, fragmented, spacers, hosts = [], [], [], [], {}

    def add_plant(plant, folder):
        name = plant.path
        plant.path = f"{folder}/{name}"
        if plant.condition in HIDDEN:
            return
        if plant.condition == "slack":
            content = slack_host(len(hosts))
            (tree / folder / f"host-{name}.txt").write_bytes(content)
            hosts[f"{folder}/host-{name}.txt"] = (plant, len(content))
            return
        if plant.condition == "orphan":
            removed_folders.append(f"{folder}/lost-{name}")
            plant.path = f"{folder}/lost-{name}/{name}"
        elif plant.condition in ("deleted", "overwritten", "deleted-fragmented"):
            removed.append(plant.path)
        if plant.condition not in ("plain", "fragmented"):
            plant.state = "deleted"
        if "fragmented" in plant.condition:
            # Holes of a cluster each, which it fills later.
            for number in range(2 * (len(plant.content) // CLUSTER + 1)):
                spacer = f"{folder}/spacer-{name}-{number}"
                (tree / spacer).write_bytes(b"spacer")
                if number % 2 == 0:
                    spacers.append(spacer)
            fragmented.append(plant)
        else:
            (tree / plant.path).parent.mkdir(exist_ok=True)
            (tree / plant.path).write_bytes(plant.content)

    for index, thing in enumerate(order):
        folder = folders[index % len(folders)]
        if isinstance(thing, int):
            name = f"{folder}/file-number-{thing}"
            os.link(fillers[thing % len(fillers)], tree / name)
            if thing % 10 == 9:
                removed.append(name)
        else:
            add_plant(thing, folder)
    mtools("mcopy", "-s", "-Q", "-m", *(tree / folder for folder in folders), "::/")
    delete(mtools, spacers)
    volume.look_from_the_start()
    for plant in fragmented:
        source = work / "fragmented"
        source.write_bytes(plant.content)
        mtools("mcopy", source, f"::/{plant.path}")

    listed = [plant for plant in plants if plant.condition not in ("slack", *HIDDEN)]
    names = [plant.path for plant in listed] + list(hosts) + [path for path in removed if "/file-" in path]
    places = {}
    for start in range(0, len(names), 200):
        shown = mtools("mshowfat", *(f"::/{name}" for name in names[start : start + 200]))
        for name, chain in re.findall(r"^::/(\S+) (.*)$", shown, re.M):
            places[name] = [volume.run(*map(int, run.split("-"))) for run in re.findall(r"<([\d-]+)>", chain)]
    for plant in listed:
        plant.runs = places[plant.path]
    delete(mtools, removed)
    mtools("mdeltree", *(f"::/{folder}" for folder in removed_folders))

    table = volume.table()
    for plant in listed:
        if plant.state == "deleted":
            # The chain is gone: only the first cluster is known, and that the next free ones may be the others.
            plant.is_reachable = plant.runs == volume.guess(table, plant.runs[0][0], len(plant.content))
    firsts = {runs[0][0] for runs in places.values() if runs}
    free = [place for place in volume.free_places(table, FREE_CLUSTERS) if place not in firsts]
    taken = [range(offset, offset + length) for plant in listed for offset, length in plant.runs]
    free = [place for place in free
            if not any(run.start < place + FREE_CLUSTERS * CLUSTER and place < run.stop for run in taken)]  # fmt: skip
    for plant in plants:
        if plant.condition == "overwritten":
            damage(image, plant)
        elif plant.condition == "reserved":
            put_in_free_space(image, plant, FIRST_RESERVED_SECTOR * SECTOR)
        elif plant.condition in HIDDEN:
            put_in_free_space(image, plant, free.pop(0))
            if plant.condition != "carved":
                volume.use(plant.runs[0], is_bad=plant.condition == "bad")
    for host, (plant, length) in hosts.items():
        put_in_slack(image, plant, host, places[host], length)
    return plants


def delete(mtools, paths):
    for start in range(0, len(paths), 200):
        mtools("mdel", *(f"::/{path}" for path in paths[start : start + 200]))


class Fat:
    """What the boot sector says of the places of clusters. Source: Microsoft, "FAT32 File System Specification"."""

    def __init__(self, image):
        self.image = image
        with open(image, "rb") as medium:
            boot = medium.read(SECTOR)
        reserved, tables = struct.unpack_from("<HB", boot, 14)
        length = struct.unpack_from("<I", boot, 36)[0]
        self.table_start, self.table_length = reserved * SECTOR, length * SECTOR
        self.data = (reserved + tables * length) * SECTOR
        self.clusters = (os.path.getsize(image) - self.data) // CLUSTER + 2

    def place(self, cluster):
        return self.data + (cluster - 2) * CLUSTER

    def run(self, first, last=None):
        return (self.place(first), ((last or first) - first + 1) * CLUSTER)

    def look_from_the_start(self):
        """Forgets where mtools would look for room next."""
        write_at(self.image, INFORMATION_SECTOR * SECTOR + 492, struct.pack("<I", 2))

    def table(self):
        with open(self.image, "rb") as medium:
            medium.seek(self.table_start)
            return struct.unpack(f"<{self.clusters}I", medium.read(4 * self.clusters))

    def use(self, run, is_bad=False):
        """Makes a chain, in both tables, that no name leads to, or marks the clusters as bad."""
        first = (run[0] - self.data) // CLUSTER + 2
        last = first - (-run[1] // CLUSTER) - 1
        numbers = [0x0FFFFFF7] * (last - first + 1) if is_bad else [*range(first + 1, last + 1), 0x0FFFFFFF]
        chain = struct.pack(f"<{last - first + 1}I", *numbers)
        for table in (self.table_start, self.table_start + self.table_length):
            write_at(self.image, table + 4 * first, chain)

    def guess(self, table, offset, length):
        """The runs of a deleted file, as far as free clusters tell."""
        cluster, runs = (offset - self.data) // CLUSTER + 2, []
        for _ in range(-(-length // CLUSTER)):
            while cluster < self.clusters and table[cluster]:
                cluster += 1
            if runs and runs[-1][0] + runs[-1][1] == self.place(cluster):
                runs[-1] = (runs[-1][0], runs[-1][1] + CLUSTER)
            else:
                runs.append((self.place(cluster), CLUSTER))
            cluster += 1
        return runs

    def free_places(self, table, wanted):
        places, run = [], 0
        for cluster in range(2, self.clusters):
            run = 0 if table[cluster] else run + 1
            if run == wanted:
                places.append(self.place(cluster - wanted + 1))
                run = 0
        return places
