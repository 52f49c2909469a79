"""Which processes another one has started, and which of them do the work."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def workers(process: int) -> list[int]:
    """The descendants of `process` that have no children themselves; none if it works alone."""
    parents = _parents()
    found = [child for child in parents if process in _ancestors(child, parents)]
    return [child for child in found if child not in parents.values()]


def is_running(process: int) -> bool:
    """Whether a process exists and has not ended yet."""
    return process in _parents()


def _ancestors(process: int, parents: dict[int, int]) -> set[int]:
    seen: set[int] = set()
    while (process := parents.get(process, 0)) and process not in seen:
        seen.add(process)
    return seen


def _parents() -> dict[int, int]:
    """The parent of every process that has not ended."""
    if (_PROC / "self" / "stat").exists():
        return dict(filter(None, map(_read_stat, os.listdir(_PROC))))
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=False
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(row[0]): int(row[1]) for row in rows if not row[2].startswith("Z")}


def _read_stat(name: str) -> tuple[int, int] | None:
    if not name.isdigit():
        return None
    try:
        stat = (_PROC / name / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command's name comes in brackets and may hold anything, also brackets.
    state, parent = stat.rpartition(")")[2].split()[:2]
    return (int(name), int(parent)) if state != "Z" else None
