"""Serving benchmark: requests per second, CPU, latency, start-up, memory, and /ping under load."""

import contextlib
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from container.bench import data, load
from container.bench.processes import Tree, running, seconds_until_ready
from container.bench.servers import BenchmarkServer, benchmark_servers, environment

CASES = [(1, 8), (1, 32), (100, 32), (10_000, 8)]
_SECONDS = 2


@dataclass(frozen=True)
class ServingResults:
    """Medians over the rounds, by server; loads also by rows and connections."""

    loads: dict[tuple[str, int, int], load.Load]
    ready_seconds: dict[str, float]
    memory_mib: dict[str, float]
    memory_after_mib: dict[str, float]
    ping_ms: float


def measure(folder: Path, rounds: int) -> ServingResults:
    """Start all servers anew in every round and load them in turn, so that noise hits all alike."""
    data.train_model(folder, environment(folder))
    bodies = data.write_requests(folder)
    loads: dict[tuple[str, int, int], list[load.Load]] = {}
    ready: dict[str, list[float]] = {}
    memory: dict[str, list[float]] = {}
    after: dict[str, list[float]] = {}
    pings: list[float] = []
    for _ in range(rounds):
        for server in benchmark_servers(folder, [_free_port() for _ in range(3)]):
            with running(server.command) as process:
                tree = Tree(process.pid)
                ready.setdefault(server.name, []).append(seconds_until_ready(process, server.url))
                for rows, connections in CASES:
                    run = load.put(server.url, bodies[rows], connections, _SECONDS, tree)
                    loads.setdefault((server.name, rows, connections), []).append(run)
                    if (rows, connections) == CASES[1]:
                        memory.setdefault(server.name, []).append(tree.memory_mib())
                after.setdefault(server.name, []).append(tree.memory_mib())
                if server.name == "ours":
                    pings.append(_slowest_ping_ms(server, bodies[10_000], tree))
    return ServingResults(
        {key: _median(runs) for key, runs in loads.items()},
        _medians(ready),
        _medians(memory),
        _medians(after),
        statistics.median(pings),
    )


def _slowest_ping_ms(server: BenchmarkServer, body: Path, tree: Tree) -> float:
    """While every worker has more large batches than it can work on."""
    slowest = 0.0
    with _loaded(server.url, body, tree) as loading:
        while loading.is_alive():
            began = time.perf_counter()
            with urllib.request.urlopen(f"{server.url}/ping", timeout=10):
                slowest = max(slowest, time.perf_counter() - began)
            time.sleep(0.01)
    return slowest * 1000


@contextlib.contextmanager
def _loaded(url: str, body: Path, tree: Tree) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=load.put, args=(url, body, 8, 3, tree))
    thread.start()
    time.sleep(0.5)
    try:
        yield thread
    finally:
        thread.join()


def _median(runs: list[load.Load]) -> load.Load:
    return load.Load(
        statistics.median(run.requests_per_second for run in runs),
        statistics.median(run.p99_ms for run in runs),
        statistics.median(run.cpu_us for run in runs),
    )


def _medians(samples: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(values) for name, values in samples.items()}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
