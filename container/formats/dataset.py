"""Labelled rows as algorithms take them: in memory, or read again for each pass."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.formats.schema import ColumnNames, Schema

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """Labelled rows that fit into memory.

    `features` is a pyarrow.Table of float32 (null: missing), an array of float32 (NaN: missing) or
    a scipy csr_matrix (not stored: missing). `groups` numbers the query of each row, for ranking:
    it never falls, and rows of one query follow each other.
    """

    features: Any
    labels: Floats
    weights: Floats | None = None
    groups: NDArray[np.uint32] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    def as_rows(self) -> Any:
        """Return the features as models predict from them: Floats in C order, or a csr_matrix."""
        features = self.features
        if hasattr(features, "column_names"):
            rows = np.empty((features.num_rows, features.num_columns), np.float32)
            for i, column in enumerate(features.columns):
                rows[:, i] = column.to_numpy()
            return rows
        return np.ascontiguousarray(features) if isinstance(features, np.ndarray) else features


@dataclass(frozen=True)
class Dataset:
    """The rows of one channel, whose labels are always in memory.

    In memory there is exactly one batch; otherwise `batches` reads the files again for every pass.
    """

    schema: Schema
    labels: Floats
    batches: Callable[[], Iterator[Batch]]
    in_memory: bool = True

    @classmethod
    def of(cls, schema: Schema, batch: Batch) -> "Dataset":
        """Return rows that are in memory already."""
        return cls(schema, batch.labels, lambda: iter([batch]))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)


@dataclass(frozen=True)
class ReadOptions:
    """How the files of a channel are to be read.

    `content_type` "": found out from the first file. `weighted`: in CSV, the column after the
    label is a weight. `categorical`: names or positions of features (the first is 0) that hold
    categories. `schema`: the columns that training had; the files must have the same. `memory`:
    how many bytes of 32-bit numbers may be kept; data beyond it is read anew for every pass.
    `columns`: what lies beside the files as `_columns.json`.
    """

    content_type: str = ""
    weighted: bool = False
    categorical: Sequence[str] = ()
    schema: Schema | None = None
    memory: int | None = None
    columns: ColumnNames | None = None
