"""Runs the units of a plan on a Ray cluster: `trawl-ray PLAN -o DIR [--address ADDRESS]`.

Every machine needs `trawl` and sees the evidence and DIR under the same paths; no machine needs this module but the one that
starts it. A unit that has its result in DIR is not scanned again, so the same command resumes after any loss.
"""

import argparse
import json
import os
import subprocess
import sys
import time

# Units are tried this often before they count as failed; the loss of a node does not count.
ATTEMPTS = 3
# Seconds between two looks at the nodes of the cluster.
NODES_EVERY = 2.0
# Units that wait on a machine, so that the next one begins without asking the driver.
AHEAD = 1
# File systems whose files lie on another machine.
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "glusterfs", "fuse.sshfs", "9p", "afs"}


class PlanError(Exception):
    """A plan that cannot be used, or a cluster without a machine that could."""


class Unit:
    """A unit of a plan, and its cost in bytes."""

    def __init__(self, line):
        self.number = line["number"]
        self.id = line["id"]
        self.cost = max(line["bytes"], 1 << 20)
        self.paths = [_path(file["path"]) for file in line.get("files", [])]
        self.attempts = 0


def _path(value):
    """A path of a plan: a text, or the bytes of one that is not UTF-8."""
    return os.fsencode(value) if isinstance(value, str) else bytes(value)


def read_plan(path):
    """Returns the header and the units of a plan. `trawl run` checks both."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    if not lines or lines[0].get("type") != "plan" or any(line.get("type") != "unit" for line in lines[1:]):
        raise PlanError(f"{path}: no plan of trawl plan")
    if len(lines) - 1 != lines[0]["units"]:
        raise PlanError(f"{path}: it was cut off")
    return lines[0], [Unit(line) for line in lines[1:]]


def findings(path):
    """The lines with findings of a unit's result."""
    with open(path, "rb") as file:
        return [line for line in file if line.startswith(b'{"schema":1,"type":"finding"')]


# Functions that run on other machines. They use nothing of this module.


