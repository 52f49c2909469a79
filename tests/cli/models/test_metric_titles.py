"""Metrics are called by the average that they are."""

import pytest

from cli.models import metric_titles
from cli.models.metric_titles import metric_text, metric_title
from config.training import MAXIMISED_METRICS, MINIMISED_METRICS
from container.metrics.averages import averages


@pytest.mark.parametrize(("metric", "title"), [("f1", "f1 (macro)"), ("auc", "auc")])
def test_a_metric_that_is_an_average_says_so(metric: str, title: str) -> None:
    assert metric_title(metric) == title


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0000"),
        (0.99123456, "0.9912"),
        (1, "1.0000"),
        (-12.3456789, "-12.3457"),
        (0.0010001, "0.0010"),
        (0.000012345, "1.2e-05"),
        (999.12346, "999.1235"),
        (48211.523419, "48211.52"),
    ],
)
def test_values_are_rounded(value: float, text: str) -> None:
    assert metric_text(value) == text


def test_the_averages_are_those_of_the_container() -> None:
    assert averages(MINIMISED_METRICS | MAXIMISED_METRICS) == metric_titles._AVERAGES
