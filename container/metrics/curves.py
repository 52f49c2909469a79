"""The curves behind the pictures and the statistics: plain arrays, no drawing."""

from dataclasses import dataclass

import numpy as np

from container.metrics.scored import Floats, Scored

BINS = 10


@dataclass(frozen=True)
class Ranking:
    """At every threshold, the highest first, and at a threshold above all scores."""

    false_positive_rates: Floats
    recalls: Floats
    precisions: Floats


def ranking(scored: Scored) -> Ranking | None:
    """None when the rows are of one class only: there is nothing to rank."""
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
    """In every tenth that holds rows: what was promised, what happened, and how many rows."""

    promised: Floats
    happened: Floats
    counts: Floats
    expected_error: float


def calibration(scored: Scored) -> Calibration | None:
    """Of class 1, or of the class taken; None when the answers are no graded probabilities."""
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
