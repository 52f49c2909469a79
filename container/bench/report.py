"""Table of benchmark results beside their limits."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass

import xgboost

from container.bench.endurance import Endurance
from container.bench.serving import ServingResults
from container.bench.training import TrainingResults

# The built-in itself, measured once on two cores of an Intel Xeon in a KVM guest: its head of
# mid-2026 with XGBoost 3.0.5 on Python 3.10, the same model, rows and load.
BUILTIN = {
    "1 row, 32 connections": 1_399.0,
    "1 row, server CPU": 1_368.0,
    "1 row, 8 connections, p99": 8.6,
    "100 rows, 32 connections": 614.0,
    "10,000 rows, 8 connections": 10.0,
    "start to first /ping 200": 2.7,
    "memory of all processes": 485.0,
    "training, 1M x 30 CSV, 20 rounds": 6.55,
    "training, peak memory": 769.0,
    "image": 1_300.0,
}


SERVERS = ("ours", "conventional", "empty")


@dataclass(frozen=True)
class Measurement:
    """One measurement; `limit` is a share of the built-in's figure or a number of its own."""

    name: str
    unit: str
    by_server: Mapping[str, float]
    least_times: float | None = None
    most: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the promise of this line holds."""
        if self.least_times is not None:
            return self.by_server["ours"] >= self.least_times * BUILTIN[self.name]
        return self.most is None or self.by_server["ours"] <= self.most


def serving_lines(found: ServingResults) -> list[Measurement]:
    """Return rates first, then what they cost."""
    return [
        _rate(found, "1 row, 32 connections", 1, 32, 12),
        Measurement("1 row, server CPU", "us", _loads(found, 1, 32, "cpu_us"), most=100),
        Measurement("1 row, 8 connections, p99", "ms", _loads(found, 1, 8, "p99_ms"), most=1.5),
        _rate(found, "100 rows, 32 connections", 100, 32, 5),
        _rate(found, "10,000 rows, 8 connections", 10_000, 8, 4),
        Measurement("start to first /ping 200", "s", found.ready_seconds, most=0.6),
        Measurement("memory of all processes", "MiB", found.memory_mib, most=150),
        Measurement("memory after 10,000-row bodies", "MiB", found.memory_after_mib),
        Measurement("slowest /ping under large batches", "ms", {"ours": found.ping_ms}, most=100),
    ]


def training_lines(found: TrainingResults) -> list[Measurement]:
    """Return time and memory of one training."""
    time, memory = "training, 1M x 30 CSV, 20 rounds", "training, peak memory"
    return [
        Measurement(time, "s", found.seconds, most=BUILTIN[time] / 1.25),
        Measurement(memory, "MiB", found.peak_mib, most=0.7 * BUILTIN[memory]),
    ]


def endurance_lines(found: Endurance) -> list[Measurement]:
    """Return what many requests leave behind, and /ping under the largest of each kind."""
    growth = 100 * (found.after_mib / found.before_mib - 1)
    return [
        Measurement("memory before, without files", "MiB", {"ours": found.before_mib}),
        Measurement(f"growth by {found.requests:,} requests", "%", {"ours": growth}, most=5),
        *(
            Measurement(f"slowest /ping, {name}", "ms", {"ours": ms}, most=100)
            for name, ms in found.ping_ms.items()
        ),
    ]


def size_lines(whole_mb: float, serving_mb: float) -> list[Measurement]:
    """Return size of the image on disk."""
    return [
        Measurement("image", "MB", {"ours": whole_mb}, most=450),
        Measurement("image, needed by serving", "MB", {"ours": serving_mb}, most=250),
    ]


def _rate(
    found: ServingResults, name: str, rows: int, connections: int, times: float
) -> Measurement:
    each = _loads(found, rows, connections, "requests_per_second")
    return Measurement(name, "requests/s", each, least_times=times)


def _loads(found: ServingResults, rows: int, connections: int, what: str) -> dict[str, float]:
    runs = {name: found.loads[name, rows, connections] for name in SERVERS}
    return {name: getattr(run, what) for name, run in runs.items()}


def show(lines: list[Measurement]) -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, XGBoost {xgboost.__version__}, medians\n")
    print(f"{'':38}{'ours':>11}{'convent.':>11}{'empty':>11}{'built-in*':>11}{'limit':>11}")
    for line in lines:
        builtin = BUILTIN.get(line.name)
        limit = line.most
        if line.least_times is not None and builtin is not None:
            limit = line.least_times * builtin
        values = (*map(line.by_server.get, SERVERS), builtin, limit)
        cells = [_cell(value) for value in values]
        outcome = "" if limit is None else "ok" if line.is_kept else "over"
        print(f"{line.name + ', ' + line.unit:38}{''.join(cells)}  {outcome}")
    print("\n* measured once elsewhere, on two cores too; all other columns in this run")


def _cell(value: float | None) -> str:
    if value is None:
        return f"{'':>11}"
    return f"{value:>11,.0f}" if value >= 100 else f"{value:>11.2f}"
