"""Training data in npy: tables of numbers, label first, memory-mapped where possible."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from container.channel.data_files import DataFile
from container.formats.dataset import Batch
from container.formats.npy import Header, NpyError, floats, longest_header, read_header

_PIECE_BYTES = 4 * 1024 * 1024
_MAPPED = (np.dtype("<f4"), False)


class NpyChannel:
    """See FormatReader."""

    def __init__(self, files: Sequence[DataFile]) -> None:
        self._files = [(file, _header(file)) for file in files]
        first, header = self._files[0]
        if header.columns < 2:
            raise first.error("has one column; it needs a label and at least one feature")
        for file, other in self._files:
            if other.columns != header.columns:
                raise file.error(f"has {other.columns} columns where {header.columns} are expected")
        self._columns = header.columns

    @property
    def names(self) -> Sequence[str]:
        """See FormatReader."""
        return [f"f{i}" for i in range(self._columns - 1)]

    def memory(self) -> int:
        """See FormatReader."""
        return sum(header.rows * header.columns * 4 for _, header in self._files)

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        for file, header in self._files:
            if (header.kind, header.by_columns) == _MAPPED:
                shape = (header.rows, header.columns)
                yield _batch(file, 0, _mapped(file, header, shape))
            else:
                rows = np.empty((header.rows, header.columns), np.float32)
                for start, piece in _slices(file, header):
                    rows[start : start + len(piece)] = piece
                yield _batch(file, 0, rows)

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        for file, header in self._files:
            for start, rows in _slices(file, header):
                yield _batch(file, start, rows)


def _header(file: DataFile) -> Header:
    with file.path.open("rb") as stream:
        beginning = stream.read(longest_header())
    try:
        header = read_header(beginning, file.size)
    except NpyError as error:
        raise file.error(f"{error}; save one array of numbers, label first") from error
    if not header.rows:
        raise file.error("has no rows; remove it")
    return header


def _mapped(file: DataFile, header: Header, shape: Any) -> Any:
    order = "F" if header.by_columns else "C"
    return np.memmap(file.path, header.kind, "r", header.offset, shape, order)  # type: ignore[call-overload]


def _slices(file: DataFile, header: Header) -> Iterator[tuple[int, Any]]:
    """Yield the rows a piece at a time, and where each piece begins."""
    step = max(_PIECE_BYTES // (header.columns * header.kind.itemsize), 1)
    if header.by_columns:
        # The numbers of a row lie far apart: there is nothing to read from beginning to end.
        table = _mapped(file, header, (header.rows, header.columns))
        for start in range(0, header.rows, step):
            with np.errstate(all="ignore"):
                yield start, np.ascontiguousarray(table[start : start + step], np.float32)
        return
    with file.path.open("rb") as stream:
        stream.seek(header.offset)
        for start in range(0, header.rows, step):
            rows = min(step, header.rows - start)
            numbers = np.fromfile(stream, header.kind, rows * header.columns)
            piece = Header(header.kind, False, rows, header.columns, 0)
            yield start, floats(numbers, piece)


def _batch(file: DataFile, start: int, rows: Any) -> Batch:
    step = max(_PIECE_BYTES // (rows.shape[1] * 4), 1)
    for first in range(0, len(rows), step):
        part = rows[first : first + step]
        wrong = np.isinf(part)
        wrong[:, 0] |= np.isnan(part[:, 0])
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            name = "the label" if column == 0 else f"f{column - 1}"
            raise file.error(
                f"row {start + first + row + 1}: {name} is {part[row, column]}; "
                "only features may be missing, and nothing infinite"
            )
    return Batch(rows[:, 1:], np.array(rows[:, 0]))
