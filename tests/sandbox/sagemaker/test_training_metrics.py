"""What a job prints becomes the metrics that its definitions name."""

from collections.abc import Iterator

import pytest

from sandbox.cloudwatch import metrics
from sandbox.cloudwatch.metrics import Metric
from sandbox.programs.patterns import PatternRefused
from sandbox.sagemaker import training_metrics
from sandbox.state.stores import Place, now

HERE = Place("123456789012", "us-east-1")
AUC = {"Name": "auc", "Regex": r"auc:(\S+)"}
LINES = ["[0] auc:0.5", "[1] auc:0.75 loss:1", "auc:none", "[2] auc:nan"]


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    metrics.forget()
    yield
    metrics.forget()


def test_each_value_that_is_a_number_counts_in_its_order() -> None:
    found = training_metrics.read([AUC, {"Name": "f1", "Regex": "f1:(.)"}], LINES[:3])

    assert found == {"auc": [0.5, 0.75], "f1": []}
    assert training_metrics.read([], LINES) == {}


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(PatternRefused):
        training_metrics.read([{"Name": "auc", "Regex": "("}], LINES)


def test_the_last_value_of_each_metric_is_described() -> None:
    [row] = training_metrics.final({"auc": [0.5, 0.75], "f1": []})

    assert (row["MetricName"], row["Value"]) == ("auc", 0.75)


def test_all_values_are_in_cloudwatch_but_those_that_are_no_numbers() -> None:
    values = training_metrics.read([AUC], LINES)

    training_metrics.publish(HERE, "job", values)

    metric = Metric.of(training_metrics.NAMESPACE, "auc", [("TrainingJobName", "job")])
    moment = now().timestamp()
    [point] = metrics.read(HERE, metric, 7200, moment - 3600, moment + 3600).values()
    assert (point.count, point.total, point.most) == (2, 1.25, 0.75)
