"""Numbers of statistics.json by a table of rows that one can count."""

from typing import Any

import numpy as np
import pytest

from container.metrics.evaluator import MetricEvaluator, classification_metric, regression_metric
from container.metrics.quality import statistics, values
from container.metrics.scored import Scored, Task
from container.metrics.weighted import values as weighted_values

BINARY = Task("binary", classes=2, threshold=0.5)
# Of class 0: 4 right, 1 wrong; of class 1: 2 wrong, 3 right.
LABELS = np.array([0.0] * 5 + [1.0] * 5)
SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.15, 0.25, 0.7, 0.8, 0.9])


def described(scored: Scored, **deviations: float) -> dict[str, Any]:
    (document,) = (
        each for name, each in statistics(scored, deviations).items() if "metrics" in name
    )
    found: dict[str, Any] = document
    return found


def test_numbers_of_two_classes_are_shares_of_the_table() -> None:
    found = described(Scored(BINARY, LABELS, SCORES), recall=0.25, f1=float("nan"))

    assert found["confusion_matrix"] == {"0": {"0": 4, "1": 1}, "1": {"0": 2, "1": 3}}
    numbers = {name: each["value"] for name, each in found.items() if "value" in each}
    precision, recall = 3 / 4, 3 / 5
    assert numbers == pytest.approx(
        {
            "recall": recall,
            "precision": precision,
            "accuracy": 7 / 10,
            "true_positive_rate": recall,
            "true_negative_rate": 4 / 5,
            "false_positive_rate": 1 / 5,
            "false_negative_rate": 2 / 5,
            "f0_5": 1.25 * precision * recall / (0.25 * precision + recall),
            "f1": 2 * precision * recall / (precision + recall),
            "f2": 5 * precision * recall / (4 * precision + recall),
            "auc": 18 / 25,
        }
    )
    assert found["recall"]["standard_deviation"] == 0.25
    assert found["f1"]["standard_deviation"] == "NaN"


def test_a_share_of_nothing_is_0_and_one_class_has_no_curve() -> None:
    found = described(Scored(BINARY, np.zeros(3), np.zeros(3)))

    assert found["recall"]["value"] == found["precision"]["value"] == found["f1"]["value"] == 0
    assert "auc" not in found
    assert "precision_recall_curve" not in found


def test_both_curves_run_from_the_highest_threshold_to_the_lowest() -> None:
    found = described(Scored(BINARY, np.array([0.0, 1.0]), np.array([0.2, 0.7])))

    assert found["receiver_operating_characteristic_curve"] == {
        "false_positive_rates": [0, 0, 1],
        "true_positive_rates": [0, 1, 1],
    }
    assert found["precision_recall_curve"] == {"precisions": [1, 1, 0.5], "recalls": [0, 1, 1]}


def test_numbers_of_several_classes_are_weighed_by_their_rows() -> None:
    # Of class 0 one of two is right, of class 1 none of one, of class 2 one of one.
    scored = Scored(
        Task("multiclass", classes=3), np.array([0.0, 0, 1, 2]), np.eye(3)[[0, 1, 2, 2]]
    )

    found = {name: float(each[0]) for name, each in values(scored, np.ones((1, 4))).items()}

    f1 = (2 * (2 * 1 * 0.5 / 1.5) + 0 + 2 * 0.5 * 1 / 1.5) / 4
    assert found == pytest.approx(
        {
            "accuracy": 0.5,
            "weighted_recall": (2 * 0.5 + 0 + 1) / 4,
            "weighted_precision": (2 * 1 + 0 + 0.5) / 4,
            "weighted_f0_5": (2 * (1.25 * 0.5 / 0.75) + 1.25 * 0.5 / 1.125) / 4,
            "weighted_f1": f1,
            "weighted_f2": (2 * (5 * 0.5 / 4.5) + 5 * 0.5 / 3) / 4,
        }
    )


def test_weights_of_rows_do_not_count_in_model_monitors_numbers() -> None:
    weighed = Scored(BINARY, LABELS, SCORES, np.arange(10.0))
    plain = Scored(BINARY, LABELS, SCORES)

    assert statistics(weighed, {}) == statistics(plain, {})


