import json
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as reference

from container.contract.errors import AlgorithmError
from container.hyperparameters.failures import check_metric_values
from container.metrics.evaluator import MetricEvaluator
from container.metrics.scored import predicted_classes

Floats = NDArray[np.float32]

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


def value(judge: MetricEvaluator, name: str, labels: Floats, scores: Floats) -> float:
    return judge.evaluate([name], (labels, scores, None), lambda value: [value])[name]


@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_classification_metrics_equal_scikit_learns(name: str, classes: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, 50).astype(np.float32)
    labels[:classes] = np.arange(classes)
    scores = generator.random((50, classes)).astype(np.float32)

    found = value(MetricEvaluator(classes, None), name, labels, scores)

    assert found == pytest.approx(CLASSIFICATION[name](labels, scores.argmax(axis=1)))


@pytest.mark.parametrize("name", BINARY)
def test_two_class_metrics_equal_scikit_learns(name: str) -> None:
    generator = np.random.default_rng(5)
    labels = generator.integers(0, 2, 50).astype(np.float32)
    scores = generator.random(50).astype(np.float32)

    found = value(MetricEvaluator(2, 0.5), name, labels, scores)

    assert found == pytest.approx(BINARY[name](labels, scores > 0.5))


REGRESSION: dict[str, Callable[..., float]] = {
    "mse": reference.mean_squared_error,
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "r2": reference.r2_score,
}


@pytest.mark.parametrize("name", REGRESSION)
@pytest.mark.parametrize("offset", [0, 1e6])
def test_regression_metrics_equal_scikit_learns(name: str, offset: float) -> None:
    generator = np.random.default_rng(6)
    labels, scores = (generator.normal(scale=30, size=(2, 50)) + offset).astype(np.float32)

    found = value(MetricEvaluator(None, 0.0), name, labels, scores)

    truth, answers = labels.astype(np.float64), scores.astype(np.float64)
    assert found == pytest.approx(REGRESSION[name](truth, answers), rel=1e-6)


@pytest.mark.parametrize("name", [*CLASSIFICATION, *BINARY, *REGRESSION])
def test_rows_count_by_their_weight(name: str) -> None:
    generator = np.random.default_rng(7)
    labels = generator.integers(0, 2, 60).astype(np.float32)
    scores = generator.random(60).astype(np.float32)
    weights = generator.integers(0, 4, 60)
    judge = MetricEvaluator(2, 0.5)

    tally = judge.tally(labels, scores, weights.astype(np.float32))

    repeated = value(judge, name, labels.repeat(weights), scores.repeat(weights))
    assert judge.values([name], tally)[name] == pytest.approx(repeated)


@pytest.mark.parametrize(
    ("judge", "names"),
    [
        (MetricEvaluator(2, 0.5), [*CLASSIFICATION, *BINARY, *REGRESSION]),
        (MetricEvaluator(None, 0.0), list(REGRESSION)),
    ],
)
def test_what_several_hosts_counted_adds_up_to_the_metrics_of_all_rows(
    judge: MetricEvaluator, names: list[str]
) -> None:
    generator = np.random.default_rng(8)
    labels = generator.integers(0, 2, 100).astype(np.float32)
    scores, weights = generator.random((2, 100)).astype(np.float32)
    # Hosts exchange JSON; one of them has a single row.
    parts = [slice(0, 1), slice(1, 40), slice(40, 100)]
    told = [judge.tally(labels[i], scores[i], weights[i]).tolist() for i in parts]

    together = np.sum(json.loads(json.dumps(told)), axis=0)

    whole = judge.values(names, judge.tally(labels, scores, weights))
    assert judge.values(names, together) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.parametrize("labels", [[0, 1, 1, 0], [0, 1, 2, 7, 7, 1], [-3, 5, 5, 1], [2, 3, 2, 2]])
def test_whole_numbers_are_compared_with_the_classes_0_and_1_of_scores_as_by_scikit_learn(
    name: str, labels: list[float]
) -> None:
    truth = np.array(labels * 5, dtype=np.float32)
    scores = np.random.default_rng(4).normal(size=len(truth)).astype(np.float32)
    judge = MetricEvaluator(None, 0.25)

    def of_three_hosts(value: object) -> list[object]:
        # This host has the last rows.
        others = [(truth[:3], scores[:3], None), (truth[3:9], scores[3:9], None)]
        told = [told_by(judge, name, rows) for rows in others]
        return [*told, json.loads(json.dumps(value))]

    alone = judge.evaluate([name], (truth, scores, None), lambda value: [value])
    together = judge.evaluate([name], (truth[9:], scores[9:], None), of_three_hosts)

    expected = CLASSIFICATION[name](truth.astype(int), (scores > 0.25).astype(int))
    assert alone[name] == pytest.approx(expected)
    assert together[name] == pytest.approx(expected)


def told_by(judge: MetricEvaluator, name: str, rows: tuple[Floats, Floats, None]) -> object:
    """What a host sends to the others."""
    sent: list[object] = []

    def exchange(value: object) -> list[object]:
        sent.append(value)
        return [value]

    judge.evaluate([name], rows, exchange)
    return sent[0]


def test_no_rows_at_all_have_metrics_of_0() -> None:
    none = np.zeros(0, dtype=np.float32)
    names = [*CLASSIFICATION, *BINARY, *REGRESSION]
    judge = MetricEvaluator(2, 0.5)

    assert set(judge.values(names, judge.tally(none, none)).values()) == {0.0}


def test_a_loss_that_is_no_number_is_refused_unless_it_may_be_undefined() -> None:
    values = {"train-logloss": 0.5, "validation-auc": float("nan")}

    check_metric_values(3, values, lambda name: name == "auc")
    with pytest.raises(AlgorithmError, match="round 3: validation-auc is nan; lower eta"):
        check_metric_values(3, values, lambda name: False)


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

    found = value(MetricEvaluator(None, 0.0), "r2", labels, np.array(scores, dtype=np.float32))

    assert found == expected


@pytest.mark.parametrize("label", [0.1, 1e6 / 3, 1e-9])
def test_r2_of_many_equal_labels_is_not_the_rounding_of_their_sums(label: float) -> None:
    labels = np.full(1000, label, dtype=np.float32)

    assert value(MetricEvaluator(None, 0.0), "r2", labels, labels * 2) == 0.0
