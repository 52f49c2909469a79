"""The fast lane of plain numbers: what it reads, and for what it gives up."""

import math

import numpy as np
import pytest

from container.formats import plain_rows
from container.formats.plain_rows import (
    MISSING_MARK,
    count_lines,
    line_blocks,
    parse_numbers,
    parse_plain_rows,
)

M = MISSING_MARK.decode()


def rows(
    text: str, width: int = 2, marks: int = 0, *, after_comma: bool = False
) -> list[list[float | None]] | None:
    found = parse_plain_rows(text.encode(), width, marks, after_comma=after_comma)
    if found is None:
        return None
    assert found.dtype == np.float32
    return [[None if math.isnan(x) else x for x in row] for row in found.tolist()]


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("1,2", 0, [[1, 2]]),
        ("1,2\n3,4", 0, [[1, 2], [3, 4]]),
        (" 1 , -2.5\n3e1,4", 0, [[1, -2.5], [30, 4]]),
        (f"1,{M}", 1, [[1, None]]),
        (f"1,{M}\n{M},4", 2, [[1, None], [None, 4]]),
        ("0,0", 0, [[0, 0]]),
    ],
)
def test_lines_of_numbers_are_rows(
    text: str, marks: int, expected: list[list[float | None]]
) -> None:
    assert rows(text, marks=marks) == expected


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1", 0),
        ("1,2,3", 0),
        ("1,2\n3", 0),
        ("1,2\n3,4,5", 0),
        ("1,2,3\n4", 0),
        ("1\n2,3,4", 0),
        ("1,2,3,4,5\n6", 0),
        ("1,2\n", 0),
        ("1,2\n\n3,4", 0),
        ("1,x", 0),
        ("1,2\n3,x", 0),
        ("1,[2]", 0),
        ("[1,2]\n3,4", 0),
        ("1,null", 0),
        ('1,"2"', 0),
        ("1,true\n2,3", 0),
        ("1,1e39", 0),
        ("1,-1e39", 0),
        ("1,1e39\n2,3", 0),
        ("1,-1e39\n2,3", 0),
        (f"1,{M}", 0),
        (f"1,{M}\n2,3", 0),
        (f"1,{M}\n2,3", 2),
        (f"1,{M}\n{M},3", 1),
        ("1,8e307\n2,3", 0),
        ("1,2,8e307,3,4\n5,6", 0),
        ("1,18446744073709551616", 0),
        ("", 0),
    ],
)
def test_anything_else_is_left_to_the_parsers_that_say_what_is_wrong(text: str, marks: int) -> None:
    assert rows(text, marks=marks) is None


def test_the_largest_number_of_32_bits_is_read_in_one_row_and_in_several() -> None:
    largest = float(np.finfo(np.float32).max)
    # From here on a 64-bit number is rounded to infinity.
    first = 2.0**128 - 2.0**103

    for end, count in (("", 1), ("\n0,0", 2)):
        for sign in (1, -1):
            found = rows(f"1,{sign * largest!r}{end}")
            assert found is not None
            assert found[0] == [1, sign * largest]
            assert len(found) == count
            assert rows(f"1,{sign * first!r}{end}") is None
            assert rows(f"{sign * first!r},1{end}") is None


def test_a_width_that_lies_allocates_nothing() -> None:
    assert rows("1\n2", width=10**12) is None
    assert rows("1\n2", width=1) == [[1], [2]]
    assert rows("\n", width=1) is None


def test_lines_may_end_with_a_comma_where_the_caller_says_so() -> None:
    assert rows("1,2,\n3,4", after_comma=True) == [[1, 2], [3, 4]]
    assert rows("1,2\n3,4", after_comma=True) is None
    assert rows("1,2,\n3,4") is None
    assert parse_plain_rows(b"1,2,\n3,4", 2) is None


def test_many_lines_are_read_in_pieces_that_end_at_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain_rows, "_PIECE_BYTES", 4)

    assert list(line_blocks(b"1,2,\n3,4,\n5,6")) == [b"1,2,", b"3,4,", b"5,6"]
    assert list(line_blocks(b"1,2\n3,4\n5,6\n7,8")) == [b"1,2\n3,4", b"5,6\n7,8"]
    assert list(line_blocks(b"1,2\n3,4\n")) == [b"1,2\n3,4", b""]
    assert list(line_blocks(b"1,2,\n3,4,\n5,6", after_comma=True)) == [b"1,2", b"3,4", b"5,6"]
    assert rows("1,2\n3,4\n5,6\n7,8\n9,0") == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 0]]
    assert rows(f"1,2\n3,{M}\n5,6\n{M},8", marks=2) == [[1, 2], [3, None], [5, 6], [None, 8]]
    # The rows of a piece that lies are no more than there are lines.
    assert rows(f"1,2\n3,4\n5,6,{8e307},7,8\n9,0") is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [(b"[1,2.5]", [1, 2.5]), (b"[-1]", [-1]), (b"[9007199254740993]", [2.0**53])],
)
def test_a_list_of_numbers_is_read(text: bytes, numbers: list[float]) -> None:
    found = parse_numbers(text)

    assert found is not None
    assert found.tolist() == numbers


@pytest.mark.parametrize(
    "text", [b"[1", b"[1,null]", b'["x"]', b"[1e999]", b"[18446744073709551616]", b""]
)
def test_a_text_that_is_no_list_of_numbers_is_none(text: bytes) -> None:
    assert parse_numbers(text) is None


def test_a_list_nested_too_deeply_is_none() -> None:
    assert parse_numbers(b"[" * 5_000 + b"]" * 5_000) is None


def test_a_document_larger_than_two_pieces_is_not_kept_in_the_parser_that_all_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Counting:
        def __init__(self) -> None:
            self.parsed = 0

        def parse(self, text: bytes) -> object:
            self.parsed += 1
            raise ValueError

    shared = Counting()
    monkeypatch.setattr(plain_rows._parsers, "small", shared)
    monkeypatch.setattr(plain_rows, "_PIECE_BYTES", 4)

    parse_numbers(b"[1,2,3]]")
    assert shared.parsed == 1
    parse_numbers(b"[1,2,3,4]")
    assert shared.parsed == 1


def test_an_error_that_is_no_parsers_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def parse(self, text: bytes) -> object:
            raise MemoryError

    monkeypatch.setattr(plain_rows._parsers, "small", Broken())

    with pytest.raises(MemoryError):
        parse_numbers(b"[1]")


@pytest.mark.parametrize("text", [b"", b"\n", b"1,2", b"1,2\n", b"1\n2\n\n3,4\n5", b"\n" * 9])
@pytest.mark.parametrize("piece", [1, 4, 1024])
def test_lines_are_counted_in_pieces(
    monkeypatch: pytest.MonkeyPatch, text: bytes, piece: int
) -> None:
    monkeypatch.setattr(plain_rows, "_PIECE_BYTES", piece)
    monkeypatch.setattr(plain_rows, "_FEW_BYTES", 0)

    assert count_lines(text) == len(text.split(b"\n"))
