"""Thrift's compact protocol, byte by byte as its specification writes it.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from typing import Any

import pytest

from container.formats.thrift import (
    BINARY,
    INT,
    LIST,
    STRUCT,
    ThriftError,
    ThriftReader,
    write_list,
    write_struct,
)


def read(content: bytes, budget: int = 1_000) -> dict[int, Any]:
    return ThriftReader(content, 0, len(content), budget).struct()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\0", {}),
        (b"\x11\0", {1: True}),
        (b"\x12\0", {1: False}),
        (b"\x13\x07\0", {1: 7}),
        (b"\x14\x03\0", {1: -2}),
        (b"\x15\x04\0", {1: 2}),
        (b"\x16\x01\0", {1: -1}),
        (b"\x1712345678\0", {1: b"12345678"}),
        (b"\x18\x02ab\0", {1: b"ab"}),
        (b"\x19\x25\x02\x04\0", {1: [1, 2]}),
        (b"\x1a\x15\x02\0", {1: [1]}),
        (b"\x19\x21\x01\x02\0", {1: [1, 2]}),
        (b"\x19\x22\x01\x02\0", {1: [1, 2]}),
        (b"\x19\x05\0", {1: []}),
        (b"\x19\xe3" + b"\x01" * 14 + b"\0", {1: [1] * 14}),
        (b"\x19\xf3\x0f" + b"\x01" * 15 + b"\0", {1: [1] * 15}),
        (b"\x1c\x15\x02\0\0", {1: {1: 1}}),
        (b"\x15\x02\x25\x04\0", {1: 1, 3: 2}),
        (b"\x05\xc8\x01\x02\0", {100: 1}),
        (b"\x16" + b"\xff" * 9 + b"\x01\0", {1: -(2**63)}),
    ],
)
def test_a_struct_is_read_by_the_numbers_of_its_fields(
    content: bytes, expected: dict[int, Any]
) -> None:
    assert read(content) == expected


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "ends too early"),
        (b"\x15", "ends too early"),
        (b"\x15\x02", "ends too early"),
        (b"\x18\x03ab", "ends too early"),
        (b"\x171234567", "ends too early"),
        (b"\x19\x25\x02", "ends too early"),
        (b"\x1b\0\0", "an unknown type"),
        (b"\x1d\0\0", "an unknown type"),
        (b"\x19\x1b\0\0", "an unknown type"),
        (b"\x16" + b"\xff" * 10 + b"\x01\0", "too long a number"),
    ],
)
def test_bytes_that_are_no_struct_are_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(ThriftError, match=complaint):
        read(content)


def test_a_struct_ends_where_the_reader_ends_and_not_where_the_bytes_do() -> None:
    content = b"\x15\x02\0rest"
    reader = ThriftReader(content, 0, 3, 10)

    assert reader.struct() == {1: 1}
    assert reader.position == 3
    with pytest.raises(ThriftError, match="ends too early"):
        ThriftReader(content, 0, 2, 10).struct()


@pytest.mark.parametrize("opening", [b"\x1c", b"\x19\x1c"], ids=["structs", "lists of structs"])
def test_structs_are_nested_to_a_depth_and_no_deeper(opening: bytes) -> None:
    steps = 12 if opening == b"\x1c" else 6

    assert read(opening * steps + b"\0" * (steps + 1))
    with pytest.raises(ThriftError, match="nested too deeply"):
        read(opening * (steps + 1) + b"\0" * (steps + 2))


def test_lists_in_lists_without_end_are_refused_and_do_not_exhaust_the_stack() -> None:
    with pytest.raises(ThriftError, match="nested too deeply"):
        read(b"\x19" + b"\x19" * 5_000, budget=10_000)


def test_lists_are_nested_to_the_same_depth() -> None:
    assert read(b"\x19" + b"\x19" * 11 + b"\x03\0")
    with pytest.raises(ThriftError, match="nested too deeply"):
        read(b"\x19" + b"\x19" * 12 + b"\x03\0")


def test_as_many_values_are_read_as_the_budget_allows() -> None:
    four = b"\x15\x02\x19\x25\x02\x04\0"

    assert read(four, budget=4) == {1: 1, 2: [1, 2]}
    with pytest.raises(ThriftError, match="too many values"):
        read(four, budget=3)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (INT, 0, b"\x16\0\0"),
        (INT, 63, b"\x16\x7e\0"),
        (INT, 64, b"\x16\x80\x01\0"),
        (INT, -64, b"\x16\x7f\0"),
        (INT, -65, b"\x16\x81\x01\0"),
        (BINARY, b"ab", b"\x18\x02ab\0"),
        (LIST, write_list(INT, [1, 2]), b"\x19\xf6\x02\x02\x04\0"),
        (STRUCT, write_struct([(1, INT, 1)]), b"\x1c\x16\x02\0\0"),
        (INT, None, b"\0"),
    ],
)
def test_a_value_is_written_as_briefly_as_the_protocol_allows(
    kind: int, value: Any, written: bytes
) -> None:
    assert write_struct([(1, kind, value)]) == written


def test_a_field_that_is_left_out_moves_no_other() -> None:
    written = write_struct([(1, INT, 1), (2, INT, None), (5, BINARY, b"x")])

    assert read(written) == {1: 1, 5: b"x"}
