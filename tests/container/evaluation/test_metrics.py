from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics as reference

from container.evaluation.metrics import Judge, predicted_classes

CLASSIFICATION: dict[str, Callable[..., float]] = {
    "accuracy": reference.accuracy_score,
    "balanced_accuracy": reference.balanced_accuracy_score,
    "f1": lambda y, p: reference.f1_score(y, p, average="macro"),
    "f1_macro": lambda y, p: reference.f1_score(y, p, average="macro"),
    "precision_macro": lambda y, p: reference.precision_score(
        y, p, average="macro", zero_division=0
    ),
    "precision_micro": lambda y, p: reference.precision_score(y, p, average="micro"),
    "recall_macro": lambda y, p: reference.recall_score(y, p, average="macro", zero_division=0),
    "recall_micro": lambda y, p: reference.recall_score(y, p, average="micro"),
}
BINARY: dict[str, Callable[..., float]] = {
    "f1_binary": reference.f1_score,
    "precision": reference.precision_score,
    "recall": reference.recall_score,
}


@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_classification_metrics_equal_scikit_learns(name: str, classes: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, 50).astype(np.float32)
    labels[:classes] = np.arange(classes)
    scores = generator.random((50, classes)).astype(np.float32)

    value = Judge(classes, None).values([name], labels, scores)[name]

    assert value == pytest.approx(CLASSIFICATION[name](labels, scores.argmax(axis=1)))


@pytest.mark.parametrize("name", BINARY)
def test_two_class_metrics_equal_scikit_learns(name: str) -> None:
    generator = np.random.default_rng(5)
    labels = generator.integers(0, 2, 50).astype(np.float32)
    scores = generator.random(50).astype(np.float32)

    value = Judge(2, 0.5).values([name], labels, scores)[name]

    assert value == pytest.approx(BINARY[name](labels, scores > 0.5))


def test_regression_metrics_equal_scikit_learns() -> None:
    generator = np.random.default_rng(6)
    labels, scores = generator.normal(size=(2, 50)).astype(np.float32)

    values = Judge(None, None).values(["mse", "r2"], labels, scores)

    assert values["mse"] == pytest.approx(reference.mean_squared_error(labels, scores))
    assert values["r2"] == pytest.approx(reference.r2_score(labels, scores))


@pytest.mark.parametrize(
    ("scores", "threshold", "classes"),
    [
        ([0.2, 0.5, 0.7], 0.5, [0, 0, 1]),
        ([-1.0, 0.0, 0.1], 0.0, [0, 0, 1]),
        ([2.0, 0.0, 1.0], None, [2, 0, 1]),
        ([[0.1, 0.9], [0.6, 0.4]], None, [1, 0]),
    ],
)
def test_scores_become_classes_as_the_objective_demands(
    scores: list[float], threshold: float | None, classes: list[int]
) -> None:
    found = predicted_classes(np.array(scores, dtype=np.float32), threshold)

    assert found.tolist() == classes


@pytest.mark.parametrize(("scores", "expected"), [([3.0, 3.0], 1.0), ([3.0, 4.0], 0.0)])
def test_r2_of_equal_labels_is_1_or_0(scores: list[float], expected: float) -> None:
    labels = np.full(2, 3, dtype=np.float32)

    values = Judge(None, None).values(["r2"], labels, np.array(scores, dtype=np.float32))

    assert values["r2"] == expected
