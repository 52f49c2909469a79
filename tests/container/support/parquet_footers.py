"""Footers of Parquet, written field by field.

The numbers of fields and types: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from collections.abc import Sequence
from typing import Any

from container.formats.parquet_footer import MAGIC
from container.formats.thrift import BINARY, INT, LIST, STRUCT, write_list, write_struct

I32 = 5
DOUBLE, BYTES = 5, 6
ROOT = write_struct([(4, BINARY, b"root"), (5, I32, 1)])
Fields = dict[int, Any]


def element(fields: Fields | None = None) -> bytes:
    """One column of the schema: a double that may be missing, with other `fields`."""
    chosen = {1: DOUBLE, 3: 1, 4: b"a", 5: None, 6: None, 10: None, **(fields or {})}
    kinds = {1: I32, 3: I32, 4: BINARY, 5: I32, 6: I32, 10: STRUCT}
    return write_struct([(number, kinds[number], chosen[number]) for number in sorted(chosen)])


def chunk(fields: Fields | None = None, outside: Sequence[tuple[int, int, Any]] = ()) -> bytes:
    """The column in a row group: two values in one page from byte 4, with other `fields`."""
    chosen = {1: DOUBLE, 4: 1, 5: 2, 6: 50, 7: 40, 9: 4, 11: None, **(fields or {})}
    metadata = write_struct([(number, INT, chosen[number]) for number in sorted(chosen)])
    return write_struct(sorted([(2, INT, 4), (3, STRUCT, metadata), *outside]))


def row_group(chunks: Sequence[bytes], rows: int | None = 2) -> bytes:
    return write_struct([(1, LIST, write_list(STRUCT, chunks)), (3, INT, rows)])


def document(
    elements: Sequence[bytes] = (), groups: Sequence[bytes] | None = None, rows: int | None = 2
) -> bytes:
    found = [row_group([chunk()])] if groups is None else groups
    return write_struct(
        [
            (2, LIST, write_list(STRUCT, [ROOT, *(elements or [element()])])),
            (3, INT, rows),
            (4, LIST, write_list(STRUCT, found)),
        ]
    )


def file(footer: bytes, pages: bytes = bytes(40)) -> bytes:
    return MAGIC + pages + footer + len(footer).to_bytes(4, "little") + MAGIC
