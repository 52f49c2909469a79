"""Training data in CSV, label first, read by Arrow: whole files, or some lines at a time."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from container.channel.csv_dialect import find_dialect, first_line
from container.channel.csv_errors import csv_error
from container.channel.data_files import DataFile
from container.channel.file_kinds import NOT_UTF8, other_kind
from container.contract.errors import InputError
from container.formats.dataset import Batch
from container.formats.media import Format
from container.formats.text_numbers import MISSING

_PIECE_BYTES = 2 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024
_TEXT = pa.dictionary(pa.int32(), pa.string())


class CsvChannel:
    """See FormatReader; the delimiter and the columns of the first file are those of all."""

    def __init__(self, files: Sequence[DataFile], *, header: bool, weighted: bool) -> None:
        self._files = files
        if header:
            # No number is expected in its first line, so that anything would do.
            _refuse_other_kinds(files)
        try:
            self._dialect = find_dialect(files[0], header=header, weighted=weighted)
        except InputError:
            _refuse_other_kinds(files[:1])
            raise
        if any("\ufffd" in name for name in self._dialect.features):
            raise files[0].error(NOT_UTF8)

    @property
    def names(self) -> Sequence[str]:
        """See FormatReader."""
        return self._dialect.features

    def memory(self) -> int:
        """See FormatReader; as many fields per byte as at the beginning of the first file."""
        sample = self._files[0].sample()
        fields = sample.count(self._dialect.delimiter.encode()) + sample.count(b"\n") + 1
        return sum(file.size for file in self._files) * fields // len(sample) * 4

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader."""
        for file in self._files:
            # Of a path, Arrow would believe an ending such as .gz, whatever the file holds.
            with pa.OSFile(str(file.path)) as source:
                yield self._read(file, source, self._header_lines(file), categorical)

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """See FormatReader; Arrow's own reader of pieces keeps dozens of them in memory."""
        for file in self._files:
            header_lines = self._header_lines(file)
            for block in file.blocks(_PIECE_BYTES):
                if block.strip(b"\r\n"):
                    yield self._read(file, pa.BufferReader(block), header_lines, categorical)
                header_lines = 0

    def _read(
        self, file: DataFile, source: Any, header_lines: int, categorical: Collection[int]
    ) -> Batch:
        dialect = self._dialect
        leading = len(dialect.leading)
        types = {
            name: _TEXT if place - leading in categorical else pa.float32()
            for place, name in enumerate(dialect.columns)
        }
        read = pyarrow.csv.ReadOptions(
            column_names=dialect.columns, skip_rows=header_lines, block_size=self._block_bytes(file)
        )
        parse = pyarrow.csv.ParseOptions(delimiter=dialect.delimiter)
        # Texts keep all spellings: NA may be a country.
        convert = pyarrow.csv.ConvertOptions(column_types=types, null_values=sorted(MISSING))
        try:
            table = pyarrow.csv.read_csv(source, read, parse, convert)
        except (pa.ArrowException, UnicodeDecodeError) as error:
            raise csv_error(file, dialect, categorical, error) from error
        return self._batch(file, table, categorical)

    def _block_bytes(self, file: DataFile) -> int:
        """Return what Arrow parses at once, which must be longer than a line."""
        return max(_BLOCK_BYTES, 2 * max(map(len, file.sample().split(b"\n"))))

    def _header_lines(self, file: DataFile) -> int:
        """Return number of header lines of a file; the header must be that of the first file."""
        if not self._dialect.header:
            return 0
        number, fields = first_line(file, self._dialect.delimiter)
        names = fields[len(self._dialect.leading) :]
        if names != list(self._dialect.features):
            raise file.error(
                f"line {number} is not the header of {self._files[0].name}; give all files the same"
            )
        return number

    def _batch(self, file: DataFile, table: Any, categorical: Collection[int]) -> Batch:
        dialect = self._dialect
        leading = dialect.leading
        numbers = [column for column in table.columns if column.type == pa.float32()]
        values = [table[name].to_numpy() for name in leading]
        if any(map(_has_infinity, numbers)) or any(np.isnan(each).any() for each in values):
            reason = "a number is infinite, or a label or weight is missing"
            raise csv_error(file, dialect, categorical, reason)
        if any((each < 0).any() for each in values[1:]):
            raise csv_error(file, dialect, categorical, "a weight is negative")
        # In pieces it would end with its line; it must not depend on the memory there is.
        if any(_goes_on(column) for column in table.columns if column.type == _TEXT):
            raise csv_error(file, dialect, categorical, "a text goes over several lines")
        features = table.drop_columns(list(leading)).rename_columns(list(dialect.features))
        return Batch(features, *values)


def _refuse_other_kinds(files: Sequence[DataFile]) -> None:
    for file in files:
        if found := other_kind(file, Format.CSV):
            raise file.error(found)


def _goes_on(column: Any) -> bool:
    texts = (chunk.dictionary for chunk in column.chunks)
    return any(pc.any(pc.match_substring_regex(text, "[\r\n]")).as_py() for text in texts)


def _has_infinity(column: Any) -> bool:
    return bool(pc.any(pc.is_inf(column)).as_py())
