"""A body that is read in pieces: the rows are those of one that is read at once."""

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.media import request_type
from container.formats.schema import Feature, Schema
from container.request import pieces
from container.request.pieces import Piece, Reading, is_one_piece, read_pieces, split_rows
from container.request.request_body import read_rows
from tests.container.support.request_bodies import (
    CSV,
    JSON,
    LIBSVM,
    LINES,
    NAMED,
    NPY,
    NUMBERS,
    PARQUET,
    RECORDIO,
    npy,
    parquet,
    record,
)

HEADER = "text/csv;header=present"
TABLE = np.arange(60, dtype=np.float32).reshape(20, 3) / 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a few lines."""
    monkeypatch.setattr(pieces, "_PIECE_BYTES", 20)
    monkeypatch.setattr(pieces, "_PIECES_PER_LINE", 1)


def csv(end: bytes = b"\n") -> bytes:
    return end.join(b"%g,%g,%g" % tuple(row) for row in TABLE.tolist())


def reading(
    content_type: str, schema: Schema = NUMBERS, most_rows: int = 7, *, lenient: bool = False
) -> Reading:
    return Reading(request_type(content_type), schema, lenient, Counter(), most_rows)


def dense(rows: Any) -> Any:
    if isinstance(rows, np.ndarray):
        assert rows.flags.c_contiguous
        return rows
    whole = np.full(rows.shape, np.nan, np.float32)
    places = rows.tocoo()
    whole[places.row, places.col] = places.data
    return whole


def joined(body: bytes, how: Reading) -> tuple[Any, list[Piece]]:
    """All rows of a body, and the pieces in which they came."""
    found = list(read_pieces(body, how))
    return np.concatenate([dense(piece.rows) for piece in found]), found


BODIES: dict[str, tuple[str, bytes]] = {
    "csv": (CSV, csv()),
    "csv of Windows": (CSV, csv(b"\r\n") + b"\r\n"),
    "csv of old Macs": (CSV, csv(b"\r")),
    "csv, read slowly": (CSV, csv().replace(b"1,", b"+1,")),
    "csv with holes": (CSV, csv().replace(b"1,", b",")),
    "csv below a header": (HEADER, b"a,b,c\n" + csv()),
    "csv below a long header": (HEADER, b"a" * 99 + b",b,c\n" + csv()),
    "json": (JSON, json.dumps(TABLE.tolist()).encode()),
    "json lines": (LINES, b"\n".join(json.dumps(row).encode() for row in TABLE.tolist())),
    "sparse json lines": (LINES, b'{"features": {"keys": [1], "values": [2]}}\n' * 20),
    "libsvm": (LIBSVM, b"".join(b"0:%g 1:%g\n" % tuple(row[:2]) for row in TABLE)),
    "libsvm with blank lines": (LIBSVM, (b"0:1 1:2\n\n\n\n2:4\n" + b"\n" * 30) * 9 + b"1:1"),
    "npy": (NPY, npy(TABLE)),
    "parquet": (PARQUET, parquet({name: TABLE[:, i] for i, name in enumerate("abc")})),
    "recordio": (RECORDIO, b"".join(record(row) for row in TABLE.tolist())),
    "sparse recordio": (RECORDIO, record([1, 2], [0, 2]) * 20),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_rows_are_those_of_a_body_that_is_read_at_once(name: str) -> None:
    content_type, body = BODIES[name]
    expected = dense(read_rows(body, request_type(content_type), NUMBERS))

    rows, found = joined(body, reading(content_type))

    np.testing.assert_array_equal(rows, expected)
    assert len(found) > 2
    assert max(piece.rows.shape[0] for piece in found) <= 7
    shares = [piece.share for piece in found]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1


@pytest.mark.parametrize(
    ("content_type", "line", "wrong", "number"),
    [
        (CSV, b"1,2,3", b"1,x,3", 15),
        (CSV, b"1,2,3", b"1,2", 15),
        (CSV, b"1,2,3", b"a,b,c", 15),
        (CSV, b"1,2,3", b"", 15),
        (HEADER, b"1,2,3", b"a,b,c", 15),
        (LINES, b"[1,2,3]", b"[1,2]", 15),
        (LINES, b"[1,2,3]", b"[1,2", 15),
        (LIBSVM, b"0:1 1:2", b"0:1 9:2", 15),
        (LIBSVM, b"0:1 1:2", b"0:1 x", 15),
        (LIBSVM, b"0:1 1:2", b"0:1 1:2 2:3 0:4 1:5", 15),
    ],
)
def test_a_wrong_line_is_named_by_its_number_in_the_body(
    content_type: str, line: bytes, wrong: bytes, number: int
) -> None:
    lines = [line] * 30
    lines[number - 1] = wrong

    with pytest.raises(HTTPError) as caught:
        list(read_pieces(b"\n".join(lines), reading(content_type)))

    assert caught.value.status == 400
    assert caught.value.message.startswith(f"line {number}")


def test_rows_have_the_form_of_the_first() -> None:
    with pytest.raises(HTTPError, match="line 21 has no keys but the rows before have"):
        sparse = BODIES["sparse json lines"][1]
        list(read_pieces(sparse + b"[1,2,3]", reading(LINES)))
    with pytest.raises(HTTPError, match="line 20 has 3 features; this model takes 2"):
        list(read_pieces(b"1,2\n" * 19 + b"1,2,3", reading(CSV, lenient=True)))


def test_unseen_categories_of_the_first_line_are_counted_once() -> None:
    how = reading(CSV, NAMED)

    joined(b"1,blue,3\n" * 10 + b"1,green,3\n" * 10 + b"1,gold,3", how)

    assert how.unseen == {"plan": 20}


def test_codes_of_categories_become_columns_as_at_once() -> None:
    schema = Schema((Feature("a", ("5", "7")), Feature("b"), Feature("c")))
    body = b"0:7 1:1\n" * 20
    how = reading(LIBSVM, schema)

    rows, _ = joined(body, how)

    np.testing.assert_array_equal(rows, dense(read_rows(body, how.media, schema)))
    assert rows[0].tolist()[:2] == [1, 1]


def test_rows_that_lack_columns_are_filled_up_some_at_a_time() -> None:
    wide = Schema.of_numbers(1_000)

    rows, found = joined(b"1\n" * 50, reading(CSV, wide, lenient=True))

    assert rows.shape == (50, 1_000)
    assert np.isnan(rows[:, 1:]).all()
    assert max(piece.rows.shape[0] for piece in found) <= 7


def test_shifted_indices_follow_from_the_whole_body() -> None:
    body = b"1:5 2:6\n" * 20

    shifted, _ = joined(body, reading(LIBSVM, lenient=True))
    kept, _ = joined(body + b"0:1", reading(LIBSVM, lenient=True))

    assert shifted[0].tolist()[:2] == [5, 6]
    assert kept[0].tolist()[1:] == [5, 6]


def test_a_body_in_libsvm_has_a_value_somewhere() -> None:
    assert len(joined(b"5\n" * 30 + b"0:1", reading(LIBSVM))[0]) == 31
    with pytest.raises(HTTPError, match="the body has no index:value pair"):
        list(read_pieces(b"5\n" * 30, reading(LIBSVM)))


def test_an_empty_body_is_none_in_pieces_either() -> None:
    with pytest.raises(HTTPError, match="the body is empty"):
        list(read_pieces(b" ", reading(CSV)))
    with pytest.raises(HTTPError) as caught:
        list(read_pieces(b"", reading(CSV, lenient=True)))
    assert caught.value.status == 204


def test_a_long_first_line_makes_long_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECES_PER_LINE", 8)
    schema = Schema.of_numbers(100)
    row = b",".join([b"1.25"] * 100)

    _, found = joined(b"\n".join([row] * 40), reading(CSV, schema, most_rows=100))

    assert [piece.rows.shape[0] for piece in found[:2]] == [9, 8]


def test_rows_are_split_evenly_but_for_the_last() -> None:
    rows = np.arange(5, dtype=np.float32)[:, None]

    found = list(split_rows(rows, 2))

    assert [piece.rows.ravel().tolist() for piece in found] == [[0, 1], [2, 3], [4]]
    assert [piece.share for piece in found] == [0.4, 0.8, 1.0]


@pytest.mark.parametrize(
    ("size", "width", "fits"), [(20, 3, True), (21, 3, False), (20, 16, True), (20, 17, False)]
)
def test_a_small_body_is_read_at_once_unless_its_rows_may_be_filled_up(
    size: int, width: int, fits: bool
) -> None:
    assert is_one_piece(b"1" * size, width) is fits
