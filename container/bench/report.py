"""Table of benchmark results, and the ratios within one run that are held to limits."""

import math
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xgboost

from container.bench.endurance import Endurance
from container.bench.machine import QUIET_CORES
from container.bench.servers import NAMES
from container.bench.serving import NARROW, ServingResults
from container.bench.training import TrainingResults


@dataclass(frozen=True)
class Limit:
    """What the ratio of ours to `beside` must be at least, or at most; a goal fails nothing."""

    beside: str
    least: float | None = None
    most: float | None = None
    is_goal: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether a ratio is within the limit."""
        above = self.least is None or ratio >= self.least
        return math.isfinite(ratio) and above and (self.most is None or ratio <= self.most)


@dataclass(frozen=True)
class Measurement:
    """One measurement of every server in every round; `others`: cores that others used then.

    `most`: a limit on ours alone, of a number that no machine's speed changes.
    """

    name: str
    unit: str
    by_server: Mapping[str, Sequence[float]]
    limits: tuple[Limit, ...] = ()
    most: float | None = None
    others: tuple[float, ...] = ()

    def ratios(self, beside: str) -> list[float]:
        """Return ours as a multiple of another server's, round by round; NaN: one has none."""
        found, others = self.by_server["ours"], self.by_server[beside]
        if not found or len(found) != len(others):
            return [math.nan]
        return [ours / other for ours, other in zip(found, others, strict=True)]

    @property
    def is_kept(self) -> bool:
        """Whether all limits of this line hold, apart from goals."""
        if self.most is not None and statistics.median(self.by_server["ours"]) > self.most:
            return False
        return all(
            limit.is_goal or limit.holds(statistics.median(self.ratios(limit.beside)))
            for limit in self.limits
        )

    @property
    def is_disturbed(self) -> bool:
        """Whether others were busy in more than half of the loads."""
        return sum(cores > QUIET_CORES for cores in self.others) * 2 > len(self.others)


def _least(beside: str, times: float, *, is_goal: bool = False) -> Limit:
    return Limit(beside, least=times, is_goal=is_goal)


def _most(beside: str, times: float, *, is_goal: bool = False) -> Limit:
    return Limit(beside, most=times, is_goal=is_goal)


def _both(beside: str, least: float, goal: float) -> tuple[Limit, Limit]:
    """Return a limit and, above it, the goal."""
    return _least(beside, least), _least(beside, goal, is_goal=True)


def serving_lines(found: ServingResults) -> list[Measurement]:
    """Return rates first, then what they cost."""
    one = (
        *_both("conventional", 6, 7),
        _least("uvicorn", 1.5),
        *_both("empty", 0.15, 0.22),
    )
    latency = (
        _most("conventional", 0.5),
        _most("uvicorn", 1),
        _most("empty", 1.5, is_goal=True),
    )
    hundred = (*_both("conventional", 4, 5), _least("uvicorn", 1))
    batch = (*_both("conventional", 4.5, 5), _least("uvicorn", 1))
    # Nine tenths of it are XGBoost's own, which both call.
    narrow = (*_both("conventional", 1.5, 5), _least("uvicorn", 1))
    return [
        _load(found, "1 row, 32 connections", (1, 32), "requests_per_second", one),
        _load(found, "1 row, 8 connections", (1, 8), "requests_per_second"),
        _load(found, "1 row, 8 connections, p99", (1, 8), "p99_ms", latency),
        _load(found, "1 row, CPU", (1, 32), "cpu_us", (_most("conventional", 1 / 7),)),
        _load(found, "100 rows, 32 connections", (100, 32), "requests_per_second", hundred),
        _load(found, "10,000 rows, 8 connections", (10_000, 8), "requests_per_second", batch),
        _load(found, "6 MB, narrow, 2 connections", NARROW, "requests_per_second", narrow),
        Measurement("first /ping 200", "s", found.ready_seconds, (_most("conventional", 0.9),)),
        Measurement("memory", "MiB", found.memory_mib, (_most("conventional", 1),)),
        Measurement("memory after 10,000 rows", "MiB", found.memory_after_mib),
        Measurement(
            "slowest /ping, 10,000 rows", "ms", found.ping_ms, (_most("conventional", 0.5),)
        ),
    ]


