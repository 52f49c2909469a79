"""Out-of-fold predictions of a cross-validation, in the built-in's file format."""

import io

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import AlgorithmError
from container.metrics.scored import predicted_classes
from container.protocol import Floats

Places = NDArray[np.int64]


class HeldOutPredictions:
    """Gathers scores of each row, one from each repeat, and writes their mean or majority.

    `classes` is None where labels are no classes; `threshold` separates two classes.
    """

    def __init__(self, labels: Floats, classes: int | None, threshold: float | None) -> None:
        self._labels = labels
        self._classes, self._threshold = classes, threshold
        self._sums: NDArray[np.float64] | None = None
        self._votes = np.zeros((len(labels), classes or 1), dtype=np.int64)

    def add(self, places: Places, scores: Floats) -> None:
        """Add one model's predictions for the rows at `places`."""
        if len(places) != len(scores):
            raise AlgorithmError(f"{len(places)} rows got {len(scores)} predictions")
        if self._sums is None:
            self._sums = np.zeros((len(self._labels), *scores.shape[1:]))
        if self._sums.shape[1:] != scores.shape[1:]:
            raise AlgorithmError(
                f"a row got {scores.shape[1:]} numbers after {self._sums.shape[1:]}"
            )
        self._sums[places] += scores
        voted = np.zeros(len(places), dtype=np.int64)
        if self._classes is not None:
            voted = predicted_classes(scores, self._threshold)
        np.add.at(self._votes, tuple([places, voted]), 1)

    def csv(self) -> bytes:
        """Return CSV without header: label and mean, or label, mean probability and majority.

        Where scores are classes, the probability is the share of votes for the majority.
        """
        counts = self._votes.sum(axis=1)
        if self._sums is None or not counts.all() or len(set(counts.tolist())) > 1:
            raise AlgorithmError("some rows have more predictions than others")
        means = self._sums / counts[0]
        columns = [self._labels, means]
        if self._classes is not None:
            majority = self._votes.argmax(axis=1)
            columns = [self._labels, self._probabilities(means, majority, counts), majority]
        text = io.StringIO()
        np.savetxt(text, np.column_stack(columns), "%f", ",")
        return text.getvalue().encode()

    def _probabilities(
        self, means: NDArray[np.float64], majority: Places, counts: Places
    ) -> NDArray[np.float64]:
        rows = np.arange(len(majority))
        if means.ndim == 2:
            return means[rows, majority]
        if self._threshold is None:
            return self._votes[rows, majority] / counts
        return means
