"""Training data in Parquet, label first by position, read by Arrow a bounded piece at a time."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from container.channel.data_files import DataFile
from container.contract.log import log_event
from container.formats import arrow_columns
from container.formats.dataset import Batch

_OF_PANDAS = re.compile(r"__index_level_\d+__")
_PIECE_BYTES = 4 * 1024 * 1024
# For each column, what is read of its file at once.
_BUFFER_BYTES = 16 * 1024
# The last for names that are no text.
_UNREADABLE = (pa.ArrowException, OSError, UnicodeDecodeError)


class ParquetChannel:
    """See FormatReader; the names of the first file's columns are those of all."""

    def __init__(self, files: Sequence[DataFile]) -> None:
        self._files = files
        self._columns = _columns(files[0])
        self._rows = 0
        if len(self._columns) < 2 or len(set(self._columns)) < len(self._columns):
            raise files[0].error(
                f"has {len(self._columns)} column(s); it needs a label and at least one feature, "
                "all with different names"
            )
        for name in filter(_OF_PANDAS.fullmatch, self._columns):
            text = f"{name} is an index that pandas wrote; leave it out with index=False"
            log_event("notice", {"about": files[0].name, "text": text})
        for file in files:
            columns = _columns(file)
            if columns != self._columns:
                raise file.error(
                    f"has other columns than {files[0].name} ({_difference(columns, self._columns)}"
                    "); give all files the same"
                )
            with _open(file) as source:
                self._rows += source.metadata.num_rows

    @property
    def names(self) -> Sequence[str]:
        """See FormatReader."""
        return self._columns[1:]

    def memory(self) -> int:
        """See FormatReader."""
        return self._rows * len(self._columns) * 4

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        for file in self._files:
            with _open(file) as source:
                try:
                    table = source.read()
                except _UNREADABLE as error:
                    raise _unreadable(file, error) from error
            if table.num_rows:
                yield self._batch(file, 0, table, categorical)

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader; pages of every column are in memory, too, usually 2 to 5 MiB."""
        step = max(_PIECE_BYTES // (4 * len(self._columns)), 1)
        for file in self._files:
            start = 0
            with _open(file) as source:
                try:
                    for batch in source.iter_batches(step, use_threads=False):
                        table = pa.Table.from_batches([batch])
                        yield self._batch(file, start, table, categorical)
                        start += table.num_rows
                except _UNREADABLE as error:
                    raise _unreadable(file, error) from error

    def _batch(self, file: DataFile, start: int, table: Any, categorical: Collection[int]) -> Batch:
        columns = []
        for place, (name, column) in enumerate(zip(self._columns, table.columns, strict=True)):
            try:
                raw = place - 1 in categorical
                columns.append(column if raw else arrow_columns.numbers(column))
            except arrow_columns.ColumnError as error:
                place_of_rows = f" (counting from row {start + 1})" if start else ""
                raise file.error(
                    f"column {name} {error}{place_of_rows}; encode text as numbers, or name it in "
                    "categorical_features"
                ) from error
        labels = columns[0].to_numpy()
        if np.isnan(labels).any():
            row = start + int(np.argmax(np.isnan(labels))) + 1
            raise file.error(f"row {row}: the label ({self._columns[0]}) is missing")
        return Batch(pa.table(columns[1:], self._columns[1:]), labels)


def _open(file: DataFile) -> Any:
    try:
        # A row group is read as its pages are needed, not as a whole.
        return pq.ParquetFile(file.path, pre_buffer=False, buffer_size=_BUFFER_BYTES)
    except _UNREADABLE as error:
        raise _unreadable(file, error) from error


def _columns(file: DataFile) -> list[str]:
    with _open(file) as source:
        try:
            names: list[str] = source.schema_arrow.names
        except _UNREADABLE as error:
            raise _unreadable(file, error) from error
    return names


def _difference(columns: Sequence[str], expected: Sequence[str]) -> str:
    extra = [name for name in columns if name not in expected]
    missing = [name for name in expected if name not in columns]
    parts = [("has", extra), ("lacks", missing)]
    said = [f"{what} {', '.join(names[:3])}" for what, names in parts if names]
    return " and ".join(said) or "another order"


def _unreadable(file: DataFile, error: Exception) -> Exception:
    return file.error(f"not readable as Parquet: {str(error).splitlines()[0]}")
