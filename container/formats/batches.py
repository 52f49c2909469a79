"""Batches joined into one, and some rows of one: whatever their features are kept in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse
from numpy.typing import NDArray

from container.formats.dataset import Batch, Dataset

Places = NDArray[np.int64]


def joined(data: Dataset) -> Batch:
    """All rows as one batch; a single batch is returned as it is."""
    batches = list(data.batches())
    if len(batches) == 1:
        return batches[0]
    return Batch(
        _stacked([batch.features for batch in batches]),
        np.concatenate([batch.labels for batch in batches]),
        _concatenated([batch.weights for batch in batches]),
        _concatenated([batch.groups for batch in batches]),
    )


def some_rows(batch: Batch, places: Places) -> Batch:
    """The rows at `places`, in that order."""
    features = batch.features
    return Batch(
        features.take(pa.array(places)) if isinstance(features, pa.Table) else features[places],
        batch.labels[places],
        None if batch.weights is None else batch.weights[places],
        None if batch.groups is None else batch.groups[places],
    )


def as_rows(features: Any) -> Any:
    """Features as an algorithm predicts them: an array, or a csr_matrix as it is."""
    if not isinstance(features, pa.Table):
        return features
    columns = [column.to_numpy() for column in features.columns]
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float32)


def _stacked(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], pa.Table):
        return pa.concat_tables(parts)
    if scipy.sparse.issparse(parts[0]):
        return scipy.sparse.vstack(parts, "csr")
    return np.concatenate(parts)


def _concatenated(parts: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if len(given) == len(parts) else None
