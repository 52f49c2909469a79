"""Headers of npy, as numpy writes them and as others could."""

import io
from typing import Any

import numpy as np
import pytest

from container.formats.npy import MAGIC, NpyError, floats, longest_header, read_header
from tests.container.support.request_bodies import npy

TABLE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"


def body(text: str = TABLE, version: int = 1, data: int = 8) -> bytes:
    """A file with this header, and so many bytes behind it."""
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return MAGIC + bytes([version, 0]) + length + text.encode("latin-1") + bytes(data)


def header_of(content: bytes, size: int | None = None) -> Any:
    return read_header(content, len(content) if size is None else size)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"])
@pytest.mark.parametrize("order", ["<", ">", ""])
def test_tables_of_every_number_are_read_in_either_byte_order(kind: str, order: str) -> None:
    values = [[0, 1, 1], [1, 0, 1]]
    content = npy(values, order + kind)

    header = header_of(content)
    flat = np.frombuffer(content, header.kind, offset=header.offset)

    assert (header.rows, header.columns, header.by_columns) == (2, 3, False)
    assert header.size == len(content)
    assert floats(flat, header).tolist() == values


def test_a_table_by_columns_is_turned() -> None:
    content = npy([[1, 2, 3], [4, 5, 6]], order="F")

    header = header_of(content)
    table = floats(np.frombuffer(content, header.kind, offset=header.offset), header)

    assert header.by_columns
    assert table.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert table.flags.c_contiguous
    assert table.flags.writeable


def test_a_number_too_large_for_32_bits_becomes_infinite_without_a_warning() -> None:
    content = npy([[1e300, 1]])

    header = header_of(content)

    table = floats(np.frombuffer(content, header.kind, offset=header.offset), header)
    assert table.tolist() == [[float("inf"), 1]]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_of_the_format_is_read(version: int) -> None:
    header = header_of(body(version=version))

    assert (header.rows, header.columns) == (1, 2)
    assert header.offset == len(body(version=version)) - 8


def test_numpy_2_0_files_of_versions_1_and_2_are_read() -> None:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ones((2, 2)), version=(2, 0))

    assert header_of(stream.getvalue()).columns == 2


SOMETHING_ELSE = "holds something other than plain integers, floats or booleans"
NO_TABLE = "is not a table of rows and columns"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not npy"),
        (MAGIC + b"\1\0\0\0", "is not npy"),
        (b"\x93NUMPX" + body()[6:], "is not npy"),
        (body("xx", data=0), SOMETHING_ELSE),
        (body()[:20], "has a header that is longer than what was sent"),
        (body("x" * 10_000), "has a header that is longer than what was sent"),
        (body(TABLE.replace("<f4", "|O")), SOMETHING_ELSE),
        (body(TABLE.replace("<f4", "<c8")), SOMETHING_ELSE),
        (body(TABLE.replace("'fortran_order': False, ", "")), SOMETHING_ELSE),
        (body(TABLE.replace("'shape': (1, 2), ", "")), SOMETHING_ELSE),
        (body(TABLE.replace("'descr': '<f4', ", "")), SOMETHING_ELSE),
        (body(TABLE.replace("(1, 2)", "(2,)")), NO_TABLE),
        (body(TABLE.replace("(1, 2)", "()")), NO_TABLE),
        (body(TABLE.replace("(1, 2)", "(1, 2, 1)")), NO_TABLE),
        (body(data=7), "claims 77 bytes where there are 76"),
        (body(data=9), "claims 77 bytes where there are 78"),
    ],
)
def test_other_bytes_are_refused_with_what_is_wrong(content: bytes, complaint: str) -> None:
    with pytest.raises(NpyError, match=complaint):
        header_of(content)


def test_a_header_fits_exactly_into_the_bytes_that_are_needed_at_most() -> None:
    most = longest_header()
    text = TABLE.ljust(most - 10)

    assert header_of(body(text)).offset == most
    assert header_of(body(text)[:most], most + 8).offset == most
    with pytest.raises(NpyError, match="longer than what was sent"):
        header_of(body(text + " "))
    with pytest.raises(NpyError, match="longer than what was sent"):
        header_of(body(text)[: most - 1], most + 8)


def test_python_2_wrote_its_long_numbers_with_a_letter() -> None:
    assert header_of(body(TABLE.replace("(1, 2)", "(1L, 2L)"))).rows == 1
