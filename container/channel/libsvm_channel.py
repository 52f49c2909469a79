"""Training data in libsvm, with optional weight files beside the data files.

A file `NAME.weights` or `NAME.weight` belongs to a file `NAME` in the same folder when its first
line is a single number; otherwise it is a data file like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from container.channel.data_files import DataFile
from container.channel.file_kinds import other_kind
from container.formats.dataset import Batch, Floats
from container.formats.libsvm import read_block
from container.formats.libsvm_lines import MAX_COLUMNS, LibsvmError
from container.formats.media import Format
from container.formats.schema import Schema
from container.formats.text_numbers import NotANumberError, is_number, read_number

_BLOCK_BYTES = 1024 * 1024
_COMPANIONS = ("weights", "weight")


class LibsvmChannel:
    """See FormatReader."""

    names = None

    def __init__(self, files: Sequence[DataFile], expected: Schema | None) -> None:
        by_name = {file.plain_name: file for file in files}
        self._weights: dict[DataFile, DataFile] = {}
        for file in files:
            name, _, suffix = file.plain_name.rpartition(".")
            of = by_name.get(name)
            if suffix in _COMPANIONS and of is not None and _is_weights(file):
                self._weights[of] = file
        companions = set(self._weights.values())
        self._files = [file for file in files if file not in companions]
        self._limit = MAX_COLUMNS if expected is None else expected.width

    def memory(self) -> int:
        """See FormatReader; a pair takes 8 bytes, a row 12."""
        sample = self._files[0].sample()
        size = 8 * sample.count(b":") + 12 * (sample.count(b"\n") + 1)
        return sum(file.size for file in self._files) * size // len(sample)

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        return self.pieces(categorical)

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        queries = _Queries()
        for file in self._files:
            companion = self._weights.get(file)
            batches = self._batches(file)
            if companion is not None:
                batches = _weighted(file, batches, companion)
            for batch in batches:
                yield batch if batch.groups is None else queries.numbered(batch)

    def _batches(self, file: DataFile) -> Iterator[Batch]:
        lines = rows = 0
        for text in file.blocks(_BLOCK_BYTES):
            try:
                block = read_block(text, labelled=True)
            except LibsvmError as error:
                what = f"line {lines + error.line} {error}"
                raise file.error(other_kind(file, Format.LIBSVM) or what) from error
            if block.width > self._limit:
                pair = int(np.argmax(block.columns >= self._limit))
                row = rows + int(np.searchsorted(block.ends, pair, "right"))
                raise file.error(
                    f"row {row} has index {block.columns[pair]}; the largest may be "
                    f"{self._limit - 1}"
                )
            lines += text.count(b"\n")
            rows += len(block.labels)
            if len(block.labels):
                features = block.matrix(block.width)
                yield Batch(features, block.labels, block.weights, block.groups)


class _Queries:
    """Numbers queries by their runs of rows: files may start from any number."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._number = 0

    def numbered(self, batch: Batch) -> Batch:
        """Return the batch with groups that never fall; it has some."""
        given: Any = batch.groups
        begins = np.append(self._last is not None and given[0] != self._last, np.diff(given) != 0)
        groups = self._number + np.cumsum(begins)
        self._last, self._number = int(given[-1]), int(groups[-1])
        return replace(batch, groups=groups.astype(np.uint32))


def _weighted(file: DataFile, batches: Iterator[Batch], companion: DataFile) -> Iterator[Batch]:
    """Yield the batches of a file with the weights of its companion."""
    weights = _read_weights(companion)
    rows = 0
    for batch in batches:
        if batch.weights is not None:
            raise file.error(f"has weights of its own and those of {companion.name}; keep one")
        rows += batch.rows
        if rows <= len(weights):
            yield replace(batch, weights=weights[rows - batch.rows : rows])
    if rows != len(weights):
        raise file.error(f"has {rows} rows but {companion.name} has {len(weights)} weights")


def _is_weights(file: DataFile) -> bool:
    return is_number(file.sample().partition(b"\n")[0].decode(errors="replace").strip())


def _read_weights(file: DataFile) -> Floats:
    weights: list[float] = []
    with file.path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            try:
                weights.append(read_number(line.strip()))
            except NotANumberError as error:
                raise file.error(f"line {number} {error}; give one weight per line") from error
    found = np.array(weights, np.float32)
    if (found < 0).any():
        negative = int(np.argmax(found < 0))
        raise file.error(
            f"line {negative + 1} is negative; got {found[negative]:g}; a weight is 0 or more"
        )
    if np.isnan(found).any():
        empty = int(np.argmax(np.isnan(found))) + 1
        raise file.error(f"line {empty} is empty; give every row a weight")
    return found
