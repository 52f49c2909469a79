"""Validation of Parquet footers: Arrow aborts the process over some malformed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from container.formats.thrift import BINARY, INT, LIST, STRUCT, ThriftError, ThriftReader
from container.formats.thrift import write_list as thrift_list
from container.formats.thrift import write_struct as thrift_struct

MAGIC = b"PAR1"

_I32 = 5
# How many values a footer may have: some, and for each column of each row group.
_FREE_VALUES, _CHUNK_VALUES = 50_000, 100
_MAX_ROW_GROUPS = 256
_PAGE_VALUES = 1_000
_OPTIONAL = 1
_CODECS = (0, 1, 2, 4, 5, 6, 7)
# Parquet's numbers of its types: boolean, int32, int64, float, double; and bytes.
_NUMBERS = (0, 1, 2, 4, 5)
_BYTES = 6
_UTF8, _WHOLE_NUMBERS = 0, range(11, 19)
_LOGICAL_STRING, _LOGICAL_INTEGER, _LOGICAL_NULL = 1, 10, 11


class FooterError(ValueError):
    """Why a footer cannot be read, as the end of a sentence."""


@dataclass(frozen=True)
class Column:
    """A flat column of numbers or (`text`) of texts; neither of the two: `other`."""

    name: str
    text: bool
    other: bool
    fields: Sequence[tuple[int, int, Any]]


@dataclass(frozen=True)
class Chunk:
    """Position and metadata of the pages of a column in one row group."""

    kind: int
    codec: int
    values: int
    uncompressed: int
    compressed: int
    data: int
    dictionary: int | None

    @property
    def extent(self) -> tuple[int, int]:
        """The first byte, and the one behind the last."""
        start = min(self.data, self.dictionary) if self.dictionary else self.data
        return start, start + self.compressed


@dataclass(frozen=True)
class Footer:
    """What a body claims to hold; of its chunks every column has one in each row group."""

    rows: int
    columns: Sequence[Column]
    row_groups: Sequence[tuple[int, Sequence[Chunk]]]
    start: int


def read_footer(body: bytes, most_columns: int) -> Footer:
    """Read the footer of a body; raises FooterError, also for many more than `max_columns`."""
    length = int.from_bytes(body[-8:-4], "little")
    start = len(body) - 8 - length
    if body[:4] != MAGIC or body[-4:] != MAGIC or start < 4:
        raise FooterError("not Parquet")
    budget = _FREE_VALUES + _CHUNK_VALUES * most_columns
    try:
        document = ThriftReader(body, start, len(body) - 8, budget).struct()
        columns = [_column(element) for element in document[2][1:]]
        groups = [_row_group(group, columns) for group in document[4]]
    except (ThriftError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise FooterError("not a footer") from error
    rows = document.get(3)
    if len(groups) > _MAX_ROW_GROUPS or rows != sum(count for count, _ in groups):
        raise FooterError("row groups that do not add up")
    return Footer(rows, columns, groups, start)


def read_page_sizes(body: bytes, footer: Footer) -> Iterator[int]:
    """Yield the uncompressed size of each page, by its own header; raises FooterError."""
    for _, chunks in footer.row_groups:
        for chunk in chunks:
            position, end = chunk.extent
            if not 4 <= position <= end <= footer.start:
                raise FooterError("a column outside of the file")
            yield from _pages(body, position, end)


def rewrite_footer(body: bytes, footer: Footer) -> bytes:
    """Return the same file below a footer of nothing but what was checked; columns are c0, c1, …"""
    root = thrift_struct([(4, BINARY, b"root"), (5, _I32, len(footer.columns))])
    leaves = [
        thrift_struct([*column.fields[:2], (4, BINARY, b"c%d" % i), *column.fields[2:]])
        for i, column in enumerate(footer.columns)
    ]
    groups = [
        thrift_struct(
            [
                (
                    1,
                    LIST,
                    thrift_list(STRUCT, list(map(_written_chunk, chunks, range(len(chunks))))),
                ),
                (2, INT, sum(chunk.uncompressed for chunk in chunks)),
                (3, INT, rows),
            ]
        )
        for rows, chunks in footer.row_groups
    ]
    written = thrift_struct(
        [
            (1, _I32, 2),
            (2, LIST, thrift_list(STRUCT, [root, *leaves])),
            (3, INT, footer.rows),
            (4, LIST, thrift_list(STRUCT, groups)),
        ]
    )
    return body[: footer.start] + written + len(written).to_bytes(4, "little") + MAGIC


def _column(element: dict[int, Any]) -> Column:
    """Return one leaf of the schema, which must be flat."""
    kind, repetition, converted = element.get(1), element.get(3, 0), _converted(element)
    if kind is None or element.get(5) or repetition not in (0, _OPTIONAL):
        raise FooterError("nested columns; send one value per row")
    text = kind == _BYTES and converted in (_UTF8, None)
    number = kind in _NUMBERS and (converted is None or converted in _WHOLE_NUMBERS)
    fields = [(1, _I32, kind), (3, _I32, repetition), (6, _I32, _UTF8 if text else converted)]
    name = element[4].decode(errors="replace")
    return Column(name, text, not (text or number), fields)


def _converted(element: dict[int, Any]) -> int | None:
    """Return Parquet's converted type, also where only the newer logical type is given."""
    logical: dict[int, Any] = element.get(10, {})
    if 6 in element or not logical or _LOGICAL_NULL in logical:
        found: int | None = element.get(6)
        return found
    if _LOGICAL_STRING in logical:
        return _UTF8
    if _LOGICAL_INTEGER in logical:
        bits, signed = logical[_LOGICAL_INTEGER][1], logical[_LOGICAL_INTEGER][2]
        return {8: 11, 16: 12, 32: 13, 64: 14}[bits] + (4 if signed else 0)
    return -1


