"""Predictions as classes and as probabilities, by what the signature of a model says."""

import numpy as np
import pytest

from container.metrics.scored import Scored, Task, predicted_classes

BINARY = Task("binary", classes=2, threshold=0.5)
LOG_ODDS = Task("binary", classes=2, threshold=0.0)
SEVERAL = Task("multiclass", classes=3)


def scored(task: Task, scores: object) -> Scored:
    found = np.array(scores, float)
    return Scored(task, np.zeros(len(found)), found)


def test_a_task_is_read_from_a_signature() -> None:
    assert Task.of({"task": "regression", "hyperparameters": {}}) == Task("regression")
    assert Task.of(
        {
            "task": "quantiles",
            "classes": 2,
            "threshold": 0.5,
            "quantiles": [0.1, 0.9],
            "hyperparameters": {"tweedie_variance_power": "1.2"},
        }
    ) == Task("quantiles", 2, 0.5, (0.1, 0.9), 1.2)


@pytest.mark.parametrize(
    ("kind", "expected"), [("binary", True), ("multiclass", True), ("regression", False)]
)
def test_labels_are_classes_in_classification_alone(kind: str, expected: bool) -> None:
    assert Task(kind).is_classification is expected


@pytest.mark.parametrize(
    ("scores", "threshold", "classes"),
    [
        ([0.5, 0.51], 0.5, [0, 1]),
        ([0.0, 0.1, -1], 0.0, [0, 1, 0]),
        ([2.0, 0.0], None, [2, 0]),
        ([[0.2, 0.8], [0.5, 0.5]], None, [1, 0]),
        ([[0.2, 0.8]], 0.5, [1]),
    ],
)
def test_a_class_is_above_the_threshold_or_the_largest_or_the_score_itself(
    scores: object, threshold: float | None, classes: list[int]
) -> None:
    assert predicted_classes(np.array(scores), threshold).tolist() == classes


@pytest.mark.parametrize(
    ("task", "scores", "expected"),
    [
        (BINARY, [0.2, 0.7], [0.2, 0.7]),
        (LOG_ODDS, [0.0, np.log(3), -np.log(3)], [0.5, 0.75, 0.25]),
        (SEVERAL, [[0.5, 0.25, 0.25]], [[0.5, 0.25, 0.25]]),
        (SEVERAL, [2.0], None),
        (Task("regression"), [0.5], None),
        (Task("binary"), [0.5], None),
        (Task("binary", classes=1), [0.5], None),
        (Task("regression", classes=2), [0.5], None),
    ],
)
def test_scores_are_probabilities_where_the_task_has_some(
    task: Task, scores: object, expected: object
) -> None:
    found = scored(task, scores).probabilities

    if expected is None:
        assert found is None
    else:
        np.testing.assert_allclose(np.asarray(found), np.array(expected))


@pytest.mark.parametrize(
    ("scores", "graded"),
    [([0.0, 1.0], False), ([0.0, 0.5], True), ([0.0, 0.0], False), ([1.0, 1.0], False)],
)
def test_a_yes_or_no_is_no_graded_probability(scores: list[float], graded: bool) -> None:
    assert scored(BINARY, scores).has_graded_probabilities is graded
    assert not scored(Task("regression"), [0.5]).has_graded_probabilities


def test_some_rows_keep_their_weights_or_have_none() -> None:
    whole = Scored(BINARY, np.arange(3.0), np.arange(3.0) / 10, np.arange(3.0) + 5)
    part = whole.take(np.array([2, 0]))

    assert part.rows == 2
    assert part.labels.tolist() == [2, 0]
    assert part.scores.tolist() == [0.2, 0]
    assert part.weights is not None
    assert part.weights.tolist() == [7, 5]
    assert Scored(BINARY, np.zeros(1), np.zeros(1)).take(np.array([0])).weights is None
