"""Plans on Ray clusters: results are those of one machine, whatever machines and drivers are lost.

    TRAWL=.build/debug/trawl python -m pytest Tests/Ray
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import ray
from ray.cluster_utils import Cluster

ROOT = Path(__file__).resolve().parents[2]
TRAWL = os.environ.get("TRAWL", str(ROOT / ".build/release/trawl"))
ADAPTER = ROOT / "Python/trawl/_ray.py"
IMAGES = int(os.environ.get("TRAWL_RAY_IMAGES", "40"))
VOLATILE = {"seconds", "custody", "excluded_by_gate", "excluded_by_sieve", "evaluated_without_scan", "scanned_by_libyara"}


def trawl(*words, status=(0,)):
    process = subprocess.run([TRAWL, *map(str, words)], capture_output=True, text=True)
    assert process.returncode in status, process.stderr
    return process


def comparable(path):
    """The records of results without times and what differs between two scans, and the summary."""
    records, summary = [], None
    for line in Path(path).read_text().splitlines():
        record = json.loads(line)
        if record["type"] == "summary":
            summary = {key: value for key, value in record.items() if key not in VOLATILE}
            for medium in summary.get("media", []):
                for key in [key for key in medium if key.startswith("chunks_")]:
                    del medium[key]
        else:
            records.append(json.dumps(record, sort_keys=True))
    return sorted(records), summary


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """Images with findings, each with other bytes in its free end; and a folder of files."""
    folder = tmp_path_factory.mktemp("images")
    sources = [ROOT / ".build/image-fixture/disk.dd", ROOT / ".build/trace-fixture/disk.dd", ROOT / ".build/volume-fixture/lvm.dd"]
    paths = []
    for number in range(IMAGES):
        path = folder / f"disk-{number}.dd"
        shutil.copyfile(sources[number % len(sources)], path)
        paths.append(path)
    return paths


@pytest.fixture(scope="session")
def whole(images, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "scan.jsonl"
    start = time.monotonic()
    trawl("scan", "--format", "jsonl", "-o", path, *images, ROOT / ".build/fixtures/positive", status=(0, 1, 3))
    print(f"one machine: {time.monotonic() - start:.1f} s")
    return comparable(path)


@pytest.fixture
def plan(images, tmp_path):
    path = tmp_path / "plan.jsonl"
    trawl("plan", "--unit-items", "20", "-o", path, *images, ROOT / ".build/fixtures/positive")
    return path


@pytest.fixture
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, "object_store_memory": 80 << 20})
    yield cluster
    cluster.shutdown()


def add_nodes(cluster, count):
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=80 << 20) for _ in range(count)]
    cluster.wait_for_nodes()
    return nodes


def driver(cluster, plan, folder, *more):
    address = ["--address", cluster.address] if cluster else []
    return subprocess.Popen(
        [sys.executable, ADAPTER, plan, "-o", folder, "--trawl", TRAWL, *address, *more],
        stderr=subprocess.PIPE, text=True)


def wait_for_results(folder, count, seconds=600):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if folder.exists() and len(list(folder.glob("*.jsonl"))) >= count:
            return
        time.sleep(0.1)
    pytest.fail(f"{count} results did not appear")


def check(folder, tmp_path, whole):
    merged = tmp_path / "merged.jsonl"
    trawl("merge", folder, "-o", merged, status=(0, 3))
    assert comparable(merged) == whole


def test_nodes_and_driver_are_lost(cluster, plan, whole, tmp_path):
    """A node is killed at a third, the driver at a half, another node at two thirds."""
    units = json.loads(plan.read_text().splitlines()[0])["units"]
    folder = tmp_path / "results"
    nodes = add_nodes(cluster, 4)
    first = driver(cluster, plan, folder)
    wait_for_results(folder, units // 3)
    cluster.remove_node(nodes[0], allow_graceful=False)
    wait_for_results(folder, units // 2)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = {path.name: path.stat().st_ino for path in folder.glob("*.jsonl")}
    second = driver(cluster, plan, folder, "--findings", tmp_path / "findings.jsonl")
    wait_for_results(folder, units * 2 // 3)
    cluster.remove_node(nodes[1], allow_graceful=False)
    _, messages = second.communicate(timeout=900)
    print(messages)
    assert second.returncode == 0, messages
    assert "units have their results" in messages
    assert "lost machine" in messages
    # What was there was not scanned again.
    assert before.items() <= {path.name: path.stat().st_ino for path in folder.glob("*.jsonl")}.items()
    check(folder, tmp_path, whole)
    found = [json.dumps(json.loads(line), sort_keys=True) for line in (tmp_path / "findings.jsonl").read_text().splitlines()]
    assert sorted(found) == [record for record in whole[0] if '"type": "finding"' in record]


def test_two_cores_are_busy(cluster, plan, whole, tmp_path):
    """Without faults, states the efficiency: the processor seconds of units over 2 × wall."""
    add_nodes(cluster, 2)
    folder = tmp_path / "results"
    process = driver(cluster, plan, folder)
    _, messages = process.communicate(timeout=900)
    assert process.returncode == 0, messages
    print(messages)
    check(folder, tmp_path, whole)


def test_a_local_cluster_is_started(plan, whole, tmp_path):
    merged = tmp_path / "merged.jsonl"
    process = driver(None, plan, tmp_path / "results", "--merge", merged)
    _, messages = process.communicate(timeout=900)
    assert process.returncode == 0, messages
    assert comparable(merged) == whole


def test_a_unit_that_is_refused_is_named(plan, images, tmp_path):
    changed = images[0]
    times = (changed.stat().st_atime_ns, changed.stat().st_mtime_ns)
    os.utime(changed, ns=(0, 0))
    try:
        process = driver(None, plan, tmp_path / "results")
        _, messages = process.communicate(timeout=900)
    finally:
        os.utime(changed, ns=times)
    assert process.returncode == 2
    assert "the evidence has changed" in messages and "1 failed" in messages
