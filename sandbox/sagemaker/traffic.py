"""CloudWatch metrics of endpoint invocations, written once a second."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from moto.cloudwatch.models import cloudwatch_backends

from sandbox.sagemaker import capture
from sandbox.state.stores import Document, Place, now

_SECONDS = 1.0


@dataclass
class _Count:
    invocations: int = 0
    client_errors: int = 0
    server_errors: int = 0
    latencies: list[float] = field(default_factory=list)


_COUNTS: dict[tuple[Place, str, str], _Count] = defaultdict(_Count)
_LOCK = threading.Lock()
_STOP = threading.Event()


def count(place: Place, endpoint: str, variant: str, *, status: int, seconds: float) -> None:
    """Count one invocation with the status that the container returned after `seconds`."""
    with _LOCK:
        row = _COUNTS[place, endpoint, variant]
        row.invocations += 1
        row.client_errors += 400 <= status < 500
        row.server_errors += status >= 500
        row.latencies.append(seconds * 1_000_000)


def flush() -> None:
    """Write the counts so far to CloudWatch."""
    with _LOCK:
        rows = dict(_COUNTS)
        _COUNTS.clear()
    for (place, endpoint, variant), row in rows.items():
        dimensions = [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ]
        metrics = [
            _statistics("Invocations", [1.0] * row.invocations, row.invocations, "None"),
            _statistics("ModelLatency", row.latencies, row.invocations, "Microseconds"),
            _errors("Invocation4XXErrors", row.client_errors, row.invocations),
            _errors("Invocation5XXErrors", row.server_errors, row.invocations),
        ]
        backend = cloudwatch_backends[place.account][place.region]
        for metric in metrics:
            backend.put_metric_data("AWS/SageMaker", [{**metric, "Dimensions": dimensions}])


def _statistics(name: str, values: list[float], samples: int, unit: str) -> Document:
    statistics = {
        "Sum": sum(values),
        "Minimum": min(values),
        "Maximum": max(values),
        "SampleCount": samples,
    }
    moment = now().replace(tzinfo=None)  # moto compares times without a zone
    return {"MetricName": name, "Timestamp": moment, "Unit": unit, "StatisticValues": statistics}


def _errors(name: str, errors: int, samples: int) -> Document:
    return _statistics(name, [1.0] * errors + [0.0] * (samples - errors), samples, "None")


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
