"""Metrics that are means of a per-row loss, by the names and definitions that XGBoost has."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from container.metrics.scored import Floats, Scored

# XGBoost's own floor below a probability whose logarithm it takes.
_LEAST = 1e-16


@dataclass(frozen=True)
class Loss:
    """`per_row` [n]; `finish` makes the metric of their mean."""

    per_row: Floats
    finish: Callable[[Floats], Floats] = lambda mean: mean


def loss(name: str, scored: Scored) -> Loss | None:
    """Return the per-row loss of the metric `name`; None when it is not such a mean."""
    plain, _, argument = name.partition("@")
    with np.errstate(all="ignore"):
        if plain in _OF_CLASSES and scored.task.is_classification:
            return _OF_CLASSES[plain](scored)
        if plain == "error":
            return Loss(_misses(scored, float(argument) if argument else 0.5))
        if plain == "logloss":
            return _logloss(scored)
        if plain in _OF_QUANTILES and scored.task.quantiles:
            return _OF_QUANTILES[plain](scored)
        if plain in _OF_NUMBERS and scored.scores.ndim == 1:
            return _OF_NUMBERS[plain](scored.labels, scored.scores)
        if plain == "tweedie-nloglik":
            return _tweedie(scored, float(argument) if argument else scored.task.variance_power)
    return None


def _hits(scored: Scored) -> Loss:
    return Loss((scored.labels == scored.predicted).astype(np.float64))


def _misses(scored: Scored, threshold: float) -> Floats:
    # XGBoost compares 32-bit numbers; for labels between 0 and 1 a miss is a part of a row.
    above = scored.scores.astype(np.float32) > np.float32(threshold)
    return np.where(above, 1 - scored.labels, scored.labels)


def _logloss(scored: Scored) -> Loss | None:
    """Return the loss; as in XGBoost, log-odds are used as if they were probabilities."""
    labels, given = scored.labels, scored.scores
    if given.ndim != 1:
        return None
    first = np.where(labels != 0, labels * np.log(np.maximum(given, _LEAST)), 0)
    second = np.where(labels != 1, (1 - labels) * np.log(np.maximum(1 - given, _LEAST)), 0)
    return Loss(-first - second)


def _mlogloss(scored: Scored) -> Loss | None:
    if scored.scores.ndim != 2:
        return None
    of_truth = scored.scores[np.arange(scored.rows), scored.labels.astype(np.intp)]
    return Loss(-np.log(np.maximum(of_truth, _LEAST)))


def _tweedie(scored: Scored, power: float) -> Loss:
    labels, scores = scored.labels, scored.scores
    first = labels * scores ** (1 - power) / (1 - power)
    return Loss(scores ** (2 - power) / (2 - power) - first)


def _pinball(scored: Scored) -> Loss:
    """Return the mean over the quantiles; a row above a high quantile costs most."""
    below = scored.labels[:, None] - scored.scores
    levels = np.array(scored.task.quantiles)
    return Loss(np.maximum(levels * below, (levels - 1) * below).mean(axis=1))


def _coverage(scored: Scored) -> Loss | None:
    if len(scored.task.quantiles) < 2:
        return None
    low, high = scored.scores.min(axis=1), scored.scores.max(axis=1)
    return Loss(((scored.labels >= low) & (scored.labels <= high)).astype(np.float64))


def _interval_width(scored: Scored) -> Loss | None:
    if len(scored.task.quantiles) < 2:
        return None
    return Loss(scored.scores.max(axis=1) - scored.scores.min(axis=1))


def _poisson(labels: Floats, scores: Floats) -> Loss:
    of_labels = np.array([math.lgamma(label + 1) for label in labels.tolist()])
    return Loss(of_labels + scores - labels * np.log(np.maximum(scores, _LEAST)))


def _pseudo_huber(labels: Floats, scores: Floats) -> Loss:
    return Loss(np.sqrt(1 + (labels - scores) ** 2) - 1)


_OF_CLASSES: Mapping[str, Callable[[Scored], Loss | None]] = {
    "accuracy": _hits,
    "precision_micro": _hits,
    "recall_micro": _hits,
    "merror": lambda scored: Loss(1 - _hits(scored).per_row),
    "mlogloss": _mlogloss,
}
_OF_QUANTILES: Mapping[str, Callable[[Scored], Loss | None]] = {
    "coverage": _coverage,
    "interval_width": _interval_width,
    "pinball": _pinball,
    "quantile": _pinball,
}
_OF_NUMBERS: Mapping[str, Callable[[Floats, Floats], Loss]] = {
    "mse": lambda labels, scores: Loss((labels - scores) ** 2),
    "rmse": lambda labels, scores: Loss((labels - scores) ** 2, np.sqrt),
    "mae": lambda labels, scores: Loss(np.abs(labels - scores)),
    "mape": lambda labels, scores: Loss(np.abs((labels - scores) / labels)),
    "rmsle": lambda labels, scores: Loss((np.log1p(labels) - np.log1p(scores)) ** 2, np.sqrt),
    "mphe": _pseudo_huber,
    "poisson-nloglik": _poisson,
    "gamma-nloglik": lambda labels, scores: Loss(labels / scores + np.log(scores)),
    "gamma-deviance": lambda labels, scores: Loss(
        2 * (np.log(scores / labels) + labels / scores - 1)
    ),
}
