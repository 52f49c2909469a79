"""ROC, precision-recall and calibration curves as arrays."""

from dataclasses import dataclass

import numpy as np

from container.metrics.scored import Floats, Scored

BINS = 10


@dataclass(frozen=True)
class Ranking:
    """Rates at every threshold, the highest first, and at a threshold above all scores."""

    false_positive_rates: Floats
    recalls: Floats
    precisions: Floats


def ranking(scored: Scored) -> Ranking | None:
    """Return the curves; None when all rows are of one class."""
    order = np.argsort(-scored.scores, kind="stable")
    last_of_equals = np.append(np.diff(scored.scores[order]) != 0, True)
    hits = np.cumsum(scored.labels[order] == 1)[last_of_equals].astype(np.float64)
    misses = np.cumsum(scored.labels[order] == 0)[last_of_equals].astype(np.float64)
    if hits[-1] == 0 or misses[-1] == 0:
        return None
    return Ranking(
        np.concatenate([[0.0], misses / misses[-1]]),
        np.concatenate([[0.0], hits / hits[-1]]),
        np.concatenate([[1.0], hits / (hits + misses)]),
    )


@dataclass(frozen=True)
class Calibration:
    """Per decile that has rows: mean predicted probability, observed frequency, number of rows."""

    promised: Floats
    happened: Floats
    counts: Floats
    expected_error: float


def calibration(scored: Scored) -> Calibration | None:
    """Return the calibration of class 1, or of the predicted class; None without probabilities."""
    probabilities = scored.probabilities
    if probabilities is None or not scored.has_graded_probabilities:
        return None
    happened = scored.labels == 1
    if probabilities.ndim == 2:
        happened = scored.labels == scored.predicted
        probabilities = probabilities.max(axis=1)
    tenths = np.clip((probabilities * BINS).astype(np.intp), 0, BINS - 1)
    counts = np.bincount(tenths, minlength=BINS).astype(np.float64)
    held = counts > 0
    promised = np.bincount(tenths, probabilities, BINS)[held] / counts[held]
    seen = np.bincount(tenths, happened.astype(np.float64), BINS)[held] / counts[held]
    error = float(np.abs(promised - seen) @ counts[held] / counts.sum())
    return Calibration(promised, seen, counts[held], error)
