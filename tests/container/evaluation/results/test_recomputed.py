"""Which interval a metric gets, by the rows that it counts."""

from typing import Any

import numpy as np
import pytest

from container.evaluation.confidence.intervals import Interval, bca, wilson
from container.evaluation.confidence.resampling import BootstrapReplicates
from container.evaluation.results.recomputed import Recomputed, intervals
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import BINARY, REGRESSION, judged

LABELS = np.array([0.0] * 6 + [1.0] * 4)
SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.3, 0.8, 0.9, 0.9])
WEIGHTS = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
PLAIN = Scored(BINARY, LABELS, SCORES)
WEIGHED = Scored(BINARY, LABELS, SCORES, WEIGHTS)


def replicates(*values: float) -> BootstrapReplicates:
    made: Any = BootstrapReplicates
    found: BootstrapReplicates = made(
        0.5, np.array(values or np.linspace(0.3, 0.7, 101)), np.array([0.4, 0.6])
    )
    return found


def side(scored: Scored, **metrics: float) -> Recomputed:
    return Recomputed.of(judged(scored, metrics))


def test_a_metric_is_recomputed_where_it_agrees_with_what_was_reported() -> None:
    found = side(PLAIN, accuracy=0.7, f1=0.2, charm=1)

    assert (found.plain, found.weighted) == (["accuracy"], [])


@pytest.mark.parametrize(
    ("reported", "agrees"), [(0.7, True), (0.70069, True), (0.7009, False), (0.699, False)]
)
def test_a_number_agrees_within_what_32_bits_round(reported: float, agrees: bool) -> None:
    assert ("accuracy" in side(PLAIN, accuracy=reported).plain) is agrees


def test_a_metric_near_0_agrees_within_a_ten_thousandth() -> None:
    exact = Scored(REGRESSION, np.zeros(3), np.zeros(3))

    assert side(exact, mae=0.00009).plain == ["mae"]
    assert side(exact, mae=0.00011).plain == []


def test_a_metric_that_weighs_rows_is_recomputed_with_their_weights() -> None:
    weighed_accuracy = float(np.dot(WEIGHTS, [1, 1, 1, 1, 0, 0, 0, 1, 1, 1]) / WEIGHTS.sum())
    found = side(WEIGHED, accuracy=weighed_accuracy, error=0.3)

    assert (found.plain, found.weighted) == (["error"], ["accuracy"])
    numbers = found.statistic(np.arange(10))(np.ones((1, 10)))
    assert numbers["accuracy"][0] == pytest.approx(weighed_accuracy)
    assert numbers["error"][0] == pytest.approx(0.3)
    some = found.statistic(np.array([0, 4]))(np.ones((1, 2)))
    assert some["accuracy"][0] == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("name", "value", "rows"),
    [
        ("accuracy", 0.7, 10),
        ("error", 0.3, 10),
        ("precision_micro", 0.7, 10),
        ("recall_micro", 0.7, 10),
        ("error@0.25", 0.4, 10),
        ("recall", 0.75, 4),
        ("precision", 0.6, 5),
    ],
)
def test_a_share_of_rows_has_wilsons_interval(name: str, value: float, rows: float) -> None:
    found = side(PLAIN, **{name: value}).interval(name, replicates(), 1)

    assert found == wilson(value, rows)


@pytest.mark.parametrize("name", ["f1", "logloss", "balanced_accuracy"])
def test_any_other_metric_has_the_interval_of_its_resamples(name: str) -> None:
    found = side(PLAIN, **{name: 0.5}).interval(name, replicates(), 0.5)

    assert found == bca(replicates(), 0.5, 0.5)


def test_an_area_has_the_deviation_of_its_resamples() -> None:
    made = side(PLAIN, auc=0.875)

    assert made.interval("auc", replicates(), 1) == made.interval("auc", replicates(0.1, 0.9), 0.5)
    assert made.interval("auc", replicates(), 1) != bca(replicates(), 0.875, 1)


def test_weights_make_a_share_count_for_fewer_rows() -> None:
    found = side(WEIGHED, accuracy=float(np.dot(WEIGHTS, SCORES > 2)) + 0.7)
    weighed = Recomputed(found.evaluated, [], ["accuracy"])

    rows = WEIGHTS.sum() ** 2 / (WEIGHTS**2).sum()
    assert weighed.interval("accuracy", replicates(), 1) == wilson(0.7, rows)
    plain = Recomputed(found.evaluated, ["accuracy"], [])
    assert plain.interval("accuracy", replicates(), 1) == wilson(0.7, 10)


@pytest.mark.parametrize(
    ("name", "rows"), [("f1", 4), ("balanced_accuracy", 4), ("logloss", None), ("auc@", 4)]
)
def test_a_bounded_metric_that_no_resample_changed_counts_the_rows_of_the_rarest_class(
    name: str, rows: float | None
) -> None:
    same = replicates(1, 1, 1)
    found = side(PLAIN, **{name: 1.0}).interval(name, same, 1)

    assert found == (wilson(1, rows) if rows else bca(same, 1, 1))


def test_a_share_of_no_row_has_the_interval_of_its_resamples() -> None:
    never = Scored(BINARY, LABELS, np.full(10, 0.1))

    found = side(never, precision=0.5).interval("precision", replicates(), 1)

    assert found == bca(replicates(), 0.5, 1)


@pytest.mark.parametrize(
    ("scored", "name", "bounded"),
    [
        (PLAIN, "f1", True),
        (PLAIN, "logloss", False),
        (PLAIN, "mlogloss", False),
        (Scored(REGRESSION, LABELS, SCORES), "rmse", False),
        (Scored(REGRESSION, LABELS, SCORES), "coverage", True),
        *((Scored(REGRESSION, LABELS, SCORES), name, True) for name in ("accuracy", "merror")),
        *((Scored(REGRESSION, LABELS, SCORES), name, True) for name in ("error", "recall_micro")),
        (Scored(REGRESSION, LABELS, SCORES), "precision_micro", True),
    ],
)
def test_a_share_and_every_metric_of_classes_but_a_loss_is_bounded(
    scored: Scored, name: str, bounded: bool
) -> None:
    assert side(scored).is_bounded(name) is bounded


@pytest.mark.parametrize(
    ("task", "name", "is_share"),
    [
        (REGRESSION, "error", False),
        (Task("multiclass", classes=2), "recall", False),
        (Task("multiclass", classes=2), "precision", False),
        (Task("multiclass", classes=2), "merror", True),
        (Task("quantiles", quantiles=(0.1, 0.9)), "coverage", True),
    ],
)
def test_a_share_depends_on_the_task(task: Task, name: str, is_share: bool) -> None:
    # The scores of several classes are their numbers here.
    scores = LABELS if task.kind == "multiclass" else SCORES
    if task.kind == "quantiles":
        scores = np.column_stack([SCORES, SCORES])
    found = side(Scored(task, LABELS, scores), **{name: 0.5}).interval(name, replicates(), 1)

    assert found == (wilson(0.5, 10) if is_share else bca(replicates(), 0.5, 1))


def test_an_interval_that_is_no_number_is_left_out() -> None:
    made = side(PLAIN, accuracy=0.7, f1=0.5)
    given = {"accuracy": replicates(), "f1": replicates(np.nan, np.nan, 1)}

    found = intervals(made, given, 1)

    assert found.keys() == {"accuracy"}
    assert isinstance(found["accuracy"], Interval)
