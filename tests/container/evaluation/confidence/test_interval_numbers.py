"""Intervals by numbers that are known, at the edges of each method."""

import math
from typing import Any

import numpy as np
import pytest

from container.evaluation.confidence.intervals import (
    Confidence,
    Interval,
    auc_interval,
    bca,
    correlation,
    difference,
    effective_rows,
    wilson,
)
from container.evaluation.confidence.resampling import BootstrapReplicates
from container.metrics.scored import Scored, Task

NAN = math.nan


def replicates(values: Any, value: float = 0.5, jackknife: Any = (1.0, 1.0)) -> BootstrapReplicates:
    made: Any = BootstrapReplicates
    found: BootstrapReplicates = made(value, np.array(values, float), np.array(jackknife, float))
    return found


def test_an_interval_holds_its_estimate() -> None:
    assert Interval.around(5, 6, 7) == Interval(5, 5, 7)
    assert Interval.around(5, 1, 2) == Interval(5, 1, 5)
    assert Interval(1, 0, 2).is_finite
    for broken in (Interval(NAN, 0, 2), Interval(1, NAN, 2), Interval(1, 0, math.inf)):
        assert not broken.is_finite


# https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
@pytest.mark.parametrize(
    ("share", "rows", "low", "high"),
    [(0.5, 100, 0.4038, 0.5962), (0, 10, 0, 0.2775), (1, 10, 0.7225, 1), (0.1, 50, 0.0435, 0.2136)],
)
def test_wilsons_interval_of_a_share(share: float, rows: float, low: float, high: float) -> None:
    found = wilson(share, rows)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_rows_of_unequal_weight_count_for_fewer() -> None:
    assert effective_rows(np.ones(5), np.array([1.0, 1, 2])) == pytest.approx([5, 16 / 6])


def areas(misranked: int, each: int = 50, weights: Any = None) -> Scored:
    """Rows of two classes, of which so many of class 1 score below all of class 0."""
    labels = np.repeat([0.0, 1.0], each)
    scores = np.where(labels == 1, 0.9, 0.5)
    scores[each : each + misranked] = 0.1
    return Scored(Task("binary", classes=2, threshold=0.5), labels, scores, weights)


def test_an_area_far_from_1_has_delongs_interval_on_the_logit_scale() -> None:
    found = auc_interval(0.8, 0.04, areas(10))

    half = 1.959964 * 0.04 / 0.16
    assert found.low == pytest.approx(1 / (1 + math.exp(half - math.log(4))), abs=1e-6)
    assert found.high == pytest.approx(1 / (1 + math.exp(-half - math.log(4))), abs=1e-6)


@pytest.mark.parametrize(("value", "misranked"), [(0.8, 9), (1.0, 10), (0.0, 50)])
def test_an_area_near_its_ends_has_newcombes_interval(value: float, misranked: int) -> None:
    found = auc_interval(value, 0.04, areas(misranked))

    assert found == auc_interval(value, 9.0, areas(misranked))
    assert found.low <= value <= found.high
    assert found.high - found.low < 0.2


def test_newcombes_interval_is_wider_for_fewer_rows_and_for_unequal_weights() -> None:
    many, few = auc_interval(1, 0, areas(0, 50)), auc_interval(1, 0, areas(0, 5))
    weights = np.tile([1.0, 9.0], 50)

    # Hanley and McNeil's standard error of an area of 0.96034 is 0.020234: 1.96 of them below 1.
    assert (many.low, many.high) == pytest.approx((0.96034, 1), abs=1e-5)
    assert few.low < many.low - 0.2
    assert auc_interval(1, 0, areas(0, 50, weights)).low < many.low
    assert auc_interval(1, 0, areas(0, 50, np.ones(100))) == many


def test_a_symmetric_bootstrap_has_the_percentiles_of_its_resamples() -> None:
    values = np.linspace(0, 1, 1001)

    found = bca(replicates(values), 0.5, 1)

    assert (found.low, found.high) == pytest.approx((0.025, 0.975), abs=2e-3)
    shrunk = bca(replicates(values), 0.7, 0.5)
    assert (shrunk.low, shrunk.high) == pytest.approx((0.4625, 0.9375), abs=2e-3)


def test_a_bias_moves_the_interval_and_skewness_bends_it() -> None:
    values = np.linspace(0, 1, 1001)

    biased = bca(replicates(values, 0.6), 0.6, 1)
    skewed = bca(replicates(values, 0.5, [0, 0, 0, 3.0]), 0.5, 1)

    assert (biased.low, biased.high) == pytest.approx((0.0730, 0.9931), abs=3e-3)
    assert skewed.low < 0.025
    assert skewed.high < 0.975


@pytest.mark.parametrize("jackknife", [[1.0, 1.0], [1.0, NAN], [1.0, math.inf]])
def test_without_a_finite_influence_nothing_is_bent(jackknife: list[float]) -> None:
    with np.errstate(invalid="ignore"):
        found = bca(replicates(np.linspace(0, 1, 1001), 0.5, jackknife), 0.5, 1)

    assert (found.low, found.high) == pytest.approx((0.025, 0.975), abs=2e-3)


@pytest.mark.parametrize(("finite", "known"), [(50, False), (51, True)])
def test_more_than_half_of_the_resamples_must_have_the_metric(finite: int, known: bool) -> None:
    values = [0.5] * finite + [NAN] * (100 - finite)

    assert bca(replicates(values), 0.5, 1).is_finite is known


def test_the_difference_of_two_metrics_is_narrower_the_more_they_agree() -> None:
    ours, theirs = Interval(0.9, 0.8, 0.95), Interval(0.7, 0.6, 0.75)

    apart = difference(ours, theirs, 0)
    together = difference(ours, theirs, 0.5)

    assert apart.value == pytest.approx(0.2)
    assert apart.low == pytest.approx(0.2 - math.hypot(0.1, 0.05))
    assert apart.high == pytest.approx(0.2 + math.hypot(0.05, 0.1))
    assert together.low == pytest.approx(0.2 - math.sqrt(0.01 - 0.005 + 0.0025))
    same = difference(ours, ours, 1)
    assert (same.value, same.low, same.high) == pytest.approx((0, -0.05, 0.05))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [2, 4, 6], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        ([1, 1, 1], [1, 2, 3], 0),
        ([1, 2, 3], [1, 1, 1], 0),
        ([1, 2, NAN], [2, 4, 0], 1),
        ([1, 2, 5], [2, 4, NAN], 1),
        ([1, NAN, NAN], [1, 2, 3], 0),
        ([NAN, NAN], [1, 2], 0),
    ],
)
def test_resamples_of_two_models_correlate(
    one: list[float], other: list[float], expected: float
) -> None:
    assert correlation(replicates(one), replicates(other)) == pytest.approx(expected)


def test_a_document_has_the_champion_where_there_is_one() -> None:
    interval = Interval(0.5, 0.25, 0.75)
    alone = Confidence(9, {"auc": interval}).to_json()
    both = Confidence(9, {"auc": interval}, {"auc": interval}, {"auc": interval}).to_json()

    assert alone == {
        "level": 0.95,
        "resamples": 1_000,
        "rows": 9,
        "metrics": {"auc": {"low": 0.25, "high": 0.75}},
    }
    assert both == {
        **alone,
        "champion_metrics": {"auc": {"low": 0.25, "high": 0.75}},
        "difference": {"auc": {"value": 0.5, "low": 0.25, "high": 0.75}},
    }
