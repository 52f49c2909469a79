"""Cores that other programs used during a measurement, from /proc/stat, and its repetition."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

_TICKS = os.sysconf("SC_CLK_TCK")
# With more than that in use by others a measurement is taken again.
QUIET_CORES = 0.15
_TRIES = 3


class Others:
    """The cores that others used on average, once the block of `watched` has ended."""

    cores = 0.0


class Disturbed(Protocol):
    """A measurement that knows how many cores others used meanwhile."""

    @property
    def others(self) -> float:
        """Cores in use by others."""


_Measured = TypeVar("_Measured", bound=Disturbed)


@contextmanager
def watched(server_seconds: Callable[[], float]) -> Iterator[Others]:
    """Find out what ran beside this process, the children it waits for, and the measured server."""
    found = Others()
    began = time.monotonic()
    before = _busy_seconds() - _own_seconds() - server_seconds()
    yield found
    after = _busy_seconds() - _own_seconds() - server_seconds()
    found.cores = max(after - before, 0.0) / (time.monotonic() - began)


class Repetition:
    """Takes disturbed measurements again, `left` times in all: a machine may never be quiet."""

    def __init__(self, left: int = 10) -> None:
        self._left = left

    def quietest(self, measure: Callable[[], _Measured]) -> _Measured:
        """Return the first quiet measurement, or the least disturbed of three."""
        best = measure()
        for _ in range(_TRIES - 1):
            if best.others <= QUIET_CORES or self._left == 0:
                break
            self._left -= 1
            best = min(best, measure(), key=lambda each: each.others)
        return best


def _busy_seconds() -> float:
    """Return the seconds that all cores worked, for whomever, since the machine began."""
    fields = [int(text) for text in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, interrupts, soft_interrupts, stolen = fields[:8]
    return (user + nice + system + interrupts + soft_interrupts + stolen) / _TICKS


def _own_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
