"""Metrics from sufficient statistics: sums that several hosts can add up exactly.

Rows count by their weight, as in XGBoost's own metrics; the built-in leaves weights out here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.metrics.scored import Counts, predicted_classes

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]
# The confusion matrix row by row, then the sums of `_errors`. Tallies of parts are added up.
Tally = NDArray[np.float64]

_OF_NUMBERS = ("mse", "rmse", "mae", "r2")
# Where labels are no classes, scores make class 0 or 1; all other labels are in one row, the third.
_OF_TWO = 3
# A variance below this share of the squares is what their sums were rounded by.
_ROUNDING = 1e-14


def confusion(labels: Floats, predicted: Counts, classes: int) -> Counts:
    """Return the confusion matrix: rows of class `i` predicted as class `j`."""
    flat = labels.astype(np.int64) * classes + predicted
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class MetricEvaluator:
    """Computes metrics for `classes` classes (None: no classes) separated by `threshold`.

    Without classes, whole numbers can still be compared with the classes 0 and 1 of scores below
    and above the threshold, as in the built-in.
    """

    classes: int | None
    threshold: float | None

    def evaluate(
        self,
        names: Sequence[str],
        rows: tuple[Floats, Floats, Floats | None],
        exchange: Callable[[Any], list[Any]],
    ) -> dict[str, float]:
        """Return the named metrics of all hosts' labels, scores and weights; a collective call."""
        others: list[float] = []
        if self.classes is None and not set(names) <= {*_OF_NUMBERS}:
            others = sorted(set(np.unique(rows[0]).tolist()) - {0.0, 1.0})
        tallies, more = zip(*exchange([self.tally(*rows).tolist(), others]), strict=True)
        return self.values(names, np.sum(tallies, axis=0), len(set().union(*more)))

    def tally(self, labels: Floats, scores: Floats, weights: Floats | None = None) -> Tally:
        """Return the tally of these rows; the tallies of several hosts can be added up."""
        if weights is None or not weights.size:
            weights = np.ones(len(labels), dtype=np.float32)
        weight = weights.astype(np.float64)
        true, size = labels, self._size
        if self.classes is None:
            true = np.where((labels == 0) | (labels == 1), labels, _OF_TWO - 1)
        flat = true.astype(np.int64) * size + predicted_classes(scores, self.threshold)
        table = np.bincount(flat, weight, minlength=size**2).astype(np.float64)
        errors = _errors(labels, scores, weight) if scores.ndim == 1 else np.zeros(5)
        return np.concatenate([table, errors])

    def values(self, names: Sequence[str], tally: Tally, others: int = 1) -> dict[str, float]:
        """Return the named metrics of all rows that `tally` counts.

        `others`: how many different labels are in the third row, where labels are no classes.
        """
        size = self._size
        table = tally[: size**2].reshape(size, size)
        return {
            name: _of_numbers(name, tally[size**2 :])
            if name in _OF_NUMBERS
            else classification_metric(name, table, 1 if self.classes else others)
            for name in names
        }

    @property
    def _size(self) -> int:
        return _OF_TWO if self.classes is None else self.classes


def classification_metric(name: str, matrix: Counts | Matrix, last: int = 1) -> float:
    """Return one of the classification metrics; 0 where nothing could be counted.

    `last`: how many classes the last row and column stand for, of which none is predicted.
    """
    times = np.ones(len(matrix))
    times[-1:] = last
    return float(_CLASSIFICATION[name](matrix.astype(np.float64), times))


def regression_metric(name: str, labels: Floats, scores: Floats) -> float:
    """Return `mse`, `rmse`, `mae` or `r2` (1 is perfect; 0 if only labels are equal)."""
    return _of_numbers(name, _errors(labels, scores, np.ones(len(labels))))


def _errors(labels: Floats, scores: Floats, weight: Matrix) -> Matrix:
    """Return sums over rows: weight, label, label², absolute and squared error, each by weight.

    A label has 24 binary digits: its square, and the sum of many, lose less than the label did.
    """
    truth = labels.astype(np.float64)
    off = truth - scores
    return np.array(
        [
            np.sum(weight),
            np.sum(weight * truth),
            np.sum(weight * truth**2),
            np.sum(weight * np.abs(off)),
            np.sum(weight * off**2),
        ]
    )


def _of_numbers(name: str, sums: Matrix) -> float:
    weight, label, squares, absolute, squared = map(float, sums)
    if not weight:
        return 0.0
    mse = squared / weight
    if name == "mae":
        return absolute / weight
    if name != "r2":
        return math.sqrt(mse) if name == "rmse" else mse
    variance = squares / weight - (label / weight) ** 2
    if variance <= _ROUNDING * squares / weight:
        return 1.0 if mse == 0 else 0.0
    return 1.0 - mse / variance


def _ratio(part: Matrix, whole: Matrix) -> Matrix:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _recalls(matrix: Matrix) -> Matrix:
    return _ratio(np.diag(matrix), matrix.sum(axis=1))


def _precisions(matrix: Matrix) -> Matrix:
    return _ratio(np.diag(matrix), matrix.sum(axis=0))


def _f1s(matrix: Matrix) -> Matrix:
    return _ratio(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def _accuracy(matrix: Matrix, times: Matrix) -> float:
    total = matrix.sum()
    return float(np.trace(matrix) / total) if total else 0.0


def _mean(values: Matrix, times: Matrix) -> float:
    return float(values @ times / times.sum()) if times.any() else 0.0


def _balanced_accuracy(matrix: Matrix, times: Matrix) -> float:
    return _mean(_recalls(matrix), times * (matrix.sum(axis=1) > 0))


def _macro(each: Callable[[Matrix], Matrix]) -> Callable[[Matrix, Matrix], float]:
    """Return the mean over classes that occur in labels or predictions."""
    return lambda matrix, times: _mean(
        each(matrix), times * (matrix.sum(axis=0) + matrix.sum(axis=1) > 0)
    )


def _second(each: Callable[[Matrix], Matrix]) -> Callable[[Matrix, Matrix], float]:
    return lambda matrix, times: float(each(matrix)[1])


_CLASSIFICATION: dict[str, Callable[[Matrix, Matrix], float]] = {
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
