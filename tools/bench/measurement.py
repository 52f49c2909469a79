"""One measured figure, its yardstick and the limit it is held to."""

import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, the limit it was promised to keep, and what it was computed from."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    measured: str = ""

    @property
    def is_within_limit(self) -> bool:
        return self.limit is None or self.value <= self.limit


def ratio(name: str, seconds: float, yardstick: float, limit: float | None = None) -> Figure:
    """Return `seconds` as a multiple of those of the one-bucket app in the same run."""
    return Figure(name, seconds / yardstick, "x one bucket", limit, f"{seconds:.2f} s")


def seconds_of(action: Callable[[], object]) -> float:
    """Wall time of one call, in seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def processor_seconds_of(action: Callable[[], object]) -> float:
    """Processor time of all processes that one call starts and waits for, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def interleaved_medians(
    actions: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[Callable[[], object]], float] = seconds_of,
) -> dict[str, float]:
    """Median seconds of each action; a round runs every action once, so noise hits all alike."""
    samples: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            samples[name].append(clock(action))
    return {name: statistics.median(values) for name, values in samples.items()}
