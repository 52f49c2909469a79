"""Processor and memory that programs use, as the machine counts them; nothing without /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

_PROC = Path("/proc")
# Shorter than this the ticks of the machine's clock say nothing.
_LEAST_SECONDS = 0.5
_LAST: dict[int, tuple[float, float, float | None]] = {}
"""By leader: the moment of the last look, the seconds used by then, the percent that it found."""


def percents(leaders: Iterable[int]) -> Iterator[tuple[str, float]]:
    """Return CPUUtilization and MemoryUtilization of each session of processes.

    CPUUtilization is since the last look, 100 for each core; a first look has none.
    """
    wanted = [*leaders]
    found = _sessions(set(wanted))
    for leader in wanted:
        if leader not in found:
            continue
        used, resident = found[leader]
        percent = _processor(leader, used)
        if percent is not None:
            yield "CPUUtilization", percent
        yield "MemoryUtilization", 100 * resident / _memory()


def _processor(leader: int, used: float) -> float | None:
    moment = time.monotonic()
    since, before, percent = _LAST.get(leader, (moment, used, None))
    if leader in _LAST and moment - since < _LEAST_SECONDS:
        return percent
    if moment > since:
        percent = 100 * max(used - before, 0.0) / (moment - since)
    _LAST[leader] = (moment, used, percent)
    return percent


def forget() -> None:
    """Drop what was found of programs so far."""
    _LAST.clear()


def _sessions(leaders: set[int]) -> dict[int, tuple[float, int]]:
    """Return the seconds of processor and the bytes of memory of each session."""
    found: dict[int, tuple[float, int]] = {}
    if not leaders or not _PROC.is_dir():
        return found
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for folder in _PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            text = (folder / "stat").read_text(errors="replace")
        except OSError:  # it has ended
            continue
        # Its name may hold blanks and parentheses: proc(5).
        fields = text.rpartition(")")[2].split()
        session = int(fields[3])
        if session in leaders:
            used, resident = found.get(session, (0.0, 0))
            mine = (int(fields[11]) + int(fields[12])) / ticks
            found[session] = (used + mine, resident + int(fields[21]) * page)
    return found


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
