"""Model Monitor baseline: statistics and constraints of held-out rows and predictions."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.sparse

from container.formats.schema import Feature, Schema
from container.metrics.scored import Floats, Scored
from container.protocol import Rows

_BUCKETS = 10
# The parameters of Model Monitor's quantile sketch: `k` items on a level, levels shrink by `c`.
_SKETCH_ITEMS = 512
_SKETCH_SHRINKS = 0.64

_MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


def baseline(schema: Schema, rows: Rows, scored: Scored) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the contents of statistics.json and constraints.json, of held-out rows.

    Not of training rows: predictions on those are more certain than later ones. Predictions are
    listed before features, as in an endpoint's data capture.
    """
    described = [
        _describe(feature, column, scored.rows)
        for feature, column in (*_predictions(scored), *_columns(schema, rows))
    ]
    statistics = {
        "version": 0.0,
        "dataset": {"item_count": scored.rows},
        "features": [statistics for statistics, _ in described],
    }
    constraints = {
        "version": 0.0,
        "features": [constraints for _, constraints in described],
        "monitoring_config": _MONITORING,
    }
    return statistics, constraints


def _predictions(scored: Scored) -> Iterator[tuple[Feature, Floats]]:
    if scored.scores.ndim == 1:
        yield Feature("prediction"), scored.scores
    else:
        for number, column in enumerate(scored.scores.T):
            yield Feature(f"prediction_{number}"), column


def _columns(schema: Schema, rows: Rows) -> Iterator[tuple[Feature, Floats]]:
    """Yield each feature with the values that are not missing."""
    if scipy.sparse.issparse(rows):
        by_column = rows.tocsc()
        ends = zip(by_column.indptr[:-1], by_column.indptr[1:], strict=True)
        columns = [by_column.data[start:end] for start, end in ends]
    else:
        columns = list(rows.T)
    for feature, column in zip(schema.features, columns, strict=True):
        yield feature, column[~np.isnan(column)]


def _describe(
    feature: Feature, present: Floats, rows: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return statistics and constraints of one column with these values in so many rows."""
    common = {"num_present": len(present), "num_missing": rows - len(present)}
    completeness = len(present) / rows
    if feature.categories:
        kind, statistics = "String", {"string_statistics": _text(feature, present, common)}
        constraints: dict[str, Any] = {"string_constraints": {"domains": list(feature.categories)}}
    else:
        values = np.sort(present).astype(np.float64)
        kind, statistics = _kind(values), {"numerical_statistics": _numbers(values, common)}
        is_non_negative = bool(len(values) and values[0] >= 0)
        constraints = {"num_constraints": {"is_non_negative": is_non_negative}}
    named = {"name": feature.name, "inferred_type": kind}
    return {**named, **statistics}, {**named, "completeness": completeness, **constraints}


def _kind(values: Floats) -> str:
    if not len(values):
        return "Unknown"
    return "Integral" if (values == np.floor(values)).all() else "Fractional"


def _text(feature: Feature, codes: Floats, common: dict[str, int]) -> dict[str, Any]:
    counts = np.bincount(codes.astype(np.intp), minlength=len(feature.categories)).tolist()
    buckets = [
        {"value": value, "count": count}
        for value, count in zip(feature.categories, counts, strict=True)
        if count
    ]
    return {
        "common": common,
        "distinct_count": len(buckets),
        "distribution": {"categorical": {"buckets": buckets}},
    }


def _numbers(values: Floats, common: dict[str, int]) -> dict[str, Any]:
    if not len(values):
        return {"common": common}
    return {
        "common": common,
        "mean": float(values.mean()),
        "sum": float(values.sum()),
        "std_dev": float(values.std()),
        "min": _as_read(values[0]),
        "max": _as_read(values[-1]),
        "distribution": {
            "kll": {
                "buckets": _buckets(values),
                "sketch": {
                    "parameters": {"c": _SKETCH_SHRINKS, "k": _SKETCH_ITEMS},
                    "data": _sketch(values),
                },
            }
        },
    }


def _buckets(values: Floats) -> list[dict[str, float]]:
    """Return ten buckets of one width, or one when all values are equal."""
    if values[0] == values[-1]:
        return [_bucket(values[0], values[0], len(values))]
    counts, edges = np.histogram(values, _BUCKETS)
    return [
        _bucket(low, high, count)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _bucket(low: float, high: float, count: int) -> dict[str, float]:
    return {"lower_bound": _as_read(low), "upper_bound": _as_read(high), "count": float(count)}


def _as_read(number: float) -> float:
    """Return the shortest decimal of a 32-bit number: 0.1, not 0.10000000149."""
    return float(str(np.float32(number)))


def _sketch(values: Floats) -> list[list[float]]:
    """Return sorted values on levels: an item of level `i` stands for 2^i of them."""
    levels = max(0, int(np.ceil(np.log2(len(values) / _SKETCH_ITEMS))))
    data: list[list[float]] = []
    first = 0
    for level in range(levels):
        # The lowest bits of the count are used first, so that the rest divides into whole groups.
        stands_for = 2**level
        here = len(values) & stands_for
        data.append(_every(stands_for, values[first : first + here]))
        first += here
    return [*data, _every(2**levels, values[first:])]


def _every(step: int, values: Floats) -> list[float]:
    return [_as_read(value) for value in values[step // 2 :: step]]