def _row_group(group: dict[int, Any], columns: Sequence[Column]) -> tuple[int, Sequence[Chunk]]:
    rows = _whole(group, 3)
    chunks = [_chunk(chunk) for chunk in group[1]]
    if len(chunks) != len(columns):
        raise FooterError("a row group with other columns")
    for chunk, column in zip(chunks, columns, strict=True):
        if chunk.values != rows or chunk.kind != column.fields[0][2] or chunk.codec not in _CODECS:
            raise FooterError("a column of another length, type or compression")
    return rows, chunks


def _chunk(chunk: dict[int, Any]) -> Chunk:
    if 1 in chunk or 8 in chunk:
        raise FooterError("columns elsewhere, or encrypted")
    fields = chunk[3]
    return Chunk(
        kind=_whole(fields, 1),
        codec=_whole(fields, 4),
        values=_whole(fields, 5),
        uncompressed=_whole(fields, 6),
        compressed=_whole(fields, 7),
        data=_whole(fields, 9),
        dictionary=_whole(fields, 11) if 11 in fields else None,
    )


def _whole(fields: dict[int, Any], number: int) -> int:
    value = fields[number]
    if not isinstance(value, int) or not 0 <= value < 2**62:
        raise FooterError("a number that is none")
    return value


def _pages(body: bytes, position: int, end: int) -> Iterator[int]:
    while position < end:
        reader = ThriftReader(body, position, end, _PAGE_VALUES)
        try:
            header = reader.struct()
            size, packed = _whole(header, 2), _whole(header, 3)
        except (ThriftError, KeyError) as error:
            raise FooterError("not a page") from error
        yield size
        position = reader.position + packed


def _written_chunk(chunk: Chunk, place: int) -> bytes:
    metadata = thrift_struct(
        [
            (1, _I32, chunk.kind),
            (2, LIST, thrift_list(_I32, [])),
            (3, LIST, thrift_list(BINARY, [b"c%d" % place])),
            (4, _I32, chunk.codec),
            (5, INT, chunk.values),
            (6, INT, chunk.uncompressed),
            (7, INT, chunk.compressed),
            (9, INT, chunk.data),
            (11, INT, chunk.dictionary),
        ]
    )
    return thrift_struct([(2, INT, chunk.extent[0]), (3, STRUCT, metadata)])