def scan_unit(plan, name, unit, number, folder, trawl, cpus):
    """Scans a unit on this machine; returns status, messages, seconds and processor seconds."""
    import ctypes
    import os
    import resource
    import signal
    import subprocess
    import tempfile
    import time

    def end_with_parent():
        # A worker that Ray kills must not leave a scan behind. 1 is PR_SET_PDEATHSIG.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)

    # The same plan for all units that run here.
    path = os.path.join(tempfile.gettempdir(), f"trawl-ray.{os.getuid()}.{name}")
    if not os.path.exists(path):
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
            file.write(plan)
        os.replace(file.name, path)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.run(
        [trawl, "run", path, "--unit", str(number), "-o", folder, "-j", str(cpus), "--no-progress"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=end_with_parent)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (process.returncode, process.stderr.decode("utf-8", "replace"), time.monotonic() - start,
            usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime)


def look_at(paths, remote):
    """Ranks each path on this machine: 2 on a disk of its own, 1 on a network file system, 0 not there."""
    import os

    mounts = {}
    with open("/proc/self/mountinfo", "rb") as file:
        for line in file:
            fields, _, rest = line.partition(b" - ")
            major, _, minor = fields.split()[2].partition(b":")
            mounts[os.makedev(int(major), int(minor))] = rest.split()[0].decode()
    ranks = []
    for path in paths:
        try:
            kind = mounts.get(os.stat(path).st_dev, "")
            ranks.append(1 if kind in remote else 2)
        except OSError:
            ranks.append(0)
    return ranks


class Node:
    """A machine of the cluster."""

    def __init__(self, identifier, cpus):
        self.id = identifier
        self.cpus = cpus
        # Processors without a unit; negative if units wait for one.
        self.free = cpus
        # Rank of each unit on this machine, by its number; None until the machine has answered.
        self.ranks = None


class Fleet:
    """Gives the units of a plan to the machines of a cluster: the most expensive first, and of those it has on its own disk."""

    def __init__(self, ray, plan_path, folder, trawl, cpus, say, show):
        self.ray = ray
        self.header, self.units = read_plan(plan_path)
        with open(plan_path, "rb") as file:
            self.plan = ray.put(file.read())
        self.folder = os.path.abspath(folder)
        self.trawl = trawl
        self.cpus = cpus
        self.say = say
        self.show = show
        self.nodes = {}
        self.running = {}
        self.probes = {}
        self.waiting = []
        self.failed = []
        self.done = 0
        self.cost_done = 0
        self.cost_scanned = 0
        self.found = 0
        self.seconds = 0.0
        self.processor = 0.0
        self.looked = 0.0

    def result(self, unit):
        return os.path.join(self.folder, unit.id + ".jsonl")

    def run(self):
        """Runs all units; returns whether each has its result."""
        os.makedirs(self.folder, exist_ok=True)
        self.start = time.monotonic()
        for unit in self.units:
            if os.path.exists(self.result(unit)):
                self.finish(unit)
            else:
                self.waiting.append(unit)
        if self.done:
            self.say(f"{self.done} units have their results")
        self.waiting.sort(key=lambda unit: -unit.cost)
        alone = None
        while self.waiting or self.running:
            self.look()
            self.start_units()
            self.progress()
            pending = [*self.running, *self.probes]
            if not pending:
                # Machines may come back.
                alone = alone or time.monotonic()
                if time.monotonic() - alone > 60:
                    raise PlanError("no machine of the cluster can scan the units that are left")
                time.sleep(0.5)
                continue
            alone = None
            ready, _ = self.ray.wait(pending, num_returns=1, timeout=1.0)
            for reference in ready:
                if reference in self.probes:
                    self.answer(reference)
                else:
                    self.collect(reference)
        self.progress(last=True)
        return not self.failed

    # Machines

    def look(self):
        """Learns which machines there are, at most every two seconds."""
        if time.monotonic() - self.looked < NODES_EVERY:
            return
        self.looked = time.monotonic()
        alive = {node["NodeID"]: node for node in self.ray.nodes() if node["Alive"]}
        for identifier in [known for known in self.nodes if known not in alive]:
            self.say(f"lost machine {identifier[:8]}")
            del self.nodes[identifier]
        for identifier, node in alive.items():
            cpus = int(node["Resources"].get("CPU", 0)) // self.cpus
            if identifier not in self.nodes and cpus > 0:
                self.nodes[identifier] = Node(identifier, cpus)
                self.probe(identifier)

    def probe(self, identifier):
        paths = [unit.paths[0] if unit.paths else b"/" for unit in self.units]
        task = self.ray.remote(num_cpus=0, max_retries=0)(look_at)
        reference = task.options(scheduling_strategy=self.on(identifier)).remote(paths, REMOTE)
        self.probes[reference] = identifier

    def answer(self, reference):
        identifier = self.probes.pop(reference)
        try:
            ranks = self.ray.get(reference)
        except self.ray.exceptions.RayError:
            # It died; if it did not, it is asked again.
            self.nodes.pop(identifier, None)
            return
        if identifier in self.nodes:
            self.nodes[identifier].ranks = ranks

    def on(self, identifier):
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        return NodeAffinitySchedulingStrategy(node_id=identifier, soft=False)

    # Units

    def start_units(self):
        task = self.ray.remote(num_cpus=self.cpus, max_retries=0)(scan_unit)
        slots = sum(node.cpus for node in self.nodes.values())
        for node in list(self.nodes.values()):
            # One more waits on the machine for the next processor, but for the last ones, which go where one is free.
            while node.ranks is not None and (node.free > 0 or node.free > -AHEAD and len(self.waiting) > slots):
                unit = self.next_unit(node)
                if unit is None:
                    break
                node.free -= 1
                reference = task.options(scheduling_strategy=self.on(node.id), name=f"unit {unit.number}").remote(
                    self.plan, self.header["id"], unit.id, unit.number, self.folder, self.trawl, self.cpus)
                self.running[reference] = (unit, node.id)

    def next_unit(self, node):
        """The most expensive unit on a disk of this machine; else the most expensive that it can read."""
        best = None
        for unit in self.waiting:
            rank = node.ranks[unit.number]
            if rank == 2:
                best = unit
                break
            if rank == 1 and best is None:
                best = unit
        if best is not None:
            self.waiting.remove(best)
        return best

    def again(self, unit):
        self.waiting.append(unit)
        self.waiting.sort(key=lambda unit: -unit.cost)

    def collect(self, reference):
        unit, identifier = self.running.pop(reference)
        if identifier in self.nodes:
            self.nodes[identifier].free += 1
        try:
            status, messages, seconds, processor = self.ray.get(reference)
        except self.ray.exceptions.RayError as error:
            self.say(f"unit {unit.number}: {type(error).__name__} on {identifier[:8]}; again")
            self.again(unit)
            self.looked = 0.0
            return
        if status == 0 and os.path.exists(self.result(unit)):
            self.seconds += seconds
            self.processor += processor
            self.cost_scanned += unit.cost
            self.finish(unit)
            return
        unit.attempts += 1
        self.say(f"unit {unit.number}: status {status}: {messages.strip()}")
        if unit.attempts < ATTEMPTS and status != 64:
            self.again(unit)
        else:
            self.failed.append(unit)

    def finish(self, unit):
        self.done += 1
        self.cost_done += unit.cost
        for line in findings(self.result(unit)):
            self.found += 1
            self.show(line)

    def progress(self, last=False):
        seconds = time.monotonic() - self.start
        total = sum(unit.cost for unit in self.units)
        text = (f"{self.done} of {len(self.units)} units, {self.cost_done / 1e9:.1f} of {total / 1e9:.1f} GB,"
                f" {self.found} findings, {len(self.nodes)} machines, {len(self.running)} running")
        if self.failed:
            text += f", {len(self.failed)} failed"
        if last:
            text += f"; {seconds:.1f} s, {self.seconds:.1f} s of units, {self.processor:.1f} s of processors"
        elif self.cost_scanned:
            text += f", {(total - self.cost_done) / self.cost_scanned * seconds:.0f} s left"
        self.say(text, passing=not last)


def arguments():
    parser = argparse.ArgumentParser(
        prog="trawl-ray", description="Runs the units of a plan on a Ray cluster, or on this machine.",
        epilog="Exit status: 0 each unit has its result; 2 some have none; 64 wrong usage; 130 interrupted.")
    parser.add_argument("plan", help="the plan, made by trawl plan")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="folder for results, seen by all machines")
    parser.add_argument("--address", help="the cluster, such as auto or HOST:6379; a local one is started without")
    parser.add_argument("--trawl", default="trawl", help="the program on each machine (default: trawl)")
    parser.add_argument("--cpus", type=int, default=1, metavar="N", help="cores for each unit (default: 1)")
    parser.add_argument("--findings", metavar="FILE", help="write the findings of each unit that has ended, as JSON Lines; - is stdout")
    parser.add_argument("--merge", metavar="FILE", help="join the results into this file at the end")
    return parser


