from __future__ import annotations

import pytest

from sandbox.sagemaker.tuning.objectives import Objective, count_not_improving
from sandbox.sagemaker.tuning.stopping import HyperbandRule, MedianRule

# Running averages after two epochs: 2.5, 1.5 and 5; their median is 2.5.
EARLIER = {0: [3.0, 2.0, 1.0], 1: [2.0, 1.0, 0.5], 2: [6.0, 4.0, 3.0]}


@pytest.mark.parametrize(("losses", "stops"), [([9.0, 2.6], True), ([9.0, 2.5], False)])
def test_a_job_worse_than_the_median_of_the_running_averages_is_stopped(
    losses: list[float], stops: bool
) -> None:
    assert MedianRule().must_stop(3, losses, EARLIER) is stops


def test_nothing_is_stopped_before_there_is_something_to_compare() -> None:
    assert not MedianRule().must_stop(3, [9.0], {})
    assert not MedianRule().must_stop(3, [9.0], {0: []})
    assert not MedianRule().must_stop(3, [], EARLIER)


def test_hyperband_stops_a_job_that_is_behind_at_a_level_but_none_before_the_first() -> None:
    rule = HyperbandRule(3, 27)
    assert not rule.must_stop(0, [1.0, 1.0, 1.0], {})  # 0, 2 and 4 have levels at 3 and 9 epochs

    assert not rule.must_stop(2, [5.0, 5.0], {})
    assert rule.must_stop(2, [5.0, 5.0, 5.0], {})
    assert not rule.must_stop(4, [5.0, 5.0, 0.5], {})


def test_hyperband_judges_a_job_at_each_level_once() -> None:
    rule = HyperbandRule(1, 9)
    assert not rule.must_stop(0, [5.0], {})
    assert not rule.must_stop(2, [1.0], {})

    assert not rule.must_stop(0, [5.0, 5.0], {})


def test_hyperband_lets_some_jobs_pass_the_first_level_unjudged() -> None:
    rule = HyperbandRule(1, 9)
    assert not rule.must_stop(0, [1.0], {})

    assert not rule.must_stop(1, [5.0], {})
    assert rule.must_stop(2, [5.0], {})


def test_hyperband_stops_what_had_all_its_epochs() -> None:
    assert HyperbandRule(1, 3).must_stop(0, [1.0, 1.0, 1.0], {})
    assert HyperbandRule(5, 5).must_stop(0, [1.0] * 5, {})
    assert not HyperbandRule(5, 5).must_stop(0, [1.0] * 4, {})


@pytest.mark.parametrize(
    ("losses", "count"),
    [([], 0), ([5.0], 0), ([5.0, 4.0], 0), ([5.0, 4.96], 1), ([5.0, 6.0, 4.0, 4.0], 1)],
)
def test_less_than_one_percent_is_no_improvement(losses: list[float], count: int) -> None:
    assert count_not_improving(losses) == count
    assert count_not_improving([one - 10 for one in losses[:1]]) == 0


def test_an_objective_without_a_number_has_no_value() -> None:
    objective = Objective("auc", is_maximised=True)
    found = [{"MetricName": "auc", "Value": float("nan")}, {"MetricName": "loss", "Value": 1.0}]

    assert objective.final_value({"FinalMetricDataList": found}) is None
    assert objective.final_value({"FinalMetricDataList": []}) is None
    known = {"FinalMetricDataList": [{"MetricName": "auc", "Value": 0.9}]}
    assert objective.final_value(known) == 0.9
    assert objective.loss(0.9) == -0.9
