"""Request bodies in RecordIO-protobuf: one frame per row, all dense or all sparse."""

import io
from typing import Any

import numpy as np

from container.contract.http_errors import bad_request
from container.formats.recordio import Record, RecordError, read_frames, read_record
from container.formats.text_numbers import TOO_LARGE
from container.request.limits import check_row_count, check_width
from container.request.sparse_rows import SparseRows

# What a record may have beside its numbers, and for each of them: a key and a value at most.
_FREE_BYTES, _NUMBER_BYTES = 65_536, 32


def read_recordio(body: bytes, width: int, *, lenient: bool) -> Any:
    """Parse Floats [n, columns], or a csr_matrix if the first record has keys; HTTPError."""
    rows = _Rows(width, lenient)
    number = 1
    try:
        for payload in read_frames(io.BytesIO(body), len(body)):
            check_row_count(number)
            if len(payload) > _FREE_BYTES + _NUMBER_BYTES * width:
                raise RecordError(f"is too long for {width} features")
            rows.add(f"record {number}", read_record(payload))
            number += 1
    except RecordError as error:
        raise bad_request(f"record {number} {error}") from error
    return rows.found()


class _Rows:
    """The rows of one request; the first determines whether all are dense."""

    def __init__(self, width: int, lenient: bool) -> None:
        self._width = width
        self._lenient = lenient
        self._dense: list[Any] = []
        self._sparse: SparseRows | None = None

    def add(self, where: str, record: Record) -> None:
        if not len(record.values) and record.width is None and not self._sparse and not self._dense:
            raise bad_request(f"{where} has no numbers; send {self._width} features")
        if record.keys is None:
            self._add_dense(where, record)
        else:
            self._add_sparse(where, record)

    def found(self) -> Any:
        return np.concatenate(self._dense) if self._sparse is None else self._sparse.matrix()

    def _add_dense(self, where: str, record: Record) -> None:
        if self._sparse is not None:
            raise bad_request(f"{where} has no keys but those before have; send one form")
        width = self._dense[0].shape[1] if self._dense else self._width
        check_width(where, len(record.values), width, self._lenient and not self._dense)
        wrong = np.abs(record.values) >= TOO_LARGE
        if wrong.any():
            feature = int(np.flatnonzero(wrong)[0]) + 1
            raise bad_request(f"{where}, feature {feature} is too large for a 32-bit number")
        self._dense.append(record.values.astype(np.float32)[None])

    def _add_sparse(self, where: str, record: Record) -> None:
        if self._dense:
            raise bad_request(f"{where} has keys but those before have not; send one form")
        if self._sparse is None:
            self._sparse = SparseRows(self._width)
        if record.width is not None and record.width > self._width:
            check_width(where, record.width, self._width)
        keys = record.keys.tolist() if record.keys is not None else []
        if keys and max(keys) >= self._width:
            raise bad_request(f"{where} has a key beyond the {self._width} features of this model")
        self._sparse.add(where, keys, record.values.tolist())
