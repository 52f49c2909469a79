"""Footers of Parquet, written field by field: what is read of them, and what is refused."""

import pytest

from container.formats.parquet_footer import (
    MAGIC,
    Column,
    FooterError,
    read_footer,
)
from container.formats.thrift import BINARY, INT, LIST, STRUCT, write_list, write_struct
from tests.container.support.parquet_footers import (
    BYTES,
    I32,
    ROOT,
    Fields,
    chunk,
    document,
    element,
    file,
    row_group,
)


def complaint(body: bytes) -> str:
    with pytest.raises(FooterError) as caught:
        read_footer(body, 3)
    return str(caught.value)


def test_what_a_footer_claims_is_read() -> None:
    footer = read_footer(file(document()), 3)

    assert footer.rows == 2
    assert footer.start == 44
    ((rows, (found,)),) = footer.row_groups
    assert rows == 2
    assert (found.uncompressed, found.compressed) == (50, 40)
    assert found.extent == (4, 44)


@pytest.mark.parametrize(("dictionary", "first"), [(None, 20), (8, 8), (30, 20), (0, 20)])
def test_a_column_begins_with_its_dictionary_where_it_has_one_before_its_values(
    dictionary: int | None, first: int
) -> None:
    body = file(document(groups=[row_group([chunk({9: 20, 11: dictionary, 7: 10})])]))

    ((_, (found,)),) = read_footer(body, 3).row_groups

    assert found.extent == (first, first + 10)


INTEGER = {
    (8, False): 11,
    (16, False): 12,
    (32, False): 13,
    (64, False): 14,
    (8, True): 15,
    (16, True): 16,
    (32, True): 17,
    (64, True): 18,
}


def logical(number: int, content: bytes = b"\0") -> bytes:
    return write_struct([(number, STRUCT, content)])


def logical_integer(bits: int, signed: bool) -> bytes:
    flag = 1 if signed else 2
    # A boolean is in the header of its field.
    return logical(10, write_struct([(1, 3, bytes([bits]))])[:-1] + bytes([0x10 | flag, 0]))


@pytest.mark.parametrize("kind", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("converted", [None, 11, 12, 13, 14, 15, 16, 17, 18])
def test_a_column_of_numbers_is_one_by_its_type(kind: int, converted: int | None) -> None:
    groups = [row_group([chunk({1: kind})])]
    (column,) = read_footer(file(document([element({1: kind, 6: converted})], groups)), 3).columns

    assert (column.name, column.text, column.other) == ("a", False, False)
    assert column.fields == [(1, I32, kind), (3, I32, 1), (6, I32, converted)]


@pytest.mark.parametrize("more", [{}, {6: 0}, {10: logical(1)}, {6: 0, 10: logical(1)}])
def test_a_column_of_bytes_is_text_where_nothing_else_is_said(more: Fields) -> None:
    groups = [row_group([chunk({1: BYTES})])]
    (column,) = read_footer(file(document([element({1: BYTES, **more})], groups)), 3).columns

    assert (column.text, column.other) == (True, False)
    assert column.fields[2] == (6, I32, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {1: 3},
        {1: 7},
        {1: 2, 6: 10},
        {1: 2, 6: 19},
        {1: 2, 6: 0},
        {1: BYTES, 6: 1},
        {1: BYTES, 6: 11},
        {1: 2, 10: logical(6)},
        {1: BYTES, 10: logical(12)},
    ],
)
def test_a_column_of_times_decimals_or_json_is_neither_numbers_nor_text(fields: Fields) -> None:
    groups = [row_group([chunk({1: fields[1]})])]
    (column,) = read_footer(file(document([element(fields)], groups)), 3).columns

    assert (column.text, column.other) == (False, True)


@pytest.mark.parametrize(("bits", "signed"), INTEGER)
def test_the_newer_logical_type_says_the_same_as_the_older_one(bits: int, signed: bool) -> None:
    element_of = element({1: 2, 10: logical_integer(bits, signed)})
    groups = [row_group([chunk({1: 2})])]

    (column,) = read_footer(file(document([element_of], groups)), 3).columns

    assert column.fields[2] == (6, I32, INTEGER[bits, signed])
    assert not column.other


def test_a_column_without_any_value_has_a_logical_type_that_says_nothing() -> None:
    (column,) = read_footer(file(document([element({10: logical(11)})])), 3).columns

    assert column.fields[2] == (6, I32, None)
    assert not column.other


def test_the_older_type_counts_where_both_are_given() -> None:
    def column(converted: int, newer: bytes) -> Column:
        footer = document([element({1: 2, 6: converted, 10: newer})], [row_group([chunk({1: 2})])])
        return read_footer(file(footer), 3).columns[0]

    assert column(10, logical(11)).other
    assert not column(11, logical(6)).other


