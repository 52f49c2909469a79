"""CloudWatch metrics of an endpoint's invocations."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.sagemaker import traffic
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")


class Metrics:
    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def put_metric_data(self, namespace: str, rows: list[dict[str, Any]]) -> None:
        assert namespace == "AWS/SageMaker"
        self.put += rows

    def sums(self) -> dict[str, float]:
        return {one["MetricName"]: one["StatisticValues"]["Sum"] for one in self.put}


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Iterator[Metrics]:
    traffic.forget()
    found = Metrics()
    backends = {HERE.account: {HERE.region: found}}
    monkeypatch.setattr(traffic, "cloudwatch_backends", backends)
    yield found
    traffic.forget()


def invoked(*statuses: int) -> None:
    for status in statuses:
        traffic.count(HERE, "churn", "A", status=status, seconds=0.002 * len(statuses))


@pytest.mark.parametrize(
    ("status", "client", "server"),
    [(200, 0, 0), (399, 0, 0), (400, 1, 0), (499, 1, 0), (500, 0, 1), (503, 0, 1)],
)
def test_a_status_is_an_error_of_the_client_or_of_the_server(
    status: int, client: int, server: int, metrics: Metrics
) -> None:
    invoked(status)
    traffic.flush()

    sums = metrics.sums()
    assert (sums["Invocation4XXErrors"], sums["Invocation5XXErrors"]) == (client, server)
    assert (sums["Invocations"], sums["ModelLatency"]) == (1, 2_000)


def test_metrics_are_written_once_for_each_variant(metrics: Metrics) -> None:
    invoked(200, 400)
    traffic.flush()
    traffic.flush()

    assert len(metrics.put) == 4
    by_name = {one["MetricName"]: one for one in metrics.put}
    assert by_name["Invocation4XXErrors"]["StatisticValues"] == {
        "Sum": 1,
        "Minimum": 0.0,
        "Maximum": 1.0,
        "SampleCount": 2,
    }
    assert by_name["ModelLatency"]["Unit"] == "Microseconds"
    assert by_name["Invocations"]["Dimensions"] == [
        {"Name": "EndpointName", "Value": "churn"},
        {"Name": "VariantName", "Value": "A"},
    ]
    assert all(one["Timestamp"].tzinfo is None for one in metrics.put)
