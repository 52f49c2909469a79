"""Describes predictions in the shape of Model Monitor's model quality statistics."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.evaluation.metrics import Counts, confusion, predicted_classes, regression_metric

Floats = NDArray[np.float32]

_CURVE_POINTS = 101


def statistics(signature: Mapping[str, Any], labels: Floats, scores: Floats) -> dict[str, Any]:
    """The content of statistics.json for the scores of the labelled rows."""
    return {
        "version": 0.0,
        "dataset": {"item_count": len(labels)},
        **_metrics(signature, labels, scores),
    }


def _metrics(signature: Mapping[str, Any], labels: Floats, scores: Floats) -> dict[str, Any]:
    if signature["task"] == "regression":
        return {"regression_metrics": _regression(labels, scores)}
    classes = int(signature["classes"])
    predicted = predicted_classes(scores, signature["threshold"])
    matrix = confusion(labels, predicted, classes)
    if signature["task"] == "multiclass":
        return {"multiclass_classification_metrics": _multiclass(matrix)}
    return {"binary_classification_metrics": {**_binary(matrix), **_curves(labels, scores)}}


def _value(number: float) -> dict[str, Any]:
    # Model Monitor itself writes the text "NaN" where it did not sample.
    return {"value": float(number), "standard_deviation": "NaN"}


def _regression(labels: Floats, scores: Floats) -> dict[str, Any]:
    mse = regression_metric("mse", labels, scores)
    return {
        "mae": _value(float(np.mean(np.abs(labels.astype(np.float64) - scores)))),
        "mse": _value(mse),
        "rmse": _value(mse**0.5),
        "r2": _value(regression_metric("r2", labels, scores)),
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _f_score(precision: float, recall: float, beta: float) -> float:
    return _share((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def _table(matrix: Counts) -> dict[str, dict[str, int]]:
    return {
        str(i): {str(j): int(count) for j, count in enumerate(row)} for i, row in enumerate(matrix)
    }


def _binary(matrix: Counts) -> dict[str, Any]:
    (true_no, false_yes), (false_no, true_yes) = matrix.tolist()
    negatives, positives = true_no + false_yes, true_yes + false_no
    precision, recall = _share(true_yes, true_yes + false_yes), _share(true_yes, positives)
    values = {
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
    named = {name: _value(number) for name, number in values.items()}
    return {"confusion_matrix": _table(matrix), **named}


def _multiclass(matrix: Counts) -> dict[str, Any]:
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
    weighted = {
        name: _value(_share(float(np.dot(support, values)), float(support.sum())))
        for name, values in per_class.items()
    }
    accuracy = _value(_share(float(hits.sum()), float(matrix.sum())))
    return {"confusion_matrix": _table(matrix), "accuracy": accuracy, **weighted}


def _f_scores(precisions: list[float], recalls: list[float], beta: float) -> list[float]:
    pairs = zip(precisions, recalls, strict=True)
    return [_f_score(precision, recall, beta) for precision, recall in pairs]


def _curves(labels: Floats, scores: Floats) -> dict[str, Any]:
    """Both curves at no more than 101 thresholds, and the exact area below the first."""
    order = np.argsort(-scores, kind="stable")
    last_of_equals = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(labels[order] == 1)[last_of_equals].astype(np.float64)
    misses = np.cumsum(labels[order] == 0)[last_of_equals].astype(np.float64)
    if hits[-1] == 0 or misses[-1] == 0:
        return {}
    recalls = np.concatenate([[0.0], hits / hits[-1]])
    false_rates = np.concatenate([[0.0], misses / misses[-1]])
    precisions = np.concatenate([[1.0], hits / (hits + misses)])
    area = float(np.sum(np.diff(false_rates) * (recalls[1:] + recalls[:-1]) / 2))
    chosen = np.unique(np.linspace(0, len(recalls) - 1, _CURVE_POINTS).round().astype(int))
    return {
        "auc": _value(area),
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": false_rates[chosen].tolist(),
            "true_positive_rates": recalls[chosen].tolist(),
        },
        "precision_recall_curve": {
            "precisions": precisions[chosen].tolist(),
            "recalls": recalls[chosen].tolist(),
        },
    }
