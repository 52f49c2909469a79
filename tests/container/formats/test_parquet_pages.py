"""Pages of Parquet by their own headers, and footers that are written anew."""

import pytest

from container.formats.parquet_footer import (
    FooterError,
    read_footer,
    read_page_sizes,
    rewrite_footer,
)
from container.formats.thrift import BINARY, write_struct
from tests.container.support.parquet_footers import (
    I32,
    Fields,
    chunk,
    document,
    element,
    file,
    row_group,
)


def page(size: int, packed: int) -> bytes:
    return write_struct([(2, I32, size), (3, I32, packed)]) + bytes(max(packed, 0))


def sizes(pages: bytes, fields: Fields) -> list[int]:
    body = file(document(groups=[row_group([chunk(fields)])]), pages)
    return list(read_page_sizes(body, read_footer(body, 3)))


def test_the_size_of_each_page_is_read_from_its_own_header() -> None:
    pages = page(100, 5) + page(7, 0)

    assert sizes(pages, {7: len(pages)}) == [100, 7]
    assert sizes(pages, {7: 0}) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({9: 3}, "a column outside of the file"),
        ({7: 41}, "a column outside of the file"),
        ({9: 45, 7: 0}, "a column outside of the file"),
    ],
)
def test_pages_lie_between_the_beginning_and_the_footer(fields: Fields, message: str) -> None:
    with pytest.raises(FooterError, match=message):
        sizes(bytes(40), fields)


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        (b"\0", "not a page"),
        (b"\x1b\0", "not a page"),
        (write_struct([(2, I32, 5)]), "not a page"),
        (write_struct([(2, BINARY, b"x"), (3, I32, 0)]), "a number that is none"),
        (page(-1, 0), "a number that is none"),
        (page(1, -1), "a number that is none"),
        (page(1, 0)[:-1], "not a page"),
    ],
)
def test_a_page_without_its_two_sizes_is_none(pages: bytes, message: str) -> None:
    with pytest.raises(FooterError, match=message):
        sizes(pages, {7: len(pages)})


def test_a_rewritten_footer_says_the_same_and_nothing_else() -> None:
    more = write_struct([(7, BINARY, b"a program that would be named")])
    body = file(document([element({4: b"secret"})])[:-1] + b"\x1c" + more + b"\0")
    before = read_footer(body, 3)

    again = rewrite_footer(body, before)
    after = read_footer(again, 3)

    assert again.startswith(body[: before.start])
    assert b"secret" not in again
    assert b"named" not in again
    assert (after.rows, after.row_groups, after.start) == (2, before.row_groups, before.start)
    assert [column.name for column in after.columns] == ["c0"]


def test_a_footer_may_follow_the_first_four_bytes_at_once() -> None:
    assert read_footer(file(document(), b""), 3).start == 4
