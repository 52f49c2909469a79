"""Training data in RecordIO-protobuf: label, features and an optional weight in every record."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from container.channel.data_files import DataFile
from container.formats.dataset import Batch
from container.formats.libsvm_lines import MAX_COLUMNS
from container.formats.recordio import Record, RecordError, read_frames, read_record
from container.formats.schema import Schema
from container.formats.text_numbers import TOO_LARGE

_CHUNK_NUMBERS = 1024 * 1024


class RecordioChannel:
    """See FormatReader; the first record says whether all are dense."""

    def __init__(self, files: Sequence[DataFile], expected: Schema | None) -> None:
        self._files = files
        first = next(_records(files[0]), None)
        if first is None:
            raise files[0].error("has no records; remove it")
        self._dense = first.keys is None
        self._width = len(first.values)
        self._limit = MAX_COLUMNS if expected is None else expected.width

    @property
    def names(self) -> Sequence[str] | None:
        """See FormatReader."""
        return [f"f{i}" for i in range(self._width)] if self._dense else None

    def memory(self) -> int:
        """See FormatReader; a number takes no less in a file than in memory."""
        return sum(file.size for file in self._files)

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        return self.pieces(categorical)

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        for file in self._files:
            records: list[Record] = []
            size = 0
            for number, record in enumerate(_records(file), 1):
                self._check(file, number, record)
                records.append(record)
                size += len(record.values) + 1
                if size > _CHUNK_NUMBERS:
                    yield self._batch(file, number, records)
                    records, size = [], 0
            if records:
                yield self._batch(file, number, records)

    def _check(self, file: DataFile, number: int, record: Record) -> None:
        where = f"record {number}"
        for name, value in (("label", record.label), ("weight", record.weight)):
            if value is not None and not abs(value) < TOO_LARGE:
                raise file.error(f"{where}: the {name} is {value}")
        if record.label is None:
            raise file.error(f'{where} has no label["values"]; give every record a label')
        if (record.keys is None) != self._dense:
            form = "dense" if self._dense else "sparse"
            raise file.error(f"{where} is not {form} as the first record is; use one form")
        if self._dense and len(record.values) != self._width:
            width = len(record.values)
            raise file.error(f"{where} has {width} features where {self._width} are expected")
        largest = max(record.width or 0, 0 if record.keys is None else _end(record.keys))
        if largest > self._limit:
            raise file.error(f"{where} has {largest} features where {self._limit} are the most")
        if (np.abs(record.values) >= TOO_LARGE).any():
            raise file.error(f"{where} has a number that is too large for 32 bits")

    def _batch(self, file: DataFile, last: int, records: Sequence[Record]) -> Batch:
        weights = [record.weight for record in records if record.weight is not None]
        if weights and len(weights) < len(records):
            raise file.error(f"only some records up to {last} have a weight; give all one")
        labels = [math.nan if record.label is None else record.label for record in records]
        return Batch(
            self._features(records),
            np.array(labels, np.float32),
            np.array(weights, np.float32) if weights else None,
        )

    def _features(self, records: Sequence[Record]) -> Any:
        values = [record.values for record in records]
        if self._dense:
            return np.array(values, np.float32)
        from scipy.sparse import csr_matrix

        keys = [record.keys for record in records if record.keys is not None]
        ends = np.cumsum([0, *map(len, keys)])
        width = max(max(record.width or 0, _end(record.keys)) for record in records)
        columns = np.concatenate(keys)
        matrix = csr_matrix(
            (np.concatenate(values).astype(np.float32), columns, ends), (len(records), width)
        )
        matrix.sort_indices()
        return matrix


def _records(file: DataFile) -> Iterator[Record]:
    number = 1
    try:
        with file.path.open("rb") as stream:
            for payload in read_frames(stream, file.size):
                yield read_record(payload)
                number += 1
    except RecordError as error:
        raise file.error(f"record {number} {error}") from error


def _end(keys: Any) -> int:
    return int(keys.max()) + 1 if len(keys) else 0
