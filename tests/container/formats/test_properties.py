"""Round trips, and what holds for any bytes; `make fuzz` looks longer and follows coverage."""

import gzip
import io
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from container.formats.media import Format
from container.response.response_body import ResponseStyle, write_predictions
from tests.container.support.channel_files import Channel, listed
from tests.container.support.hostile import CHANNELS, SEEDS, bounded, check_channel, check_request
from tests.container.support.request_bodies import (
    CSV,
    JSON,
    LIBSVM,
    LINES,
    NPY,
    PARQUET,
    RECORDIO,
    npy,
    parquet,
    read,
    record,
)

NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)
MAYBE = st.none() | NUMBERS
TABLES = st.lists(st.tuples(MAYBE, MAYBE, MAYBE).map(list), min_size=1, max_size=8)
Table = list[list[float | None]]


@st.composite
def broken(draw: st.DrawFn, content_type: str) -> bytes:
    """A body of one format with a few bytes changed, put in, left out or doubled."""
    body = bytearray(draw(st.sampled_from(SEEDS[content_type])))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(body)))
        length = draw(st.integers(0, 6))
        match draw(st.sampled_from(["put", "cut", "double", "flip"])):
            case "put":
                body[place:place] = draw(st.binary(max_size=6) | st.sampled_from(WORDS))
            case "cut":
                del body[place : place + length]
            case "double":
                body[place:place] = body[place : place + length]
            case _ if body:
                body[place - 1] ^= 1 << draw(st.integers(0, 7))
    return bytes(body)


WORDS = [
    b",",
    b"\n",
    b"[",
    b"]",
    b'"',
    b"nan",
    b"null",
    b"1e400",
    b"9e307",
    b":",
    b"-",
    b"\xff" * 4,
]


@pytest.mark.parametrize("content_type", SEEDS)
def test_any_bytes_of_a_request_are_rows_or_a_refusal(content_type: str) -> None:
    @bounded
    @given(broken(content_type) | st.binary(max_size=40))
    def holds(body: bytes) -> None:
        check_request(content_type, body)

    holds()


@pytest.mark.parametrize("content_type", CHANNELS)
def test_any_bytes_of_a_channel_are_rows_or_an_input_error(
    channel: Channel, content_type: str
) -> None:
    folder = channel.base / "data"
    folder.mkdir()

    @settings(bounded, max_examples=30)
    @given(broken(content_type) | st.binary(max_size=40))
    def holds(content: bytes) -> None:
        check_channel(content_type, content, folder)

    holds()


@pytest.mark.parametrize("content_type", [CSV, "text/csv; charset=utf-16"])
def test_any_bytes_that_gzip_or_another_charset_wraps_are_rows_or_an_input_error(
    channel: Channel, content_type: str
) -> None:
    folder = channel.base / "data"
    folder.mkdir()

    @settings(bounded, max_examples=10)
    @given(broken(CSV), st.integers(0, 40), st.binary(max_size=2))
    def holds(content: bytes, place: int, noise: bytes) -> None:
        packed = gzip.compress(content, mtime=0)
        check_channel(content_type, packed, folder)
        check_channel(content_type, packed[:place] + noise + packed[place + 2 :], folder)

    holds()


def written_csv(table: Table) -> bytes:
    lines = (",".join("" if x is None else repr(x) for x in row) for row in table)
    return "\n".join(lines).encode()


def written_libsvm(table: Table) -> bytes:
    lines = (" ".join(f"{i}:{x!r}" for i, x in enumerate(row) if x is not None) for row in table)
    return "\n".join(f"1 {line}" for line in lines).encode()


def written_lines(table: Table) -> bytes:
    return "\n".join(map(json.dumps, table)).encode()


def as_floats(table: Table) -> list[list[float]]:
    return [[math.nan if x is None else x for x in row] for row in table]


def written_recordio(table: Table) -> bytes:
    return b"".join(map(record, as_floats(table)))


