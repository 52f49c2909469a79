"""Metrics in memory: periods, the five statistics, and percentiles."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sandbox.cloudwatch import metrics, statistics
from sandbox.cloudwatch.metrics import Datapoint, Metric
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
METRIC = Metric.of("N", "M", [("b", "2"), ("a", "1")])


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    metrics.forget()
    yield
    metrics.forget()


def put(second: int, *values: float, resolution: int = 60) -> None:
    at = datetime.fromtimestamp(second, UTC)
    for value in values:
        metrics.put(HERE, METRIC, Datapoint.of(value), at=at, resolution=resolution)


def sums(period: int, start: float, end: float) -> dict[int, float]:
    found = metrics.read(HERE, METRIC, period, start, end)
    return {at: point.total for at, point in found.items()}


def test_a_metric_is_the_same_in_whatever_order_its_dimensions_are_named() -> None:
    assert Metric.of("N", "M", [("a", "1"), ("b", "2")]) == METRIC
    assert Metric.of("N", "M", [("a", "1")]) != METRIC


@pytest.mark.parametrize(
    ("period", "start", "end", "expected"),
    [
        (60, 0, 240, {0: 3, 60: 4, 180: 8}),
        (60, 60, 180, {60: 4}),
        (60, 1, 180, {1: 4}),
        (120, 60, 300, {60: 4, 180: 8}),
        (120, 0, 240, {0: 7, 120: 8}),
        (3_600, 0, 3_600, {0: 15}),
        (60, 0, 180.5, {0: 3, 60: 4, 180: 8}),
        (60, 240, 300, {}),
    ],
)
def test_datapoints_are_merged_into_periods(
    period: int, start: float, end: float, expected: dict[int, float]
) -> None:
    put(0, 1)
    put(59, 2)
    put(60, 4)
    put(239, 8)

    assert sums(period, start, end) == expected
    assert metrics.known(HERE) == [METRIC]


def test_a_fine_metric_has_ten_seconds_of_its_own() -> None:
    put(11, 1, resolution=10)
    put(25, 2, resolution=10)

    assert sums(10, 0, 60) == {10: 1, 20: 2}
    assert sums(60, 0, 60) == {0: 3}


def test_the_oldest_minutes_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_KEPT_PERIODS", 2)
    for minute in range(4):
        put(60 * minute, 1)

    assert sums(60, 0, 600) == {120: 1, 180: 1}
    metrics.forget()
    assert metrics.known(HERE) == []


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Sum", 10.0),
        ("SampleCount", 4.0),
        ("Average", 2.5),
        ("Minimum", 1.0),
        ("Maximum", 4.0),
        ("p0", 1.0),
        ("p50", 2.0),
        ("p75", 3.0),
        ("p99.9", 4.0),
        ("p100", 4.0),
        ("tm90", None),
    ],
)
def test_statistics_of_values(statistic: str, expected: float | None) -> None:
    point = Datapoint.of_all([4.0, 2.0, 1.0, 3.0])

    assert statistics.value_of(point, statistic) == expected
    assert statistics.is_known(statistic) is (expected is not None)


def test_a_statistic_set_has_a_percentile_only_where_all_its_values_are_equal() -> None:
    mixed, equal = Datapoint(3.0, 1.0, 2.0, 2.0, None), Datapoint(4.0, 2.0, 2.0, 2.0, None)

    assert statistics.value_of(mixed, "p50") is None
    assert statistics.value_of(mixed, "Average") == 1.5
    assert statistics.value_of(equal, "p50") == 2.0
    mixed.add(Datapoint.of(7.0))
    assert (mixed.values, mixed.most, mixed.count) == (None, 7.0, 3.0)
    assert statistics.value_of(Datapoint(), "Average") is None


def test_many_values_are_rounded_and_a_percentile_stays_within_half_a_percent() -> None:
    point = Datapoint()
    for value in range(1, 2_001):
        point.add(Datapoint.of(float(value)))

    assert point.values is not None
    assert len(point.values) < 1_500
    for percent in (1, 50, 99):
        assert statistics.value_of(point, f"p{percent}") == pytest.approx(20 * percent, rel=0.005)
    assert statistics.value_of(point, "p100") == 2_000
