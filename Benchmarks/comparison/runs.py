"""Runs of a program: the time and memory that each takes."""

import dataclasses
import os
import subprocess
import time

from .peers import Failure


@dataclasses.dataclass
class Run:
    """Seconds and bytes of one run, and files with what it printed."""

    wall: float
    user: float
    system: float
    peak: int
    output: object
    errors: object

    @property
    def cpu(self):
        """Processor seconds of all threads."""
        return self.user + self.system


def run_command(command, folder, statuses):
    """Runs a command once, its output kept in `folder`. Fails on a status that is none of `statuses`."""
    output, errors = open(folder / "output", "w+b"), open(folder / "errors", "w+b")
    start = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it
    output.seek(0)
    errors.seek(0)
    if child.returncode not in statuses:
        text = errors.read(2000).decode(errors="replace")
        raise Failure(f"{command[0]} ended with {child.returncode}: {text}")
    return Run(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024, output, errors)


def memory_folder():
    """Where output costs no disk, if there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
