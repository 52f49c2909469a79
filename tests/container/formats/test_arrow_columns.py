"""Columns of Arrow: which types are numbers, which are categories."""

import datetime
import decimal
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from container.formats.arrow_columns import ColumnError, categories, codes, numbers
from container.formats.schema import Feature

PLAN = Feature("plan", ("5", "gold", "red"))


def column(values: list[Any], kind: Any = None) -> Any:
    return pa.chunked_array([pa.array(values, kind)])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (column([1, None], pa.int8()), [1, None]),
        (column([2], pa.uint64()), [2]),
        (column([1.5], pa.float16()), [1.5]),
        (column([1.5, None], pa.float64()), [1.5, None]),
        (column([True, False, None]), [1, 0, None]),
        (column([None, None], pa.null()), [None, None]),
        (column([decimal.Decimal("1.25")]), [1.25]),
    ],
)
def test_every_type_of_numbers_becomes_32_bits(found: Any, expected: list[float | None]) -> None:
    made = numbers(found)

    assert made.type == pa.float32()
    assert made.to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [(["1"], "string"), ([datetime.date(2026, 1, 1)], "date32"), ([b"1"], "binary"), ([[1]], "l")],
)
def test_a_column_of_another_type_is_refused_by_name(values: list[Any], kind: str) -> None:
    with pytest.raises(ColumnError, match=f"holds {kind}.* instead of numbers"):
        numbers(column(values))


@pytest.mark.parametrize("number", [1e39, -1e39, float("inf")])
def test_a_number_that_is_infinite_in_32_bits_is_named_by_its_row(number: float) -> None:
    for place in (0, 2):
        values = [1.0, 2.0, 3.0]
        values[place] = number
        with pytest.raises(ColumnError, match=f"infinite as a 32-bit number in row {place + 1}"):
            numbers(column(values))


@pytest.mark.parametrize(
    "found",
    [
        column([" red", "gold ", None, "", "red"]),
        column(["red", "gold", None, "", "red"]).dictionary_encode(),
        column(["red", "gold", None, "", "red"], pa.large_string()),
    ],
)
def test_the_categories_of_a_column_are_its_texts_without_blanks(found: Any) -> None:
    assert categories(found) == {"red", "gold"}


def test_numbers_and_booleans_are_categories_by_their_text() -> None:
    assert categories(column([5, None, 7])) == {"5", "7"}
    assert categories(column([5.0, float("nan"), None])) == {"5"}
    assert categories(column([True, False])) == {"true", "false"}


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (column([0.5, 1]), "holds broken numbers instead of categories"),
        (column([[1]]), "holds list<.*> instead of categories"),
        (column([b"\xff"]), "holds binary instead of categories"),
    ],
)
def test_what_has_no_text_is_no_category(found: Any, complaint: str) -> None:
    with pytest.raises(ColumnError, match=complaint):
        categories(found)


@pytest.mark.parametrize("encoded", [False, True])
def test_codes_are_the_places_of_the_categories_that_training_had(encoded: bool) -> None:
    chunks = pa.chunked_array([["red", None, "blue"], ["gold", "", "blue"]])
    unseen = Counter[str]()

    made = codes(chunks.dictionary_encode() if encoded else chunks, PLAN, unseen)

    nan = float("nan")
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, [2, nan, nan, 1, nan, nan])
    assert unseen == {"plan": 2}


def test_a_column_without_rows_has_no_codes() -> None:
    assert codes(pa.chunked_array([], pa.string()), PLAN, Counter()).tolist() == []