@pytest.mark.parametrize("fields", [{1: None}, {5: 2}, {3: 2}])
def test_groups_of_columns_and_lists_are_refused_as_nested(fields: Fields) -> None:
    assert complaint(file(document([element(fields)]))) == (
        "nested columns; send one value per row"
    )


@pytest.mark.parametrize("repetition", [0, 1, None])
def test_a_column_is_flat_whether_or_not_values_may_be_missing(repetition: int | None) -> None:
    (column,) = read_footer(file(document([element({3: repetition})])), 3).columns

    assert column.fields[1] == (3, I32, repetition or 0)


WHOLE = file(document())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        MAGIC,
        MAGIC + bytes(3) + MAGIC,
        b"PAR2" + WHOLE[4:],
        WHOLE[:-1] + b"2",
        MAGIC + (1).to_bytes(4, "little") + MAGIC,
        MAGIC + (2**31).to_bytes(4, "little") + MAGIC,
    ],
)
def test_other_bytes_are_not_parquet(body: bytes) -> None:
    assert complaint(body) == "not Parquet"


@pytest.mark.parametrize(
    "footer",
    [
        b"",
        b"\0",
        b"\x1b\0",
        write_struct([(2, LIST, write_list(STRUCT, [ROOT])), (3, INT, 0)]),
        write_struct([(2, INT, 1), (3, INT, 0), (4, LIST, write_list(STRUCT, []))]),
        write_struct([(2, LIST, write_list(INT, [1, 2])), (4, LIST, write_list(STRUCT, []))]),
        document(groups=[write_struct([(3, INT, 2)])]),
        document(groups=[row_group([chunk()], rows=None)]),
        document(groups=[row_group([write_struct([(2, INT, 4)])])]),
        document([element({4: None})]),
        document([element({10: logical(10, write_struct([(1, INT, 1)]))})]),
        write_struct([(4, LIST, write_list(STRUCT, [row_group([chunk()])]))]),
    ],
)
def test_a_struct_that_lacks_what_a_footer_has_is_none(footer: bytes) -> None:
    assert complaint(file(footer)) == "not a footer"


@pytest.mark.parametrize("rows", [None, 1, 3])
def test_the_rows_of_the_groups_add_up_to_those_of_the_file(rows: int | None) -> None:
    assert complaint(file(document(rows=rows))) == "row groups that do not add up"


def test_a_file_has_at_most_256_row_groups() -> None:
    def body(count: int) -> bytes:
        return file(document(groups=[row_group([chunk()])] * count, rows=2 * count))

    assert len(read_footer(body(256), 3).row_groups) == 256
    assert complaint(body(257)) == "row groups that do not add up"


def test_a_footer_holds_many_values_for_every_column_and_no_more() -> None:
    # Nobody reads field 9: it only costs.
    body = document()[:-1] + b"\x59" + write_list(INT, [1] * 50_200) + b"\0"

    assert read_footer(file(body), 3).rows == 2
    assert len(body) < 10**6
    with pytest.raises(FooterError, match="not a footer"):
        read_footer(file(body), 0)


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (row_group([]), "a row group with other columns"),
        (row_group([chunk(), chunk()]), "a row group with other columns"),
        (row_group([chunk({5: 3})]), "a column of another length, type or compression"),
        (row_group([chunk({1: 2})]), "a column of another length, type or compression"),
        (row_group([chunk({4: 3})]), "a column of another length, type or compression"),
        (row_group([chunk({4: 8})]), "a column of another length, type or compression"),
        (row_group([chunk(outside=[(1, BINARY, b"x")])]), "columns elsewhere, or encrypted"),
        (row_group([chunk(outside=[(8, STRUCT, b"\0")])]), "columns elsewhere, or encrypted"),
        (row_group([chunk({6: -1})]), "a number that is none"),
        (row_group([chunk({7: 2**62})]), "a number that is none"),
        (row_group([chunk()], rows=-2), "a number that is none"),
    ],
)
def test_a_row_group_that_is_not_what_the_schema_says_is_refused(
    group: bytes, message: str
) -> None:
    assert complaint(file(document(groups=[group]))) == message


# LZO (3) is one that Arrow cannot read: https://arrow.apache.org/docs/cpp/parquet.html
@pytest.mark.parametrize("codec", [0, 1, 2, 4, 5, 6, 7])
def test_every_compression_that_arrow_reads_is_taken(codec: int) -> None:
    groups = [row_group([chunk({4: codec, 6: 2**62 - 1})])]

    ((_, (found,)),) = read_footer(file(document(groups=groups)), 3).row_groups

    assert found.codec == codec
    assert found.uncompressed == 2**62 - 1
