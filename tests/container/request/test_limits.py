"""Limits of rows, features and numbers, the same for all formats of a request."""

import contextlib
from typing import Any

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.schema import Feature, Schema
from container.request.limits import check_row_count, check_width
from container.request.sparse_rows import SparseRows
from tests.container.support.request_bodies import (
    CSV,
    JSON,
    LIBSVM,
    LINES,
    NPY,
    npy,
    read,
)

TOO_LARGE = 2.0**128 - 2.0**103


@pytest.mark.parametrize(
    ("rows", "status"), [(0, 400), (-1, 400), (1, None), (100_000, None), (10_000_000, None)]
)
def test_a_request_has_one_row_at_least(rows: int, status: int | None) -> None:
    refused = contextlib.nullcontext() if status is None else pytest.raises(HTTPError)

    with refused as caught:
        check_row_count(rows)

    assert status is None or (caught is not None and caught.value.status == status)


@pytest.mark.parametrize(
    ("width", "lenient", "fits"),
    [
        (3, False, True),
        (2, False, False),
        (4, False, False),
        (3, True, True),
        (2, True, True),
        (1, True, True),
        (0, True, False),
        (4, True, False),
    ],
)
def test_a_row_has_all_features_or_lacks_the_last_ones(
    width: int, lenient: bool, fits: bool
) -> None:
    if fits:
        check_width("row 7", width, 3, lenient)
        return
    with pytest.raises(HTTPError, match=f"row 7 has {width} features; this model takes 3"):
        check_width("row 7", width, 3, lenient)


def test_a_row_may_lack_nothing_where_nothing_is_said() -> None:
    with pytest.raises(HTTPError):
        check_width("row 1", 2, 3)
    with pytest.raises(HTTPError):
        read(b"1,2")
    with pytest.raises(HTTPError):
        read(b"")


def test_sparse_rows_are_sorted_and_missing_where_nothing_is_stored() -> None:
    rows = SparseRows(4)
    rows.add("row 1", [2, 0], [5.0, None])
    rows.add("row 2", [], [])
    rows.add("row 3", [3], [-np.nextafter(TOO_LARGE, 0)])

    matrix = rows.matrix()

    assert matrix.shape == (3, 4)
    assert matrix.indices.tolist() == [0, 2, 3]
    assert matrix.indptr.tolist() == [0, 2, 2, 3]
    np.testing.assert_array_equal(matrix.data, np.array([np.nan, 5, -3.4028235e38], np.float32))


def test_keys_without_a_value_are_a_fault_and_no_shorter_row() -> None:
    with pytest.raises(ValueError, match="zip"):
        SparseRows(4).add("row 1", [1, 2], [1.0])


@pytest.mark.parametrize(
    ("keys", "values", "complaint"),
    [
        ([1, 1], [1.0, 2.0], "row 1 has a key twice; send each once"),
        ([1, 2], [1.0, TOO_LARGE], "row 1, feature 2 is too large for a 32-bit number"),
        ([1, 2], [-TOO_LARGE, 1.0], "row 1, feature 1 is too large for a 32-bit number"),
    ],
)
def test_a_sparse_row_that_is_none_is_refused(
    keys: list[int], values: list[float | None], complaint: str
) -> None:
    with pytest.raises(HTTPError, match=complaint):
        SparseRows(4).add("row 1", keys, values)


BLANKS: list[tuple[str, bytes]] = [
    (CSV, b"1,2,3"),
    (LIBSVM, b"0:1 1:2 2:3"),
    (JSON, b"[[1,2,3]]"),
    (LINES, b"[1,2,3]"),
]


@pytest.mark.parametrize(("content_type", "body"), BLANKS)
@pytest.mark.parametrize("around", [b"\xef\xbb\xbf%b", b" \t\r\n%b\n \t", b"\xef\xbb\xbf \n%b"])
def test_blanks_and_a_mark_of_byte_order_around_a_text_do_not_count(
    content_type: str, body: bytes, around: bytes
) -> None:
    assert read(around % body, content_type) == [[1, 2, 3]]


def test_another_error_of_the_categories_is_not_the_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.formats.categories.encode", broken)

    with pytest.raises(ZeroDivisionError):
        read(npy([[1]]), NPY, Schema((Feature("a", ("1",)),)))
