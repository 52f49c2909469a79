"""Rows of every kind as one array, for an algorithm that takes nothing else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def dense(rows: Any) -> Floats:
    """A pyarrow.Table, a csr_matrix or an array as [n, width] in which NaN is missing."""
    if isinstance(rows, np.ndarray):
        return np.asarray(rows, dtype=np.float32)
    if hasattr(rows, "tocoo"):
        stored = rows.tocoo()
        filled = np.full(rows.shape, np.nan, dtype=np.float32)
        filled[stored.row, stored.col] = stored.data
        return filled
    columns = [column.to_numpy() for column in rows.columns]
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float32)
