import math

import numpy as np
import pytest

from container.evaluation.confidence.intervals import (
    Interval,
    auc_interval,
    bca,
    correlation,
    difference,
    effective_rows,
    wilson,
)
from container.evaluation.confidence.resampling import BootstrapReplicates, Resampling
from container.metrics.scored import Scored, Weights
from container.metrics.weighted import values
from tests.container.support.evaluated_models import BINARY, binary


def replicas_of(numbers: np.ndarray) -> BootstrapReplicates:
    """Of the mean of numbers."""

    def mean(weights: Weights) -> dict[str, np.ndarray]:
        return {"mean": weights @ numbers / weights.sum(axis=1)}

    return Resampling(len(numbers)).replicates([mean])[0]["mean"]


@pytest.mark.parametrize(
    ("share", "rows", "low", "high"),
    # As printed by R's prop.test(correct = FALSE) and in Newcombe's paper of 1998.
    [(81 / 263, 263, 0.2553, 0.3662), (0.0, 20, 0.0, 0.1611), (1.0, 10, 0.7225, 1.0)],
)
def test_the_interval_of_a_share_is_wilsons(
    share: float, rows: int, low: float, high: float
) -> None:
    found = wilson(share, rows)

    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_rows_of_unequal_weight_say_less_than_they_are_many() -> None:
    assert effective_rows(np.ones(8), np.array([4.0, 0.0])) == [8.0, 1.0]


def test_an_area_without_misranked_rows_is_not_taken_for_certain() -> None:
    scored = binary(60, separation=10)

    found = auc_interval(1.0, 0.0, scored)

    assert found.value == found.high == 1.0
    assert 0.85 < found.low < 0.97


def test_an_area_that_is_well_inside_has_delongs_width() -> None:
    scored = binary(400, separation=1.0)
    (numbers,) = Resampling(400).replicates([lambda weights: values(scored, ["auc"], weights)])
    replicates = numbers["auc"]

    found = auc_interval(replicates.value, replicates.deviation, scored)

    assert found.high - found.low == pytest.approx(4 * replicates.deviation, rel=0.05)


def test_more_rows_make_an_area_surer_whichever_the_method() -> None:
    small, large = (
        auc_interval(0.99, 0.004, Scored(BINARY, np.tile([0.0, 1.0], n), np.tile([0.0, 1.0], n)))
        for n in (20, 200)
    )

    assert small.low < large.low < 0.99


def test_the_interval_of_a_mean_is_nearly_the_normal_one_when_numbers_are_normal() -> None:
    numbers = np.random.default_rng(8).normal(5, 2, 2_000)

    found = bca(replicas_of(numbers), float(numbers.mean()), 1.0)

    assert found.low == pytest.approx(numbers.mean() - 1.96 * 2 / 2_000**0.5, abs=0.01)
    assert found.high == pytest.approx(numbers.mean() + 1.96 * 2 / 2_000**0.5, abs=0.01)


def test_skewed_numbers_lean_the_interval_to_the_long_side() -> None:
    numbers = np.exp(np.random.default_rng(8).normal(size=100))

    found = bca(replicas_of(numbers), float(numbers.mean()), 1.0)

    assert found.high - found.value > 1.2 * (found.value - found.low)


def test_intervals_of_ever_new_test_sets_hold_the_truth_as_often_as_promised() -> None:
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        numbers = generator.exponential(size=150)
        found = bca(replicas_of(numbers), float(numbers.mean()), 1.0)
        held += found.low <= 1.0 <= found.high

    assert 0.90 <= held / 200 <= 0.98


def test_a_number_that_hardly_any_resample_defines_has_no_interval() -> None:
    replicates = BootstrapReplicates(0.5, np.array([np.nan, np.nan, 0.5]), np.array([0.5, 0.5]))

    assert not bca(replicates, 0.5, 1.0).is_finite
    assert math.isnan(replicates.deviation)


def test_a_difference_of_independent_numbers_adds_their_variances() -> None:
    found = difference(Interval(0.9, 0.87, 0.93), Interval(0.8, 0.76, 0.84), 0.0)

    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.05)
    assert found.high == pytest.approx(0.15)


def test_numbers_that_move_together_differ_more_surely() -> None:
    ours, theirs = Interval(0.9, 0.87, 0.93), Interval(0.8, 0.76, 0.84)

    widths = [
        found.high - found.low
        for found in (difference(ours, theirs, each) for each in (-0.5, 0.0, 0.9))
    ]

    assert widths == sorted(widths, reverse=True)


def test_a_number_that_never_moved_moves_with_nothing() -> None:
    moving = BootstrapReplicates(0.5, np.array([0.4, 0.5, 0.6]), np.zeros(2))
    still = BootstrapReplicates(1.0, np.ones(3), np.zeros(2))

    assert correlation(moving, still) == 0
    assert correlation(moving, moving) == pytest.approx(1)


def test_an_interval_always_holds_its_estimate() -> None:
    found = Interval.around(0.5, 0.6, 0.7)

    assert (found.low, found.high) == (0.5, 0.7)
