"""Looks at the processes of this machine, as `ps` lists them."""

import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process that runs; `group` is the number of its process group."""

    pid: int
    parent: int
    group: int
    command: str


def running() -> list[Process]:
    """Every process that has not ended; one that nobody has waited for yet has."""
    words = ["ps", "-A", "-ww", "-o", "pid=,ppid=,pgid=,stat=,command="]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(maxsplit=4) for line in lines]
    return [
        Process(int(row[0]), int(row[1]), int(row[2]), row[4])
        for row in rows
        if len(row) == 5 and not row[3].startswith("Z")
    ]


def is_alive(pid: int) -> bool:
    """Whether this process runs."""
    return any(process.pid == pid for process in running())
