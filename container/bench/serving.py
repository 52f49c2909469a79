"""Serving benchmark: requests per second, CPU, latency, start-up, memory, and /ping under load.

All servers run at once and are loaded in turn, case by case, so that what disturbs the machine
disturbs all alike; a round compares each with the others, and rounds begin with another server.
"""

import contextlib
import socket
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from container.bench import data, load
from container.bench.machine import Repetition
from container.bench.processes import Tree, running, seconds_until_ready
from container.bench.servers import NAMES, BenchmarkServer, benchmark_server, environment

# Rows and connections.
CASES = [(1, 8), (1, 32), (100, 32), (10_000, 8)]
_SECONDS = {1: 2, 100: 2, 10_000: 4}
_NARROW_REQUESTS = 4
# A batch transform job sends as many requests at once as there are workers.
NARROW = (data.NARROW_ROWS, 2)
# Batch mode has no limit on rows.
_BATCH = {"SAGEMAKER_BATCH": "true"}


@dataclass(frozen=True)
class Started:
    """A server that runs."""

    server: BenchmarkServer
    tree: Tree
    ready_seconds: float


@dataclass(frozen=True)
class ServingResults:
    """All rounds, by server, in order; loads also by rows and connections."""

    loads: dict[tuple[str, int, int], list[load.Load]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ready_seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory_mib: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory_after_mib: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ping_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def measure(folder: Path, rounds: int, repetition: Repetition) -> ServingResults:
    """Start all servers anew in every round."""
    wide, narrow = folder / "wide", folder / "narrow"
    data.train_model(wide, environment(wide))
    data.train_model(narrow, environment(narrow), features=data.NARROW_FEATURES)
    bodies = data.write_requests(folder)
    found = ServingResults()
    for number in range(rounds):
        names = [*NAMES[number % len(NAMES) :], *NAMES[: number % len(NAMES)]]
        with _all_running(wide, names) as servers:
            _round(servers, bodies, found, repetition)
        with _all_running(narrow, names, _BATCH) as servers:
            _send_narrow(servers, bodies[data.NARROW_ROWS], found, repetition)
    return found


def _round(
    servers: Sequence[Started],
    bodies: Mapping[int, Path],
    found: ServingResults,
    repetition: Repetition,
) -> None:
    for each in servers:
        found.ready_seconds[each.server.name].append(each.ready_seconds)
        # By then every worker has its model.
        load.put(each.server.url, bodies[1], 32, 1, each.tree)
    for case in CASES:
        _load_each(servers, case, bodies, found, repetition)
        if case == CASES[1]:
            for each in servers:
                found.memory_mib[each.server.name].append(each.tree.memory_mib())
    for each in servers:
        found.memory_after_mib[each.server.name].append(each.tree.memory_mib())
        found.ping_ms[each.server.name].append(_slowest_ping_ms(each, bodies[10_000]))


def _load_each(
    servers: Sequence[Started],
    case: tuple[int, int],
    bodies: Mapping[int, Path],
    found: ServingResults,
    repetition: Repetition,
) -> None:
    rows, connections = case
    seconds = _SECONDS[rows]
    for each in servers:

        def put(each: Started = each) -> load.Load:
            return load.put(each.server.url, bodies[rows], connections, seconds, each.tree)

        found.loads[each.server.name, rows, connections].append(repetition.quietest(put))


def _send_narrow(
    servers: Sequence[Started], body: Path, found: ServingResults, repetition: Repetition
) -> None:
    _, connections = NARROW
    for each in servers:

        def send(each: Started = each) -> load.Load:
            return load.send(each.server.url, body, connections, _NARROW_REQUESTS, each.tree)

        # One that refuses it has no figures, and the line fails.
        with contextlib.suppress(OSError):
            found.loads[each.server.name, *NARROW].append(repetition.quietest(send))


@contextlib.contextmanager
def _all_running(
    base: Path, names: Sequence[str], settings: Mapping[str, str] | None = None
) -> Iterator[list[Started]]:
    """Start one server after the other, so that each has the machine for itself meanwhile."""
    with contextlib.ExitStack() as stack:
        started = []
        for name in names:
            server = benchmark_server(name, base, _free_port(), settings)
            process = stack.enter_context(running(server.command))
            seconds = seconds_until_ready(process, server.url)
            started.append(Started(server, Tree(process.pid), seconds))
        yield started


def _slowest_ping_ms(started: Started, body: Path) -> float:
    """While every worker has more large batches than it can work on."""
    slowest = 0.0
    with _loaded(started, body) as loading:
        while loading.is_alive():
            began = time.perf_counter()
            with urllib.request.urlopen(f"{started.server.url}/ping", timeout=30):
                slowest = max(slowest, time.perf_counter() - began)
            time.sleep(0.01)
    return slowest * 1000


@contextlib.contextmanager
def _loaded(started: Started, body: Path) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=load.put, args=(started.server.url, body, 8, 3, started.tree))
    thread.start()
    time.sleep(0.5)
    try:
        yield thread
    finally:
        thread.join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
