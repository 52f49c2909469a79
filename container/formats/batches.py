"""Concatenation, selection and densification of batches.

Serving imports this and does without pyarrow, which is imported where it is needed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.formats.dataset import Batch

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


def concatenate(batches: Sequence[Batch]) -> Batch:
    """Return all rows as one batch; a single batch is returned as it is."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        _stack([batch.features for batch in batches]),
        np.concatenate([batch.labels for batch in batches]),
        _concatenate_given([batch.weights for batch in batches]),
        _concatenate_given([batch.groups for batch in batches]),
    )


def select_rows(batch: Batch, places: Places) -> Batch:
    """Return the rows at `places`, in that order."""
    return Batch(
        _selected(batch.features, places),
        batch.labels[places],
        None if batch.weights is None else batch.weights[places],
        None if batch.groups is None else batch.groups[places],
    )


def to_dense(rows: Any) -> Floats:
    """Return a pyarrow.Table, a csr_matrix or an array as [n, width] in which NaN is missing."""
    if isinstance(rows, np.ndarray):
        return np.asarray(rows, dtype=np.float32)
    if hasattr(rows, "tocoo"):
        stored = rows.tocoo()
        filled = np.full(rows.shape, np.nan, dtype=np.float32)
        filled[stored.row, stored.col] = stored.data
        return filled
    columns = [column.to_numpy() for column in rows.columns]
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float32)


def _selected(features: Any, places: Places) -> Any:
    if isinstance(features, np.ndarray):
        return features[places]
    import pyarrow as pa

    return features.take(pa.array(places)) if isinstance(features, pa.Table) else features[places]


def _stack(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    import pyarrow as pa

    if isinstance(parts[0], pa.Table):
        return pa.concat_tables(parts)
    from scipy.sparse import vstack

    return vstack(parts, format="csr")


def _concatenate_given(parts: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if len(given) == len(parts) else None
