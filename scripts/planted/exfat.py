"""exFAT by mkfs.exfat and exfat-fuse: needs root, a loop device and FUSE, since no tool writes into an image."""
import contextlib
import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from plants import *

CONDITIONS = [
    ("plain", 54), ("fragmented", 52), ("deleted", 26), ("overwritten", 12), ("deleted-fragmented", 16),
    ("orphan", 8), ("slack", 14), ("carved", 8), ("unowned", 6), ("bad", 4),
]  # fmt: skip
FREE_CLUSTERS = 8


def make(image, size):
    subprocess.run(["truncate", "-s", str(size), image], check=True)
    subprocess.run(["mkfs.exfat", "-c", str(CLUSTER), "-L", "PLANTED", image], check=True, capture_output=True)


@contextlib.contextmanager
def mounted(image, work):
    """The file system of an image, as a folder."""
    folder = Path(tempfile.mkdtemp(prefix="mount.", dir=work))
    run = lambda *command: subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    # exfat-fuse takes no plain file from root.
    device = run("losetup", "--find", "--show", str(image))
    try:
        run("mount.exfat-fuse", device, str(folder))
        try:
            yield folder
        finally:
            run("umount", str(folder))
    finally:
        run("losetup", "--detach", device)
        for _ in range(100):
            if not run("losetup", "--associated", str(image)):
                break
            time.sleep(0.1)
        folder.rmdir()


def is_possible():
    """Whether this machine can mount exFAT: nothing but an attempt tells."""
    try:
        with tempfile.TemporaryDirectory() as work:
            make(Path(work, "image"), 4 << 20)
            with mounted(Path(work, "image"), work) as folder:
                Path(folder, "file").write_bytes(b"content")
                return Path(folder, "file").read_bytes() == b"content"
    except (OSError, subprocess.CalledProcessError):
        return False


