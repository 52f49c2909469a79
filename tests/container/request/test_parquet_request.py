from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from container.formats.schema import Schema
from tests.container.support.request_bodies import (
    NAMED,
    PARQUET,
    parquet,
    read,
    refusal,
)

ROWS = [[1.5, 2, -3], [4, 5, None]]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_parquet_is_rows(compression: str, version: str) -> None:
    columns = {"a": [1.5, 4.0], "b": pa.array([2, 5], pa.uint64()), "c": pa.array([-3, None])}

    body = parquet(columns, compression=compression, data_page_version=version)

    assert read(body, PARQUET) == ROWS


def test_parquet_columns_count_by_name_where_the_model_has_names() -> None:
    unseen: Counter[str] = Counter()
    plan = pa.array(["red", "green", None]).dictionary_encode()

    body = parquet({"income": [1, 2, 3], "plan": plan, "age": [True, None, False]})

    assert read(body, PARQUET, NAMED, unseen=unseen) == [[1, 2, 1], [None, None, 2], [0, None, 3]]
    assert unseen == {"plan": 1}
    assert read(parquet({"age": [1], "plan": [5], "income": [2]}), PARQUET, NAMED) == [[1, 0, 2]]


THREE: dict[str, Any] = {"a": [1.0], "b": [2.0], "c": [3.0]}


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"a": [1.0], "b": [2.0]}, "every row has 2 features; this model takes 3"),
        ({**THREE, "d": [1.0]}, "every row has 4 features; this model takes 3"),
        ({**THREE, "c": ["x"]}, "column 3 must hold numbers"),
        ({**THREE, "c": [[1.0]]}, "nested columns; send one value per row"),
        ({**THREE, "c": [{"x": 1.0}]}, "nested columns; send one value per row"),
        ({**THREE, "c": pa.array([1], pa.timestamp("s"))}, "column 3 must hold numbers"),
        ({**THREE, "c": [1e39]}, "column 3 is infinite as a 32-bit number in row 1"),
        ({name: pa.array([], pa.float32()) for name in "abc"}, "no rows"),
    ],
)
def test_other_parquet_is_400_and_names_the_column(columns: dict[str, Any], complaint: str) -> None:
    refused = refusal(parquet(columns), PARQUET)

    assert refused.status == 400
    assert complaint in refused.message


@pytest.mark.parametrize("body", [b"PAR1", b"PAR1" * 20, parquet(THREE)[:-1], b"\0" * 99])
def test_bytes_that_are_no_parquet_are_400(body: bytes) -> None:
    assert refusal(body, PARQUET).status == 400


def test_a_parquet_column_that_the_model_lacks_is_named() -> None:
    body = parquet({"age": [1], "plan": ["red"], "x": [1]})

    assert refusal(body, PARQUET, NAMED).message == 'the body lacks the column "income"'


def test_parquet_of_more_bytes_than_allowed_is_413_before_it_is_decoded() -> None:
    many = parquet({name: np.zeros(100_001) for name in "abc"})
    wide = parquet({f"f{i}": np.zeros(100_000, np.float32) for i in range(100)}, compression="zstd")
    text = {"age": [1.0], "plan": ["x" * 50_000_000], "income": [1.0]}
    bomb = parquet(text, compression="zstd")

    assert len(read(many, PARQUET)) == 100_001
    assert len(wide) < 500_000
    assert refusal(wide, PARQUET, Schema.of_numbers(100)).status == 413
    assert len(bomb) < 20_000
    assert refusal(bomb, PARQUET, NAMED).status == 413