def training_lines(found: TrainingResults) -> list[Measurement]:
    """Return time and memory of one training beside XGBoost's own reader."""
    name = "training, 1M x 30 CSV, 20 rounds"
    others = tuple(found.others)
    time = (_most("conventional", 1.15), _most("conventional", 1, is_goal=True))
    return [
        Measurement(name, "s", found.seconds, time, others=others),
        Measurement("training, peak memory", "MiB", found.peak_mib, (_most("conventional", 1.25),)),
    ]


def endurance_lines(found: Endurance) -> list[Measurement]:
    """Return what many requests leave behind, and /ping under the largest of each kind."""
    growth = 100 * (found.after_mib / found.before_mib - 1)
    return [
        Measurement("memory before, without files", "MiB", {"ours": [found.before_mib]}),
        Measurement(f"growth by {found.requests:,} requests", "%", {"ours": [growth]}, most=5),
        *(
            Measurement(
                f"slowest /ping, {name}",
                "ms",
                {"ours": [found.ping_ms[name]], "a request": [found.request_ms[name]]},
                (_most("a request", 0.5),),
            )
            for name in found.ping_ms
        ),
    ]


def size_lines(whole_mb: float, serving_mb: float) -> list[Measurement]:
    """Return size of the image on disk."""
    return [
        Measurement("image", "MB", {"ours": [whole_mb]}, most=450),
        Measurement("image, needed by serving", "MB", {"ours": [serving_mb]}, most=250),
    ]


_UNITS = {"requests_per_second": "requests/s", "p99_ms": "ms", "cpu_us": "us"}


def _load(
    found: ServingResults,
    name: str,
    case: tuple[int, int],
    what: str,
    limits: tuple[Limit, ...] = (),
) -> Measurement:
    runs = {server: found.loads[server, *case] for server in NAMES}
    others = tuple(run.others for each in runs.values() for run in each)
    values = {server: [getattr(run, what) for run in each] for server, each in runs.items()}
    return Measurement(name, _UNITS[what], values, limits, others=others)


def show(lines: Sequence[Measurement]) -> None:
    """Print the table: medians of all rounds, then each ratio with its limit."""
    print(f"Python {platform.python_version()}, XGBoost {xgboost.__version__}, medians\n")
    print(f"{'':45}" + "".join(f"{name:>14}" for name in NAMES))
    for line in lines:
        shown = f"{line.name + (' *' if line.is_disturbed else '')}, {line.unit}"
        print(f"{shown:45}{''.join(map(_cell, (line.by_server.get(name) for name in NAMES)))}")
        for text in _outcomes(line):
            print(f"    {text}")
    if any(line.is_disturbed for line in lines):
        print(f"\n* others used more than {QUIET_CORES} cores in most of these loads")


def _outcomes(line: Measurement) -> Iterable[str]:
    if line.most is not None:
        yield f"at most {line.most:g}: {'ok' if line.is_kept else 'over'}"
    for limit in line.limits:
        ratios = line.ratios(limit.beside)
        ratio = statistics.median(ratios)
        bound = f"at least {limit.least:.3g}" if limit.least else f"at most {limit.most:.3g}"
        # What is no column of the table.
        shown = (
            "" if limit.beside in NAMES else f" of {_median(line, limit.beside):,.0f} {line.unit}"
        )
        yield (
            f"{ratio:.3g} x {limit.beside}{shown} ({min(ratios):.3g} to {max(ratios):.3g}), "
            f"{'goal' if limit.is_goal else 'limit'} {bound}: "
            f"{'ok' if limit.holds(ratio) else 'missed'}"
        )


def _median(line: Measurement, name: str) -> float:
    return statistics.median(line.by_server[name])


def _cell(values: Sequence[float] | None) -> str:
    if not values:
        return f"{'':>14}"
    value = statistics.median(values)
    return f"{value:>14,.0f}" if value >= 100 else f"{value:>14.2f}"
