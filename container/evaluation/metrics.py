"""Metrics that XGBoost lacks, on plain arrays; the built-in's own versions of some are wrong."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import AlgorithmError

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


def predicted_classes(scores: Floats, threshold: float | None) -> Counts:
    """One class number per row: the largest column, or above `threshold`, or the score itself."""
    if scores.ndim == 2:
        return np.asarray(np.argmax(scores, axis=1), dtype=np.int64)
    if threshold is None:
        return scores.astype(np.int64)
    return (scores > threshold).astype(np.int64)


def confusion(labels: Floats, predicted: Counts, classes: int) -> Counts:
    """How often class `i` (row) was taken for class `j` (column)."""
    flat = labels.astype(np.int64) * classes + predicted
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def refuse_nonsense(number: int, values: Mapping[str, float]) -> None:
    """AUC may be undefined (one class only); a loss that is no number means a broken model.

    Raises AlgorithmError naming the round and the metric.
    """
    for name, value in values.items():
        if not math.isfinite(value) and not name.endswith(("-auc", "-aucpr")):
            raise AlgorithmError(
                f"round {number}: {name} is {value}; lower eta or check the labels"
            )


@dataclass(frozen=True)
class Judge:
    """Computes metrics for `classes` classes (None: regression) told apart by `threshold`."""

    classes: int | None
    threshold: float | None

    def values(self, names: Sequence[str], labels: Floats, scores: Floats) -> dict[str, float]:
        """The named metrics of `scores` [n] or [n, classes] against `labels` [n]."""
        counts = None
        if self.classes is not None:
            counts = confusion(labels, predicted_classes(scores, self.threshold), self.classes)
        return {
            name: regression_metric(name, labels, scores)
            if counts is None or name in ("mse", "r2")
            else classification_metric(name, counts)
            for name in names
        }


def classification_metric(name: str, matrix: Counts) -> float:
    """One of the classification metrics; 0 where nothing could be counted."""
    return float(_CLASSIFICATION[name](matrix.astype(np.float64)))


def regression_metric(name: str, labels: Floats, scores: Floats) -> float:
    """`mse` or `r2` (1 is perfect; 0 when all labels are equal and the answers are not)."""
    truth = labels.astype(np.float64)
    mse = float(np.mean((truth - scores) ** 2))
    if name == "mse":
        return mse
    variance = float(np.var(truth))
    if variance == 0:
        return 1.0 if mse == 0 else 0.0
    return 1.0 - mse / variance


_Matrix = NDArray[np.float64]


def _ratio(part: _Matrix, whole: _Matrix) -> _Matrix:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _recalls(matrix: _Matrix) -> _Matrix:
    return _ratio(np.diag(matrix), matrix.sum(axis=1))


def _precisions(matrix: _Matrix) -> _Matrix:
    return _ratio(np.diag(matrix), matrix.sum(axis=0))


def _f1s(matrix: _Matrix) -> _Matrix:
    return _ratio(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def _accuracy(matrix: _Matrix) -> float:
    return float(np.trace(matrix) / max(matrix.sum(), 1))


def _balanced_accuracy(matrix: _Matrix) -> float:
    return float(_recalls(matrix)[matrix.sum(axis=1) > 0].mean())


def _macro(each: Callable[[_Matrix], _Matrix]) -> Callable[[_Matrix], float]:
    """The mean over classes that occur in labels or answers."""

    def mean(matrix: _Matrix) -> float:
        occurs = matrix.sum(axis=0) + matrix.sum(axis=1) > 0
        return float(each(matrix)[occurs].mean())

    return mean


def _second(each: Callable[[_Matrix], _Matrix]) -> Callable[[_Matrix], float]:
    return lambda matrix: float(each(matrix)[1])


_CLASSIFICATION: dict[str, Callable[[_Matrix], float]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    # As in the built-in: plain f1 is the mean over classes.
    "f1": _macro(_f1s),
    "f1_macro": _macro(_f1s),
    "f1_binary": _second(_f1s),
    "precision": _second(_precisions),
    "precision_macro": _macro(_precisions),
    "precision_micro": _accuracy,
    "recall": _second(_recalls),
    "recall_macro": _macro(_recalls),
    "recall_micro": _accuracy,
}
