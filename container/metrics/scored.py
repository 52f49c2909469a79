"""Labels and predictions of one model on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Places = NDArray[np.intp]
# [b, n]: in variant b of the test set, row n counts this often.
Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """The task of a model, from its signature; with `threshold` 0 scores are log-odds.

    `class_names` are those of the labels where training had texts.
    """

    kind: str
    classes: int | None = None
    threshold: float | None = None
    quantiles: tuple[float, ...] = ()
    variance_power: float = 1.5
    class_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, signature: Mapping[str, Any]) -> "Task":
        """Read from the signature of a model."""
        chosen = signature["hyperparameters"]
        return cls(
            signature["task"],
            signature.get("classes"),
            signature.get("threshold"),
            tuple(signature.get("quantiles") or ()),
            float(chosen.get("tweedie_variance_power", 1.5)),
            tuple((signature.get("label") or {}).get("classes", ())),
        )

    @property
    def is_classification(self) -> bool:
        """Whether labels are class numbers."""
        return self.kind in ("binary", "multiclass")

    def class_name(self, code: float) -> str:
        """Return the name of a class, or its number where it has no name."""
        return self.class_names[int(code)] if code < len(self.class_names) else f"{code:g}"


@dataclass(frozen=True)
class Scored:
    """The rows of one test set: `labels` [n], `scores` [n] or [n, k], `weights` [n] if given."""

    task: Task
    labels: Floats
    scores: Floats
    weights: Floats | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    def take(self, places: Places) -> "Scored":
        """Return the rows at these places only."""
        weights = None if self.weights is None else self.weights[places]
        return replace(
            self, labels=self.labels[places], scores=self.scores[places], weights=weights
        )

    @cached_property
    def predicted(self) -> Counts:
        """The predicted class of each row."""
        return predicted_classes(self.scores.astype(np.float32), self.task.threshold)

    @cached_property
    def probabilities(self) -> Floats | None:
        """Probabilities of class 1 [n], or of every class [n, k]; None when the scores are none."""
        if not self.task.is_classification or (self.task.classes or 0) < 2:
            return None
        if self.task.threshold == 0:
            # In two halves, because the exponential of a large number overflows.
            small = np.exp(-np.abs(self.scores))
            return np.where(self.scores >= 0, 1 / (1 + small), small / (1 + small))
        if self.scores.ndim == 1 and self.task.kind == "multiclass":
            return None
        return self.scores

    @cached_property
    def has_graded_probabilities(self) -> bool:
        """Whether the probabilities are more than a yes or no."""
        given = self.probabilities
        return given is not None and bool(((given > 0) & (given < 1)).any())


def predicted_classes(scores: NDArray[np.floating[Any]], threshold: float | None) -> Counts:
    """Return a class per row: the largest column, or above `threshold`, or the score itself."""
    if scores.ndim == 2:
        return np.asarray(np.argmax(scores, axis=1), dtype=np.int64)
    if threshold is None:
        return scores.astype(np.int64)
    return (scores > threshold).astype(np.int64)