@pytest.mark.parametrize(
    ("quantiles", "median"), [((0.1, 0.5), 1), ((0.5, 0.9), 0), ((0.1, 0.9), None)]
)
def test_quantiles_are_described_by_their_median_if_they_have_one(
    quantiles: tuple[float, ...], median: int | None
) -> None:
    scores = np.array([[1.0, 2.0], [3.0, 5.0]])
    task = Task("quantiles", quantiles=quantiles)
    found = values(Scored(task, np.array([1.0, 3.0]), scores), np.ones((1, 2)))

    if median is None:
        assert found == {}
        return
    assert sorted(found) == ["mae", "mse", "r2", "rmse"]
    assert found["mae"][0] == np.abs(scores[:, median] - [1, 3]).mean()


def test_a_metric_of_numbers_is_taken_from_sums() -> None:
    labels, scores = np.array([1, 2, 3], np.float32), np.array([1, 2, 5], np.float32)

    assert regression_metric("mse", labels, scores) == pytest.approx(4 / 3)
    assert regression_metric("rmse", labels, scores) == pytest.approx((4 / 3) ** 0.5)
    assert regression_metric("mae", labels, scores) == pytest.approx(2 / 3)
    assert regression_metric("r2", labels, scores) == pytest.approx(1 - 2)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", 0.5),
        ("balanced_accuracy", 0.5),
        ("f1", (2 / 3 + 0 + 2 / 3) / 3),
        ("precision", 0),
        ("precision_macro", 0.5),
        ("recall", 0),
        ("recall_macro", 0.5),
        ("f1_binary", 0),
    ],
)
def test_a_metric_of_classes_is_taken_from_the_table(name: str, expected: float) -> None:
    matrix = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]])

    assert classification_metric(name, matrix) == pytest.approx(expected)


def test_rows_without_weights_count_once_each() -> None:
    judge = MetricEvaluator(2, 0.5)
    labels, scores = LABELS.astype(np.float32), SCORES.astype(np.float32)

    plain = judge.tally(labels, scores)

    assert plain.tolist() == judge.tally(labels, scores, np.empty(0, np.float32)).tolist()
    assert plain.tolist() == judge.tally(labels, scores, np.ones(10, np.float32)).tolist()
    assert plain[:5].tolist() == [4, 1, 2, 3, 10]


def test_a_table_of_scores_has_no_sums_of_errors() -> None:
    tally = MetricEvaluator(3, None).tally(
        np.array([0, 2], np.float32), np.eye(3, dtype=np.float32)[[0, 1]]
    )

    assert tally.tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def once(task: Task, labels: list[float], scores: object, name: str) -> float:
    scored = Scored(task, np.array(labels), np.array(scores))
    return float(weighted_values(scored, [name], np.ones((1, len(labels))))[name][0])


@pytest.mark.parametrize(
    ("labels", "scores", "auc", "aucpr"),
    [
        ([0.0, 1.0], [0.2, 0.7], 1, 1),
        ([1.0, 0.0], [0.2, 0.7], 0, None),
        ([0.0, 1.0], [0.5, 0.5], 0.5, 0.5),
    ],
)
def test_areas_of_a_few_rows(
    labels: list[float], scores: list[float], auc: float, aucpr: float | None
) -> None:
    assert once(BINARY, labels, scores, "auc") == auc
    if aucpr is not None:
        assert once(BINARY, labels, scores, "aucpr") == pytest.approx(aucpr)


@pytest.mark.parametrize(("labels", "known"), [([0.0, 1.0], True), ([0.5, 1.0], False)])
def test_an_area_needs_labels_of_two_classes(labels: list[float], known: bool) -> None:
    scored = Scored(Task("ranking"), np.array(labels), np.array([0.1, 0.2]))

    assert ("auc" in weighted_values(scored, ["auc"], np.ones((1, 2)))) is known


def test_an_unknown_metric_of_classes_is_left_out_and_another_error_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored = Scored(BINARY, LABELS, SCORES)
    assert weighted_values(scored, ["charm", "f1"], np.ones((1, 10))).keys() == {"f1"}

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.metrics.evaluator.classification_metric", broken)
    with pytest.raises(ZeroDivisionError):
        weighted_values(scored, ["f1"], np.ones((1, 10)))