def written_parquet(table: Table) -> bytes:
    return parquet({f"f{i}": [row[i] for row in table] for i in range(3)})


WRITERS: dict[str, Any] = {
    CSV: written_csv,
    LIBSVM: written_libsvm,
    JSON: lambda table: json.dumps({"instances": table}).encode(),
    LINES: written_lines,
    NPY: lambda table: npy(as_floats(table), "<f4"),
    RECORDIO: written_recordio,
    PARQUET: written_parquet,
}


@pytest.mark.parametrize("content_type", WRITERS)
def test_rows_come_out_of_a_request_as_they_went_in(content_type: str) -> None:
    @bounded
    @given(TABLES)
    def holds(table: Table) -> None:
        # A body of nothing but blanks is empty, and so is libsvm without a pair.
        if content_type in (CSV, LIBSVM) and all(x is None for row in table for x in row):
            table = [*table, [1.0, 2.0, 3.0]]
        assert read(WRITERS[content_type](table), content_type) == table

    holds()


@pytest.mark.parametrize("content_type", CHANNELS)
@pytest.mark.parametrize("memory", [None, 0])
def test_rows_come_out_of_a_channel_as_they_went_in(
    channel: Channel, content_type: str, memory: int | None
) -> None:
    labels = st.lists(NUMBERS, min_size=1, max_size=8)

    @settings(bounded, max_examples=30)
    @given(labels, st.data())
    def holds(found: list[float], data: st.DataObject) -> None:
        rows = data.draw(
            st.lists(st.tuples(MAYBE, MAYBE), min_size=len(found), max_size=len(found))
        )
        rows[0] = (rows[0][0], 1.0)
        table = [[label, *row] for label, row in zip(found, rows, strict=True)]
        channel.put("part", channel_bytes(content_type, table))

        dataset = channel.read(content_type=content_type, memory=memory)

        assert dataset.labels.tolist() == found
        read_again = [row for batch in dataset.batches() for row in listed(batch)]
        assert read_again == [list(row) for row in rows]

    holds()


def channel_bytes(content_type: str, table: Table) -> bytes:
    """A channel's file in which the first column is the label."""
    if content_type == LIBSVM:
        pairs = written_libsvm([row[1:] for row in table]).split(b"\n")
        lines = zip(table, pairs, strict=True)
        return b"\n".join(repr(row[0]).encode() + line[1:] for row, line in lines)
    if content_type == RECORDIO:
        frames = [record(row[1:], label=row[0] or 0.0) for row in as_floats(table)]
        return b"".join(frames)
    content: bytes = WRITERS[content_type](table)
    return content


KINDS = st.sampled_from(["<f4", ">f4", "<f8", ">f8", "<f2", "i1", "<i4", ">i8", "u1", "<u2", "?"])


@bounded
@given(arrays.arrays(KINDS, st.tuples(st.integers(1, 4), st.just(3))), st.booleans())
def test_any_table_of_numbers_in_npy_is_read_as_numpy_converts_it(
    table: Any, by_columns: bool
) -> None:
    stream = io.BytesIO()
    np.save(stream, np.asfortranarray(table) if by_columns else table)
    with np.errstate(all="ignore"):
        expected = table.astype(np.float32)
    if np.isinf(expected).any():
        check_request(NPY, stream.getvalue())
        return

    rows = read(stream.getvalue(), NPY)

    assert rows == [[None if x != x else x for x in row] for row in expected.tolist()]


@bounded
@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_scores_come_out_of_an_answer_as_they_went_in(scores: list[float]) -> None:
    found = np.array(scores, np.float32)

    as_json = json.loads(write_predictions(found, Format.JSON, ResponseStyle()).body)
    as_csv = write_predictions(found, Format.CSV, ResponseStyle()).body

    assert [each["score"] for each in as_json["predictions"]] == scores
    assert list(map(float, as_csv.split())) == scores