def main(words=None):
    """The command `trawl-ray`; returns its exit status."""
    try:
        options = arguments().parse_args(words)
    except SystemExit as end:
        return 64 if end.code else 0
    if options.cpus < 1:
        print("trawl-ray: --cpus must be 1 or more", file=sys.stderr)
        return 64
    # Ray reports its use to its makers unless told otherwise.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.exceptions
    except ImportError:
        print("trawl-ray: ray is missing: pip install 'trawl[ray]'", file=sys.stderr)
        return 2
    # The other machines need no copy of this module.
    module = sys.modules[__name__]
    if __name__ != "__main__":
        ray.cloudpickle.register_pickle_by_value(module)
    live = sys.stderr.isatty()
    last = [0.0]

    def say(text, passing=False):
        if passing and not live and time.monotonic() - last[0] < 10:
            return
        last[0] = time.monotonic() if passing else last[0]
        end = "\n" if not live or not passing else ""
        print(("\r\x1b[K" if live else "") + text, end=end, file=sys.stderr, flush=True)

    stream = None
    if options.findings:
        stream = sys.stdout.buffer if options.findings == "-" else open(options.findings, "wb")

    def show(line):
        if stream:
            stream.write(line)
            stream.flush()

    try:
        if options.address:
            ray.init(address=options.address, logging_level="warning", log_to_driver=False)
        else:
            ray.init(include_dashboard=False, logging_level="warning", log_to_driver=False)
        fleet = Fleet(ray, options.plan, options.output, options.trawl, options.cpus, say, show)
        complete = fleet.run()
    except (PlanError, OSError, ValueError, KeyError, ConnectionError) as error:
        print(f"trawl-ray: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        if ray.is_initialized():
            ray.shutdown()
    if options.merge:
        status = subprocess.run([options.trawl, "merge", options.output, "-o", options.merge]).returncode
        return 0 if complete and status in (0, 3) else 2
    return 0 if complete else 2


if __name__ == "__main__":
    sys.exit(main())
