"""Metrics of all workers in shared memory, served in Prometheus' text format.

The counters lie in memory that the workers share since they were forked: no file, which a full
disk could break, no lock, which a killed worker could keep, and half a microsecond per request.
"""

import mmap
from bisect import bisect_left
from collections.abc import Iterator

STATUSES = (200, 204, 400, 404, 405, 406, 408, 409, 413, 415, 422, 429, 431, 500, 503, 504, 507)
SECONDS = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    60.0,
)
_COUNTERS = {
    "rows_total": "Rows that were predicted.",
    "unseen_categories_total": "Values of a category that training never saw; taken as missing.",
    "body_bytes_total": "Bytes of bodies that were read.",
    "worker_starts_total": "Times that a worker began; more than the workers there are: some died.",
}
_NAMES = tuple(_COUNTERS)
_FIRST_STATUS = len(_NAMES)
_FIRST_BUCKET = _FIRST_STATUS + len(STATUSES)
_MICROSECONDS = _FIRST_BUCKET + len(SECONDS) + 1
_READY = _MICROSECONDS + 1
_CONNECTIONS = _READY + 1
_WIDTH = _CONNECTIONS + 1
_PREFIX = "inference_"


class Telemetry:
    """Counters of one worker, and the sums over all workers."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._all = memoryview(mmap.mmap(-1, 8 * _WIDTH * workers)).cast("Q")
        self._first = 0

    def start_worker(self, worker: int) -> None:
        """Count for this worker from now on; a replacement continues a dead worker's counters."""
        self._first = worker * _WIDTH
        self._all[self._first + _READY] = 0
        self.set_connections(0)
        self.add("worker_starts_total", 1)

    def mark_ready(self) -> None:
        """Publish that this worker has its model."""
        self._all[self._first + _READY] = 1

    @property
    def ready_workers(self) -> int:
        """How many of all workers have their model."""
        return self._sum(_READY)

    def set_connections(self, connections: int) -> None:
        """Publish the number of connections of this worker."""
        self._all[self._first + _CONNECTIONS] = connections

    @property
    def others_have_fewer(self) -> bool:
        """Whether another worker has fewer connections than this one."""
        held = self._all[_CONNECTIONS::_WIDTH]
        return min(held) < self._all[self._first + _CONNECTIONS]

    def add(self, name: str, amount: int) -> None:
        """Count `amount` more of one of the plain counters."""
        self._all[self._first + _NAMES.index(name)] += amount

    def observe(
        self, status: int, seconds: float, rows: int, body_bytes: int, unseen: int = 0
    ) -> None:
        """Count one request with its response."""
        counts, first = self._all, self._first
        counts[first] += rows
        counts[first + 1] += unseen
        counts[first + 2] += body_bytes
        counts[first + _FIRST_STATUS + STATUSES.index(status)] += 1
        counts[first + _FIRST_BUCKET + bisect_left(SECONDS, seconds)] += 1
        counts[first + _MICROSECONDS] += int(seconds * 1e6)

    def text(self) -> str:
        """Return all metrics in Prometheus' text format, summed over all workers."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        for place, (name, meaning) in enumerate(_COUNTERS.items()):
            yield from _head(name, meaning, "counter")
            yield f"{_PREFIX}{name} {self._sum(place)}"
        yield from _head("requests_total", "Requests that got a response.", "counter")
        for place, status in enumerate(STATUSES, start=_FIRST_STATUS):
            yield f'{_PREFIX}requests_total{{status="{status}"}} {self._sum(place)}'
        yield from _head("request_seconds", "From the whole request to its response.", "histogram")
        below = 0
        for place, bound in enumerate(SECONDS, start=_FIRST_BUCKET):
            below += self._sum(place)
            yield f'{_PREFIX}request_seconds_bucket{{le="{bound:g}"}} {below}'
        below += self._sum(_FIRST_BUCKET + len(SECONDS))
        yield f'{_PREFIX}request_seconds_bucket{{le="+Inf"}} {below}'
        yield f"{_PREFIX}request_seconds_sum {self._sum(_MICROSECONDS) / 1e6:g}"
        yield f"{_PREFIX}request_seconds_count {below}"
        yield from _head("workers", "Processes that serve.", "gauge")
        yield f"{_PREFIX}workers {self._workers}"
        yield from _head("workers_ready", "Processes that have loaded the model.", "gauge")
        yield f"{_PREFIX}workers_ready {self.ready_workers}"
        yield from _head("connections", "Open connections.", "gauge")
        yield f"{_PREFIX}connections {self._sum(_CONNECTIONS)}"

    def _sum(self, place: int) -> int:
        return sum(self._all[place::_WIDTH])


def _head(name: str, meaning: str, kind: str) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{name} {meaning}"
    yield f"# TYPE {_PREFIX}{name} {kind}"
