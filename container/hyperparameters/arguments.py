"""Arguments of XGBoost's matrices beside the values: labels, weights, queries, types, names."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import InputError
from container.formats.dataset import Batch
from container.formats.schema import Schema
from container.hyperparameters.values import Hyperparameters

Floats = NDArray[np.float32]
Queries = NDArray[np.uint32]

# Numbers of four bytes.
_MOST_COPIED = 16 * 1024**2


def batch_arguments(chosen: Hyperparameters, batch: Batch, schema: Schema) -> dict[str, Any]:
    """Return XGBoost's arguments by name; raises InputError for weights that it cannot use."""
    labels = label_arguments(chosen, batch.labels, batch.weights, batch.groups)
    kinds = feature_types(schema.width, schema.categorical)
    # XGBoost reads a table column by column, four times: of few rows that is most of the work.
    is_wide = batch.rows < schema.width and batch.rows * schema.width <= _MOST_COPIED
    data = batch.as_rows() if is_wide and not schema.categorical else batch.features
    return {"data": data, "feature_types": kinds, **labels}


def label_arguments(
    chosen: Hyperparameters, labels: Floats, weights: Floats | None, groups: Queries | None
) -> dict[str, Any]:
    """Return XGBoost's arguments by name; raises InputError for weights that vary in a query.

    Queries count for ranking alone. Failure times are exact: plain labels are both their bounds.
    """
    if chosen.objective.task != "ranking":
        bounds = ("label_lower_bound", "label_upper_bound")
        more = dict.fromkeys(bounds, labels) if chosen.objective_name == "survival:aft" else {}
        return {"label": labels, "weight": weights, **more}
    queries = np.zeros(len(labels), np.uint32) if groups is None else _numbered(groups)
    by_query = None if weights is None else _by_query(weights, queries)
    return {"label": labels, "weight": by_query, "qid": queries}


def feature_types(width: int, categorical: Sequence[int]) -> list[str] | None:
    """Return the kind of each column where some hold categories."""
    if not categorical:
        return None
    return ["c" if i in categorical else "q" for i in range(width)]


def names_for_xgboost(names: Sequence[str] | None) -> list[str] | None:
    """Return the names of columns, unless XGBoost does not accept them."""
    usable = names is not None and len(set(names)) == len(names)
    if names is None or not usable or any(set(name) & set("[]<") for name in names):
        return None
    return list(names)


def _numbered(groups: Queries) -> Queries:
    """Return the query of each row, counted from 0: neighbours of one number are one query."""
    starts = np.diff(groups, prepend=groups[:1]) != 0
    return np.cumsum(starts, dtype=np.uint32)


def _by_query(weights: Floats, queries: Queries) -> Floats:
    first = np.searchsorted(queries, np.arange(int(queries[-1]) + 1))
    wrong = np.flatnonzero(weights != weights[first][queries])
    if wrong.size:
        raise InputError(
            f"input/data: row {wrong[0] + 1} weighs otherwise than the first row of its query; "
            "ranking weighs whole queries, so give all rows of a query one weight"
        )
    return weights[first]