def build(image, size, files, fixtures, work):
    make(image, size)
    plants = make_plants(fixtures, CONDITIONS)
    fillers = [file.read_bytes() for file in make_fillers(work, size * 5 // 10, files)]
    large = [content for content in fillers if len(content) >= 2 * CLUSTER]
    order, folders = lay_out(plants, files)
    removed, removed_folders, hosts = [], [], {}

    def weave(root, name, content, other):
        """Writes two files by turns, a cluster each: neither lies together."""
        with open(root / name, "wb", buffering=0) as first, open(root / other[0], "wb", buffering=0) as second:
            for start in range(0, max(len(content), len(other[1])), CLUSTER):
                for file, bytes_ in ((first, content), (second, other[1])):
                    if start < len(bytes_):
                        file.write(bytes_[start : start + CLUSTER])

    def add_plant(root, plant, folder, filler):
        name = plant.path
        plant.path = f"{folder}/{name}"
        if plant.condition in HIDDEN:
            return
        if plant.condition == "slack":
            content = slack_host(len(hosts))
            hosts[f"{folder}/host-{name}.txt"] = (plant, len(content))
            (root / folder / f"host-{name}.txt").write_bytes(content)
            return
        if plant.condition == "orphan":
            (root / folder / f"lost-{name}").mkdir()
            removed_folders.append(f"{folder}/lost-{name}")
            plant.path = f"{folder}/lost-{name}/{name}"
        if "fragmented" in plant.condition:
            # As long as the plant, so that it lies in fragments to its end.
            weave(root, plant.path, plant.content, (f"{folder}/beside-{name}", (filler * 99)[: len(plant.content)]))
        else:
            (root / plant.path).write_bytes(plant.content)
        if plant.condition not in ("plain", "fragmented"):
            plant.state = "deleted"
            removed.append(plant.path)

    with mounted(image, work) as root:
        for folder in folders:
            (root / folder).mkdir()
        for index, thing in enumerate(order):
            folder = folders[index % len(folders)]
            if isinstance(thing, int):
                name = f"{folder}/file-number-{thing}"
                (root / name).write_bytes(fillers[thing % len(fillers)])
                if thing % 10 == 9:
                    removed.append(name)
            else:
                add_plant(root, thing, folder, large[index % len(large)])

    volume = Exfat(image)
    places = volume.files()
    listed = [plant for plant in plants if plant.condition not in ("slack", *HIDDEN)]
    for plant in listed:
        plant.runs = places[plant.path]
    with mounted(image, work) as root:
        for name in removed:
            (root / name).unlink()
        for name in removed_folders:
            (root / name).rmdir()
        # The next files use freed clusters and directory entries.
        for index in range(max(8, files // 200)):
            (root / folders[0] / f"late-{index}").write_bytes(fillers[index % len(fillers)])

    free, names = volume.free_clusters(), volume.deleted_names()
    for plant in listed:
        if plant.state != "deleted":
            continue
        if plant.path.rsplit("/", 1)[1] not in names:
            # A name of a late file stands where its name stood.
            lose_name(plant)
        elif len(plant.runs) > 1:
            # The chain is gone: only the first cluster is known, and that the next free ones may be the others.
            plant.is_reachable = plant.runs == volume.guess(free, plant.runs[0][0], len(plant.content))
    firsts = {runs[0][0] for runs in places.values() if runs}
    taken = [range(offset, offset + length) for plant in listed for offset, length in plant.runs]
    holes = [place for place in volume.free_places(free, FREE_CLUSTERS) if not any(
        place <= first < place + FREE_CLUSTERS * CLUSTER for first in firsts)]  # fmt: skip
    holes = [place for place in holes
             if not any(run.start < place + FREE_CLUSTERS * CLUSTER and place < run.stop for run in taken)]  # fmt: skip
    for plant in plants:
        if plant.condition == "overwritten" and plant.state == "deleted":
            damage(image, plant)
        elif plant.condition in HIDDEN:
            put_in_free_space(image, plant, holes.pop(len(holes) // 2))
            if plant.condition != "carved":
                volume.use(plant.runs[0], is_bad=plant.condition == "bad")
    for host, (plant, length) in hosts.items():
        put_in_slack(image, plant, host, places[host], length)
    return plants


class Exfat:
    """Where files lie, as the image says. Source: Microsoft, "exFAT file system specification"."""

    def __init__(self, image):
        self.image = image
        boot = self.read(0, SECTOR)
        table, _, heap, self.count, self.root = struct.unpack_from("<IIIII", boot, 80)
        sector = 1 << boot[108]
        assert sector << boot[109] == CLUSTER
        self.table, self.heap = table * sector, heap * sector

    def read(self, offset, length):
        with open(self.image, "rb") as medium:
            medium.seek(offset)
            return medium.read(length)

    def place(self, cluster):
        return self.heap + (cluster - 2) * CLUSTER

    def runs(self, cluster, length, is_chained):
        """The runs of a content, as (offset, length)."""
        clusters = -(-length // CLUSTER)
        if not clusters:
            return []
        if not is_chained:
            return [(self.place(cluster), clusters * CLUSTER)]
        table = struct.unpack(f"<{self.count + 2}I", self.read(self.table, 4 * (self.count + 2)))
        return self.joined(self.chain(table, cluster, clusters))

    def chain(self, table, cluster, most):
        while most and 2 <= cluster < self.count + 2:
            yield cluster
            cluster, most = table[cluster], most - 1

    def joined(self, clusters):
        runs = []
        for cluster in clusters:
            if runs and sum(runs[-1]) == self.place(cluster):
                runs[-1] = (runs[-1][0], runs[-1][1] + CLUSTER)
            else:
                runs.append((self.place(cluster), CLUSTER))
        return runs

    def entries(self, runs, in_use=0x80):
        """What a directory holds in use, or what was deleted: name, whether it is a directory, runs of each."""
        data = b"".join(self.read(*run) for run in runs)
        for start in range(0, len(data), 32):
            kinds = bytes([5, 0x40, *[0x41] * (data[start + 1] - 1)]) if data[start + 1] > 1 else b""
            if not kinds or data[start : start + 32 * len(kinds) : 32] != bytes(kind | in_use for kind in kinds):
                continue
            stream = data[start + 32 : start + 64]
            name = b"".join(data[at + 2 : at + 32] for at in range(start + 64, start + 32 * len(kinds), 32))
            first, length = struct.unpack_from("<IQ", stream, 20)
            text = name.decode("utf-16-le")[: stream[3]]
            yield text, bool(data[start + 4] & 0x10), self.runs(first, length, not stream[1] & 2)

    def files(self, runs=None, above=""):
        """The runs of every file, by its path."""
        found = {}
        for name, is_folder, content in self.entries(runs or self.runs(self.root, 1 << 40, True)):
            if is_folder:
                found |= self.files(content, f"{above}{name}/") if content else {}
            else:
                found[above + name] = content
        return found

    def deleted_names(self, runs=None):
        """The names that deleted entries, whole ones, have still: those in deleted directories, too."""
        runs = runs or self.runs(self.root, 1 << 40, True)
        names = {name for name, _, _ in self.entries(runs, in_use=0)}
        for state in (0, 0x80):
            for _, is_folder, content in self.entries(runs, state):
                if is_folder and content:
                    names |= self.deleted_names(content)
        return names

    def free_clusters(self):
        """For each cluster whether nothing has it, from the bitmap."""
        data = b"".join(self.read(*run) for run in self.runs(self.root, 1 << 40, True))
        start = next(at for at in range(0, len(data), 32) if data[at] == 0x81)
        first, length = struct.unpack_from("<IQ", data, start + 20)
        bits = b"".join(self.read(*run) for run in self.runs(first, length, True))
        return [False, False] + [not bits[index // 8] >> index % 8 & 1 for index in range(self.count)]

    def use(self, run, is_bad=False):
        """Marks the clusters of a run as used, or as bad."""
        data = b"".join(self.read(*run) for run in self.runs(self.root, 1 << 40, True))
        start = next(at for at in range(0, len(data), 32) if data[at] == 0x81)
        first = (run[0] - self.heap) // CLUSTER
        for index in range(first, first - (-run[1] // CLUSTER)):
            # The bitmap lies in one piece.
            place = self.place(struct.unpack_from("<I", data, start + 20)[0]) + index // 8
            write_at(self.image, place, bytes([self.read(place, 1)[0] | 1 << index % 8]))
            if is_bad:
                write_at(self.image, self.table + 4 * (index + 2), struct.pack("<I", 0xFFFFFFF7))

    def guess(self, free, offset, length):
        """The runs of a deleted file that had fragments, as far as free clusters tell."""
        cluster, clusters = (offset - self.heap) // CLUSTER + 2, []
        while len(clusters) < -(-length // CLUSTER) and cluster < len(free):
            if free[cluster]:
                clusters.append(cluster)
            cluster += 1
        return self.joined(clusters)

    def free_places(self, free, wanted):
        places, run = [], 0
        for cluster, is_free in enumerate(free):
            run = run + 1 if is_free else 0
            if run == wanted:
                places.append(self.place(cluster - wanted + 1))
                run = 0
        return places
