"""Losses of single rows, by numbers that one can check by hand."""

import math

import numpy as np
import pytest

from container.metrics.losses import loss
from container.metrics.scored import Scored, Task

NUMBERS = Task("regression")
BINARY = Task("binary", classes=2, threshold=0.5)
SEVERAL = Task("multiclass", classes=3)
QUANTILES = Task("quantiles", quantiles=(0.1, 0.5, 0.9))


def losses(name: str, task: Task, labels: list[float], scores: object) -> list[float]:
    found = loss(name, Scored(task, np.array(labels, float), np.array(scores, float)))
    assert found is not None
    return [float(value) for value in found.per_row]


E = math.e
OF_NUMBERS: list[tuple[str, float, float, float]] = [
    ("mse", 3, 5, 4),
    ("rmse", 3, 5, 4),
    ("mae", 3, 5, 2),
    ("mape", 4, 5, 0.25),
    ("mape", -4, -5, 0.25),
    ("rmsle", E - 1, E**3 - 1, 4),
    ("mphe", 0, math.sqrt(3), 1),
    ("poisson-nloglik", 0, 1, 1),
    ("poisson-nloglik", 3, 1, math.log(6) + 1),
    ("poisson-nloglik", 1, E, E - 1),
    ("poisson-nloglik", 1, 0, -math.log(1e-16)),
    ("gamma-nloglik", E, E, 2),
    ("gamma-deviance", 1, E, 2 / E),
    ("gamma-deviance", 2, 2, 0),
    ("tweedie-nloglik", 2, 1, 2 + 4),
    ("tweedie-nloglik@1.2", 2, 1, 1.25 + 10),
]


@pytest.mark.parametrize(("name", "label", "score", "expected"), OF_NUMBERS)
def test_a_loss_of_a_number_is_its_formula(
    name: str, label: float, score: float, expected: float
) -> None:
    assert losses(name, NUMBERS, [label], [score]) == [pytest.approx(expected)]


@pytest.mark.parametrize("name", ["rmse", "rmsle"])
def test_the_root_is_taken_of_the_mean(name: str) -> None:
    found = loss(name, Scored(NUMBERS, np.zeros(2), np.ones(2)))

    assert found is not None
    assert float(found.finish(np.array(9.0))) == 3
    other = loss("mse", Scored(NUMBERS, np.zeros(2), np.ones(2)))
    assert other is not None
    assert float(other.finish(np.array(9.0))) == 9


def test_the_power_of_tweedie_is_that_of_the_training_where_none_is_named() -> None:
    task = Task("regression", variance_power=1.2)

    assert losses("tweedie-nloglik", task, [2], [1]) == [pytest.approx(11.25)]


@pytest.mark.parametrize(
    ("name", "scores", "expected"),
    [
        ("accuracy", [0.5, 0.51], [1, 1]),
        ("precision_micro", [0.6, 0.4], [0, 0]),
        ("recall_micro", [0.6, 0.6], [0, 1]),
        ("merror", [0.6, 0.6], [1, 0]),
        ("error", [0.5, 0.5], [0, 1]),
        ("error", [0.51, 0.51], [1, 0]),
        ("error@0.7", [0.7, 0.7], [0, 1]),
        ("error@0.7", [0.71, 0.71], [1, 0]),
        ("logloss", [0.5, 0.5], [math.log(2)] * 2),
        ("logloss", [0, 1], [0, 0]),
        ("logloss", [1, 0], [-math.log(1e-16)] * 2),
    ],
)
def test_a_loss_of_two_classes_is_of_class_0_and_of_class_1(
    name: str, scores: list[float], expected: list[float]
) -> None:
    assert losses(name, BINARY, [0, 1], scores) == pytest.approx(expected)


def test_a_threshold_is_compared_in_32_bits_as_xgboost_does() -> None:
    assert losses("error@0.7", BINARY, [1], [float(np.float32(0.7))]) == [1]


def test_a_label_between_the_classes_misses_in_part() -> None:
    assert losses("error", NUMBERS, [0.25, 0.25], [0.4, 0.6]) == [0.25, 0.75]
    assert losses("logloss", NUMBERS, [0.25], [0.5]) == [pytest.approx(math.log(2))]


def test_a_loss_of_several_classes_is_of_the_right_one() -> None:
    scores = [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0, 0, 1]]

    assert losses("mlogloss", SEVERAL, [0, 1, 0], scores) == pytest.approx(
        [math.log(2), math.log(4), -math.log(1e-16)]
    )
    assert losses("accuracy", SEVERAL, [0, 1, 2], scores) == [1, 0, 1]


def test_quantiles_have_a_pinball_loss_a_coverage_and_a_width() -> None:
    scores = [[0, 5, 10]] * 4

    assert losses("quantile", QUANTILES, [5, 10, 0, 11], scores) == pytest.approx(
        [(0.5 + 0 + 0.5) / 3, (1 + 2.5 + 0) / 3, (0 + 2.5 + 1) / 3, (1.1 + 3 + 0.9) / 3]
    )
    assert losses("pinball", QUANTILES, [5], [[0, 5, 10]]) == [pytest.approx(1 / 3)]
    assert losses("coverage", QUANTILES, [0, 10, -1, 11], scores) == [1, 1, 0, 0]
    assert losses("interval_width", QUANTILES, [0], [[10, 5, 0]]) == [10]


ONE = np.array([1.0])
TABLE = np.array([[0.5, 0.25, 0.25]])
TWO_QUANTILES = Task("quantiles", quantiles=(0.1, 0.9))


@pytest.mark.parametrize(
    ("name", "task", "scores"),
    [
        ("accuracy", NUMBERS, ONE),
        ("merror", NUMBERS, ONE),
        ("mlogloss", BINARY, ONE),
        ("logloss", SEVERAL, TABLE),
        ("quantile", NUMBERS, ONE),
        ("coverage", Task("quantiles", quantiles=(0.5,)), np.array([[1.0]])),
        ("interval_width", Task("quantiles", quantiles=(0.5,)), np.array([[1.0]])),
        ("mse", SEVERAL, TABLE),
        ("auc", BINARY, ONE),
        ("f1", BINARY, ONE),
    ],
)
def test_a_metric_that_is_no_mean_of_losses_here_is_none(
    name: str, task: Task, scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> None:
    assert loss(name, Scored(task, ONE, scores)) is None


def test_two_quantiles_have_a_coverage_and_a_width() -> None:
    assert losses("coverage", TWO_QUANTILES, [5], [[0, 10]]) == [1]
    assert losses("interval_width", TWO_QUANTILES, [5], [[0, 10]]) == [10]
