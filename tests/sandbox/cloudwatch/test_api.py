"""CloudWatch's operations on metrics, as boto3 asks them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server.server import Sandbox

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
DIMENSIONS = [{"Name": "d", "Value": "1"}]


@pytest.fixture(scope="module")
def cloudwatch() -> Iterator[Any]:
    """A sandbox in which a metric has four values in two minutes."""
    with Sandbox() as sandbox:
        found = sandbox.client("cloudwatch")
        data = [
            {"MetricName": "M", "Dimensions": DIMENSIONS, "Timestamp": moment, "Unit": "Seconds"}
            for moment in (START, START + timedelta(seconds=60))
        ]
        found.put_metric_data(
            Namespace="Own",
            MetricData=[
                {**data[0], "Values": [1.0, 3.0], "Counts": [2.0, 1.0]},
                {**data[1], "Value": 8.0},
                {
                    "MetricName": "Sets",
                    "Timestamp": START,
                    "StatisticValues": {"Sum": 6, "Minimum": 1, "Maximum": 3, "SampleCount": 3},
                },
            ],
        )
        yield found


def asked(cloudwatch: Any, **more: Any) -> list[dict[str, Any]]:
    usual = {
        "Namespace": "Own",
        "MetricName": "M",
        "Dimensions": DIMENSIONS,
        "StartTime": START,
        "EndTime": START + timedelta(minutes=5),
        "Period": 60,
    }
    found: list[dict[str, Any]] = cloudwatch.get_metric_statistics(**{**usual, **more})[
        "Datapoints"
    ]
    return found


def test_statistics_are_those_of_each_period(cloudwatch: Any) -> None:
    first, second = asked(
        cloudwatch, Statistics=["Sum", "Average", "SampleCount"], ExtendedStatistics=["p50"]
    )

    assert first == {
        "Timestamp": first["Timestamp"],
        "Unit": "Seconds",
        "Sum": 5.0,
        "Average": pytest.approx(5 / 3),
        "SampleCount": 3.0,
        "ExtendedStatistics": {"p50": 1.0},
    }
    assert (first["Timestamp"], second["Sum"]) == (START, 8.0)
    (both,) = asked(cloudwatch, Period=300, Statistics=["Maximum"])
    assert both["Maximum"] == 8.0
    (one,) = asked(cloudwatch, MetricName="Sets", Dimensions=[], Statistics=["Average"])
    assert one["Average"] == 2.0
    assert asked(cloudwatch, Statistics=["Sum"], Unit="Bytes") == []
    # Every dimension names the metric: without them it is another one.
    assert asked(cloudwatch, Dimensions=[], Statistics=["Sum"]) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Must specify either Statistics or ExtendedStatistics"),
        ({"Statistics": ["Sum"], "EndTime": START}, "StartTime must be less than"),
        ({"ExtendedStatistics": ["tm90"]}, "the statistic 'tm90' is not computed here"),
    ],
)
def test_what_cannot_be_told_is_refused(
    given: dict[str, Any], message: str, cloudwatch: Any
) -> None:
    with pytest.raises(ClientError, match=message):
        asked(cloudwatch, **given)


def stat(query_id: str, **more: Any) -> dict[str, Any]:
    metric = {"Namespace": "Own", "MetricName": "M", "Dimensions": DIMENSIONS}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum", **more}}


def data(cloudwatch: Any, *queries: dict[str, Any], **more: Any) -> Any:
    return cloudwatch.get_metric_data(
        MetricDataQueries=[*queries],
        StartTime=START + timedelta(seconds=30),
        EndTime=START + timedelta(minutes=5),
        **more,
    )["MetricDataResults"]


def test_expressions_are_computed_over_metrics_and_each_other(cloudwatch: Any) -> None:
    found = data(
        cloudwatch,
        {"Id": "twice", "Expression": "once * 2", "Label": "Twice"},
        {"Id": "once", "Expression": "m + n", "ReturnData": False},
        stat("m") | {"ReturnData": False},
        stat("n", Stat="SampleCount"),
    )

    assert [(one["Id"], one["Label"], one["Values"]) for one in found] == [
        ("twice", "Twice", [18.0, 16.0]),
        ("n", "M", [1.0, 3.0]),
    ]
    assert found[0]["Timestamps"] == [START + timedelta(seconds=60), START]
    (oldest_first,) = data(cloudwatch, stat("m"), ScanBy="TimestampAscending")
    assert oldest_first["Values"] == [5.0, 8.0]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"Id": "q", "Expression": "SEARCH('{Own}', 'Sum')"}, "is not understood"),
        ({"Id": "q", "Expression": "RATE(q)"}, "'RATE' in 'RATE.q.' is not evaluated here"),
        ({"Id": "q", "Expression": "q + 1"}, "refer to each other"),
        (stat("q", Stat="wm90"), "the statistic 'wm90' is not computed here"),
        (stat("q") | {"AccountId": "111122223333"}, "metrics of another account are not read"),
    ],
)
def test_a_query_that_is_not_understood_is_refused(
    query: dict[str, Any], message: str, cloudwatch: Any
) -> None:
    with pytest.raises(ClientError, match=message):
        data(cloudwatch, query)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["M", "Sets"]),
        ({"MetricName": "M"}, ["M"]),
        ({"Dimensions": [{"Name": "d"}]}, ["M"]),
        ({"Dimensions": [{"Name": "d", "Value": "2"}]}, []),
        ({"Namespace": "Other"}, []),
    ],
)
def test_metrics_are_listed(filters: dict[str, Any], names: list[str], cloudwatch: Any) -> None:
    found = cloudwatch.list_metrics(**{"Namespace": "Own", **filters})["Metrics"]

    assert sorted(one["MetricName"] for one in found) == names
