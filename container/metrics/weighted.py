"""Metrics on weighted rows, vectorised over many weightings, for resampling."""

from collections.abc import Sequence

import numpy as np

from container.metrics import evaluator
from container.metrics.losses import loss
from container.metrics.scored import Floats, Scored, Weights


def values(scored: Scored, names: Sequence[str], weights: Weights) -> dict[str, Floats]:
    """Return the known metrics of `names` [b] for every variant; NaN where undefined."""
    found: dict[str, Floats] = {}
    of_matrix: list[str] = []
    for name in names:
        each = loss(name, scored)
        if each is not None:
            mean = weights @ each.per_row / weights.sum(axis=1)
            with np.errstate(invalid="ignore"):
                found[name] = each.finish(mean)
        elif name in _OF_RANKS and _has_two_classes(scored):
            found[name] = _OF_RANKS[name](scored, weights)
        elif name == "r2" and scored.scores.ndim == 1:
            found[name] = _r2(scored, weights)
        elif scored.task.is_classification:
            of_matrix.append(name)
    return found | _values_of_matrices(scored, of_matrix, weights)


def confusions(scored: Scored, weights: Weights) -> Floats:
    """Return [b, classes, classes]: weighted rows of class `i` predicted as class `j`."""
    classes = scored.task.classes or 0
    cells = scored.labels.astype(np.intp) * classes + scored.predicted
    order = np.argsort(cells, kind="stable")
    present, starts = np.unique(cells[order], return_index=True)
    flat = np.zeros((len(weights), classes * classes))
    flat[:, present] = np.add.reduceat(weights[:, order], starts, axis=1)
    return flat.reshape(-1, classes, classes)


def confusion(scored: Scored) -> Floats:
    """Return the confusion matrix of unweighted rows."""
    return np.asarray(confusions(scored, np.ones((1, scored.rows)))[0])


def _values_of_matrices(
    scored: Scored, names: Sequence[str], weights: Weights
) -> dict[str, Floats]:
    if not names:
        return {}
    matrices = confusions(scored, weights)
    found: dict[str, Floats] = {}
    for name in names:
        try:
            each = [evaluator.classification_metric(name, matrix) for matrix in matrices]
        except KeyError:
            continue
        found[name] = np.array(each)
    return found


def _has_two_classes(scored: Scored) -> bool:
    return scored.scores.ndim == 1 and bool(np.isin(scored.labels, (0, 1)).all())


def _r2(scored: Scored, weights: Weights) -> Floats:
    # Around the mean, or the difference of two large numbers would eat the variance.
    labels = scored.labels - scored.labels.mean()
    total = weights.sum(axis=1)
    variance = weights @ labels**2 / total - (weights @ labels / total) ** 2
    mse = weights @ (scored.labels - scored.scores) ** 2 / total
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(variance > 0, 1 - mse / variance, np.where(mse == 0, 1.0, 0.0))


def _auc(scored: Scored, weights: Weights) -> Floats:
    hits, misses = _counts_by_rank(scored, weights)
    between = np.diff(hits, axis=1, prepend=0)
    area: Floats = (between * (misses[:, -1:] - (misses + _before(misses)) / 2)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(area / (hits[:, -1] * misses[:, -1]))


def _aucpr(scored: Scored, weights: Weights) -> Floats:
    """Return XGBoost's: precision is interpolated between two thresholds."""
    hits, misses = _counts_by_rank(scored, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, recall_before = hits / hits[:, -1:], _before(hits) / hits[:, -1:]
        rise = (misses - _before(misses)) / (hits - _before(hits))
        slope = 1 + rise
        offset = (_before(misses) - rise * _before(hits)) / hits[:, -1:]
        logarithm = np.log((slope * recall + offset) / (slope * recall_before + offset))
        curved = (recall - recall_before - offset / slope * logarithm) / slope
        straight = (recall - recall_before) / slope
        parts = np.where(offset == 0, straight, curved)
        area = np.where(hits > _before(hits), parts, 0).sum(axis=1)
        return np.where((hits[:, -1] > 0) & (misses[:, -1] > 0), area, np.nan)


def _counts_by_rank(scored: Scored, weights: Weights) -> tuple[Floats, Floats]:
    """Return [b, thresholds]: rows of class 1 and of class 0 at or above each threshold."""
    order = np.argsort(-scored.scores, kind="stable")
    last_of_equals = np.append(np.diff(scored.scores[order]) != 0, True)
    in_order, positive = weights[:, order], scored.labels[order]
    hits = np.cumsum(in_order * positive, axis=1)[:, last_of_equals]
    misses = np.cumsum(in_order * (1 - positive), axis=1)[:, last_of_equals]
    return hits, misses


def _before(counts: Floats) -> Floats:
    return np.concatenate([np.zeros((len(counts), 1)), counts[:, :-1]], axis=1)


_OF_RANKS = {"auc": _auc, "aucpr": _aucpr}
