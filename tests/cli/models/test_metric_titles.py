"""Metrics are called by the average that they are."""

import pytest

from cli.models import metric_titles
from cli.models.metric_titles import metric_title
from config.training import MAXIMISED_METRICS, MINIMISED_METRICS
from container.metrics.averages import averages


@pytest.mark.parametrize(("metric", "title"), [("f1", "f1 (macro)"), ("auc", "auc")])
def test_a_metric_that_is_an_average_says_so(metric: str, title: str) -> None:
    assert metric_title(metric) == title


def test_the_averages_are_those_of_the_container() -> None:
    assert averages(MINIMISED_METRICS | MAXIMISED_METRICS) == metric_titles._AVERAGES
