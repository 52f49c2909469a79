"""CloudWatch metrics of the requests to endpoints, which are counted as they are answered.

https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sandbox.cloudwatch import metrics
from sandbox.cloudwatch.metrics import Datapoint, Metric
from sandbox.sagemaker import capture
from sandbox.state import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.state.stores import Place

NAMESPACE = "AWS/SageMaker"
_SECONDS = 1.0
_MICROSECONDS = 1_000_000
FINE_SECONDS = 10


class Served(NamedTuple):
    """Who served a request: the endpoint's place, name and configuration, variant and copies."""

    place: Place
    endpoint: str
    configuration: str
    variant: str
    copies: int


@dataclass
class _Count:
    statuses: list[int] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    overheads: list[float] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)


_COUNTS: dict[tuple[Served, int], _Count] = defaultdict(_Count)
_LOCK = threading.Lock()
_STOP = threading.Event()


def count(served: Served, *, status: int, seconds: float, overhead: float, at_once: int) -> None:
    """Count one invocation: what the container returned after `seconds`, and how many it had."""
    second = int(clock.now().timestamp())
    with _LOCK:
        row = _COUNTS[served, second - second % FINE_SECONDS]
        row.statuses.append(status)
        row.latencies.append(round(seconds * _MICROSECONDS))
        row.overheads.append(round(overhead * _MICROSECONDS))
        row.at_once.append(at_once)


def flush() -> None:
    """Write the counts so far to CloudWatch."""
    with _LOCK:
        rows = dict(_COUNTS)
        _COUNTS.clear()
    for (served, second), row in rows.items():
        at = clock.moment_of(second)
        for dimensions in _dimensions(served):
            for name, point in _points(served, row):
                metrics.put(served.place, Metric.of(NAMESPACE, name, dimensions), point, at=at)
        concurrent = Metric.of(NAMESPACE, "ConcurrentRequestsPerModel", _named(served))
        point = Datapoint.of_all(row.at_once)
        metrics.put(served.place, concurrent, point, at=at, resolution=FINE_SECONDS)


def _named(served: Served) -> list[tuple[str, str]]:
    return [("EndpointName", served.endpoint), ("VariantName", served.variant)]


def _dimensions(served: Served) -> Iterator[list[tuple[str, str]]]:
    yield _named(served)
    # Of a configuration alone, so that an alarm can watch new instances beside old ones:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    yield [*_named(served), ("EndpointConfigName", served.configuration)]


def _points(served: Served, row: _Count) -> Iterator[tuple[str, Datapoint]]:
    statuses = row.statuses
    yield "Invocations", Datapoint.of(1.0, len(statuses))
    # Each request counts 1/n, of n instances at that moment.
    yield "InvocationsPerInstance", Datapoint.of(1 / max(served.copies, 1), len(statuses))
    yield "ModelLatency", Datapoint.of_all(row.latencies, "Microseconds")
    yield "OverheadLatency", Datapoint.of_all(row.overheads, "Microseconds")
    yield "Invocation4XXErrors", Datapoint.of_all([float(400 <= one < 500) for one in statuses])
    yield "Invocation5XXErrors", Datapoint.of_all([float(one >= 500) for one in statuses])
    yield "InvocationModelErrors", Datapoint.of_all([float(one >= 400) for one in statuses])


def start() -> None:
    """Write metrics and captures every second, until `stop`."""
    _STOP.clear()
    threading.Thread(target=_run, name="traffic", daemon=True).start()


def _run() -> None:
    while not _STOP.wait(_SECONDS):
        flush()
        capture.flush()


def stop() -> None:
    """Write no more."""
    _STOP.set()


def forget() -> None:
    """Drop what was counted."""
    with _LOCK:
        _COUNTS.clear()
