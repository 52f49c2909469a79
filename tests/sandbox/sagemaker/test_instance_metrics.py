"""What the instances of an endpoint send to CloudWatch by themselves."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.cloudwatch import metrics, statistics
from sandbox.cloudwatch.metrics import Metric
from sandbox.programs import usage
from sandbox.sagemaker import instance_metrics, traffic
from sandbox.state import clock
from tests.sandbox.sagemaker.test_traffic import HERE, MINUTE, VARIANT, invoked, value


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The copies of the one variant."""
    traffic.forget()
    metrics.forget()
    copies: list[Any] = []
    endpoint = SimpleNamespace(place=HERE, name="churn", copies=lambda: {"A": tuple(copies)})
    monkeypatch.setattr(instance_metrics, "ENDPOINTS", SimpleNamespace(all=lambda: [endpoint]))
    monkeypatch.setattr(usage, "percents", lambda pids: [("CPUUtilization", float(sum(pids)))])
    monkeypatch.setattr(clock, "now", lambda: MINUTE + timedelta(seconds=59.9))
    yield copies
    traffic.forget()
    metrics.forget()


def copy(pid: int = 7, requests: int = 0, kind: str = "ml.m5.large") -> Any:
    return SimpleNamespace(pid=pid, requests=requests, instance_type=kind)


def test_an_instance_that_nobody_asks_sends_zeros_once_a_minute(fleet: list[Any]) -> None:
    fleet += [copy(7), copy(8)]

    instance_metrics.tick(MINUTE + timedelta(seconds=60))

    assert (value("Invocations", "Sum"), value("Invocations", "SampleCount")) == (0, 1)
    assert value("InvocationsPerInstance", "Sum") == 0
    assert value("ModelLatency", "SampleCount") is None
    assert value("CPUUtilization", "Average", namespace="/aws/sagemaker/Endpoints") == 15


def test_a_minute_with_requests_gets_no_zero(fleet: list[Any]) -> None:
    fleet.append(copy())
    invoked(200)

    instance_metrics.tick(MINUTE + timedelta(seconds=60))

    assert (value("Invocations", "SampleCount"), value("Invocations", "Minimum")) == (1, 1)


def test_a_variant_without_instances_sends_nothing(fleet: list[Any]) -> None:
    instance_metrics.tick(MINUTE + timedelta(seconds=60))
    fleet.append(copy(kind=""))
    instance_metrics.tick(MINUTE + timedelta(seconds=60))
    instance_metrics.tick_finely(MINUTE + timedelta(seconds=60))

    assert metrics.known(HERE) == []


def test_requests_on_their_way_are_sent_every_ten_seconds(fleet: list[Any]) -> None:
    fleet += [copy(requests=3), copy(requests=1)]

    instance_metrics.tick_finely(MINUTE + timedelta(seconds=20))

    key = Metric.of(traffic.NAMESPACE, "ConcurrentRequestsPerModel", VARIANT)
    (at,) = found = metrics.read(HERE, key, 10, MINUTE.timestamp(), MINUTE.timestamp() + 60)
    assert at == MINUTE.timestamp() + 10
    assert statistics.value_of(found[at], "Maximum") == 3
