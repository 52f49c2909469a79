"""Model Monitor's model quality statistics."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from container.metrics import curves, weighted
from container.metrics.scored import Floats, Scored, Weights

_CURVE_POINTS = 101
_OF_NUMBERS = ("mae", "mse", "rmse", "r2")


def statistics(scored: Scored, deviations: Mapping[str, float]) -> dict[str, Any]:
    """Return the content of statistics.json; Model Monitor has none for ranking, survival."""
    document = {"version": 0.0, "dataset": {"item_count": scored.rows}}
    found = {
        name: _value(float(number[0]), deviations.get(name, math.nan))
        for name, number in values(scored, np.ones((1, scored.rows))).items()
        if math.isfinite(number[0])
    }
    if not scored.task.is_classification:
        return {**document, "regression_metrics": found} if found else document
    table = {"confusion_matrix": _table(scored)}
    if scored.task.kind == "multiclass":
        return {**document, "multiclass_classification_metrics": {**table, **found}}
    return {**document, "binary_classification_metrics": {**table, **found, **_curves(scored)}}


def values(scored: Scored, weights: Weights) -> dict[str, Floats]:
    """Return the numbers of statistics.json [b], for rows with `weights` [b, n]."""
    # Model Monitor knows no weights.
    scored = replace(scored, weights=None)
    if scored.task.kind == "binary":
        return _of_matrices(_binary, scored, weights) | weighted.values(scored, ["auc"], weights)
    if scored.task.kind == "multiclass":
        return _of_matrices(_multiclass, scored, weights)
    if scored.task.kind == "quantiles" and 0.5 in scored.task.quantiles:
        median = scored.scores[:, scored.task.quantiles.index(0.5)]
        scored = replace(scored, task=replace(scored.task, kind="regression"), scores=median)
    if scored.task.kind == "regression":
        return weighted.values(scored, _OF_NUMBERS, weights)
    return {}


def _of_matrices(describe: Any, scored: Scored, weights: Weights) -> dict[str, Floats]:
    described = [describe(matrix) for matrix in weighted.confusions(scored, weights)]
    return {name: np.array([each[name] for each in described]) for name in described[0]}


def _value(number: float, deviation: float) -> dict[str, Any]:
    # Model Monitor itself writes the text "NaN" where it has no deviation.
    shown = deviation if math.isfinite(deviation) else "NaN"
    return {"value": number, "standard_deviation": shown}


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _f_score(precision: float, recall: float, beta: float) -> float:
    return _share((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def _table(scored: Scored) -> dict[str, dict[str, int]]:
    matrix = weighted.confusion(scored)
    return {
        str(i): {str(j): int(count) for j, count in enumerate(row)} for i, row in enumerate(matrix)
    }


def _binary(matrix: Floats) -> dict[str, float]:
    (true_no, false_yes), (false_no, true_yes) = matrix.tolist()
    negatives, positives = true_no + false_yes, true_yes + false_no
    precision, recall = _share(true_yes, true_yes + false_yes), _share(true_yes, positives)
    return {
        "recall": recall,
        "precision": precision,
        "accuracy": _share(true_yes + true_no, negatives + positives),
        "true_positive_rate": recall,
        "true_negative_rate": _share(true_no, negatives),
        "false_positive_rate": _share(false_yes, negatives),
        "false_negative_rate": _share(false_no, positives),
        "f0_5": _f_score(precision, recall, 0.5),
        "f1": _f_score(precision, recall, 1.0),
        "f2": _f_score(precision, recall, 2.0),
    }


def _multiclass(matrix: Floats) -> dict[str, float]:
    support = matrix.sum(axis=1)
    hits = np.diag(matrix)
    recalls = [_share(hit, total) for hit, total in zip(hits, support, strict=True)]
    precisions = [_share(hit, total) for hit, total in zip(hits, matrix.sum(axis=0), strict=True)]
    per_class = {
        "weighted_recall": recalls,
        "weighted_precision": precisions,
        "weighted_f0_5": _f_scores(precisions, recalls, 0.5),
        "weighted_f1": _f_scores(precisions, recalls, 1.0),
        "weighted_f2": _f_scores(precisions, recalls, 2.0),
    }
    accuracy = _share(float(hits.sum()), float(matrix.sum()))
    return {"accuracy": accuracy} | {
        name: _share(float(np.dot(support, values)), float(support.sum()))
        for name, values in per_class.items()
    }


def _f_scores(precisions: list[float], recalls: list[float], beta: float) -> list[float]:
    pairs = zip(precisions, recalls, strict=True)
    return [_f_score(precision, recall, beta) for precision, recall in pairs]


def _curves(scored: Scored) -> dict[str, Any]:
    """Return both curves at no more than 101 thresholds."""
    found = curves.ranking(scored)
    if found is None:
        return {}
    last = len(found.recalls) - 1
    chosen = np.unique(np.linspace(0, last, _CURVE_POINTS).round().astype(int))
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": found.false_positive_rates[chosen].tolist(),
            "true_positive_rates": found.recalls[chosen].tolist(),
        },
        "precision_recall_curve": {
            "precisions": found.precisions[chosen].tolist(),
            "recalls": found.recalls[chosen].tolist(),
        },
    }
