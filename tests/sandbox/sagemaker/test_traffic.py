"""CloudWatch metrics of an endpoint's invocations."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.cloudwatch import metrics, statistics
from sandbox.cloudwatch.metrics import Metric
from sandbox.sagemaker import traffic
from sandbox.state import clock
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
MINUTE = datetime(2026, 11, 30, 8, 1, tzinfo=UTC)
VARIANT = [("EndpointName", "churn"), ("VariantName", "A")]
OF_CONFIGURATION = [*VARIANT, ("EndpointConfigName", "one")]


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    traffic.forget()
    metrics.forget()
    monkeypatch.setattr(clock, "now", lambda: MINUTE + timedelta(seconds=59.9))
    yield
    traffic.forget()
    metrics.forget()


def invoked(*statuses: int, copies: int = 1) -> None:
    served = traffic.Served(HERE, "churn", "one", "A", copies)
    for status in statuses:
        traffic.count(
            served,
            status=status,
            seconds=0.002 * len(statuses),
            overhead=0.001,
            at_once=len(statuses),
        )


def value(
    name: str, statistic: str, dimensions: Any = VARIANT, namespace: str = traffic.NAMESPACE
) -> float | None:
    """A statistic of the minute from 08:01 on; None without a datapoint."""
    start = MINUTE.timestamp()
    metric = Metric.of(namespace, name, dimensions)
    found = metrics.read(HERE, metric, 60, start, start + 60)
    assert set(found) <= {start}
    return statistics.value_of(found[int(start)], statistic) if found else None


@pytest.mark.parametrize(
    ("status", "client", "server", "any_"),
    [
        (200, 0, 0, 0),
        (399, 0, 0, 0),
        (400, 1, 0, 1),
        (499, 1, 0, 1),
        (500, 0, 1, 1),
        (503, 0, 1, 1),
    ],
)
def test_a_status_is_an_error_of_the_client_or_of_the_server(
    status: int, client: int, server: int, any_: int
) -> None:
    invoked(status)
    traffic.flush()

    for dimensions in (VARIANT, OF_CONFIGURATION):
        assert value("Invocation4XXErrors", "Sum", dimensions) == client
        assert value("Invocation5XXErrors", "Sum", dimensions) == server
        assert value("InvocationModelErrors", "Sum", dimensions) == any_
        assert value("Invocations", "Sum", dimensions) == 1
        assert value("ModelLatency", "p99", dimensions) == 2_000
        assert value("OverheadLatency", "Maximum", dimensions) == 1_000


def test_each_request_counts_its_share_of_an_instance() -> None:
    invoked(200, 200, 400, copies=4)
    invoked(200, copies=0)
    traffic.flush()
    traffic.flush()

    assert value("Invocations", "Sum") == 4
    assert value("InvocationsPerInstance", "Sum") == 1.75
    assert value("Invocation4XXErrors", "Average") == 0.25
    assert value("ConcurrentRequestsPerModel", "Maximum") == 3
    assert value("ConcurrentRequestsPerModel", "Minimum") == 1
