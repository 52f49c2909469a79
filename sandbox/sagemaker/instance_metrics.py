"""CloudWatch metrics that the instances of endpoints send by themselves: load, and zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cloudwatch import metrics
from sandbox.cloudwatch.metrics import Datapoint, Metric
from sandbox.programs import usage
from sandbox.sagemaker.endpoints import ENDPOINTS, Endpoint
from sandbox.sagemaker.traffic import FINE_SECONDS, NAMESPACE, flush
from sandbox.state import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sandbox.sagemaker.serving.copies import Copy

_OF_MACHINES = "/aws/sagemaker/Endpoints"


def tick(moment: datetime) -> None:
    """Write what instances send once a minute: the zeros of those nobody asked, their load."""
    flush()
    end = moment.timestamp()
    begin = clock.moment_of(end - 60)
    for endpoint, name, copies in _serving():
        named = [("EndpointName", endpoint.name), ("VariantName", name)]
        for metric in ("Invocations", "InvocationsPerInstance"):
            key = Metric.of(NAMESPACE, metric, named)
            if not metrics.read(endpoint.place, key, 60, end - 60, end):
                metrics.put(endpoint.place, key, Datapoint.of(0.0), at=begin)
        for metric, percent in usage.percents([copy.pid for copy in copies]):
            key = Metric.of(_OF_MACHINES, metric, named)
            metrics.put(endpoint.place, key, Datapoint.of(percent, 1.0, "Percent"), at=begin)


def tick_finely(moment: datetime) -> None:
    """Write how many requests each copy has, as it is sent every ten seconds."""
    flush()
    begin = clock.moment_of(moment.timestamp() - FINE_SECONDS)
    for endpoint, name, copies in _serving():
        named = [("EndpointName", endpoint.name), ("VariantName", name)]
        key = Metric.of(NAMESPACE, "ConcurrentRequestsPerModel", named)
        for copy in copies:
            point = Datapoint.of(float(copy.requests))
            metrics.put(endpoint.place, key, point, at=begin, resolution=FINE_SECONDS)


def _serving() -> Iterator[tuple[Endpoint, str, tuple[Copy, ...]]]:
    """Return the copies of each live variant that has instances: serverless ones send no zeros."""
    for endpoint in ENDPOINTS.all():
        for name, copies in endpoint.copies().items():
            if copies and copies[0].instance_type:
                yield endpoint, name, copies
