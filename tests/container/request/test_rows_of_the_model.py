"""Rows of binary formats and of libsvm: as many features as the model, by name or by place."""

from typing import Any

import pytest

from container.contract.http_errors import HTTPError
from container.formats.schema import Feature, Schema
from tests.container.support.request_bodies import (
    LIBSVM,
    NPY,
    PARQUET,
    RECORDIO,
    npy,
    parquet,
    read,
    record,
    refusal,
)

TOO_LARGE = 2.0**128 - 2.0**103


RECORDS: list[tuple[bytes, str]] = [
    (record([1, 2, 3]) + record([1, 2]), "record 2 has 2 features; this model takes 3"),
    (record([1, 2]), "record 1 has 2 features; this model takes 3"),
    (record([1, 2, TOO_LARGE], kind="float64_tensor"), "record 1, feature 3 is too large"),
    (record([-TOO_LARGE, 2, 3], kind="float64_tensor"), "record 1, feature 1 is too large"),
    (record([1], [0]) + record([1, 2, 3]), "record 2 has no keys but those before have"),
    (record([1, 2, 3]) + record([3, 2, 1], [0, 1, 2]), "record 2 has keys but those before"),
    (record([1, 2, 3]) + record([]), "record 2 has keys but those before have not"),
    (record([]), "record 1 has no numbers; send 3 features"),
    (record([1], [0], [4]), "record 1 has 4 features; this model takes 3"),
    (record([1], [3]), "record 1 has a key beyond the 3 features of this model"),
]


@pytest.mark.parametrize(("body", "complaint"), RECORDS)
def test_a_record_that_is_no_row_of_the_model_is_named(body: bytes, complaint: str) -> None:
    assert refusal(body, RECORDIO).message.startswith(complaint)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (record([1], [2]), [[None, None, 1]]),
        (record([1], [0], [2]) + record([]), [[1, None, None], [None] * 3]),
        (record([1], [0], [3]) + record([], [], [3]), [[1, None, None], [None] * 3]),
        (record([], [], [3]) + record([1], [0]), [[None] * 3, [1, None, None]]),
    ],
)
def test_sparse_records_may_say_how_wide_they_are(
    body: bytes, rows: list[list[float | None]]
) -> None:
    assert read(body, RECORDIO) == rows


def test_the_first_record_says_how_many_columns_a_lenient_request_has() -> None:
    assert read(record([1, 2]) * 2, RECORDIO, lenient=True) == [[1, 2, None]] * 2
    for other in (record([1]), record([1, 2, 3])):
        with pytest.raises(HTTPError, match=r"record 2 has . features; this model takes 2"):
            read(record([1, 2]) + other, RECORDIO, lenient=True)


@pytest.mark.parametrize("name", ["recordio_request.read_record", "npy_request.read_header"])
def test_an_error_that_is_not_about_the_body_is_not_the_clients(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"container.request.{name}", broken)
    bodies = {RECORDIO: record([1, 2, 3]), NPY: npy([[1, 2, 3]])}

    with pytest.raises(ZeroDivisionError):
        for content_type, body in bodies.items():
            read(body, content_type)


@pytest.mark.parametrize(
    "name",
    [
        "container.request.parquet_request.read_footer",
        "container.formats.arrow_columns.numbers",
        "container.request.libsvm_request.read_block",
    ],
)
def test_an_error_of_the_library_that_no_body_explains_is_not_the_clients(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    body = parquet({"a": [1.0], "b": [2.0], "c": [3.0]})
    read(body, PARQUET)
    read(b"0:1", LIBSVM)

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(name, broken)

    with pytest.raises(ZeroDivisionError):
        read(body, PARQUET)
        read(b"0:1", LIBSVM)


AGE_AND_PLAN = Schema((Feature("age"), Feature("plan", ("gold", "red"))))


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"age": [1.0]}, "every row has 1 features; this model takes 2"),
        ({"age": [1.0], "x": ["red"]}, 'the body lacks the column "plan"'),
        ({"age": ["x"], "plan": ["red"]}, "column 1 (age) must hold numbers"),
        ({"age": [1.0], "plan": [[1.0]]}, "the body is not a readable Parquet file: nested"),
        ({"age": [1.0], "plan": [0.5]}, "column 2 (plan) holds broken numbers instead of cat"),
    ],
)
def test_columns_that_are_not_the_models_are_named(columns: dict[str, Any], complaint: str) -> None:
    assert refusal(parquet(columns), PARQUET, AGE_AND_PLAN).message.startswith(complaint)


def test_columns_count_by_name_or_where_the_model_has_none_by_place() -> None:
    body = parquet({"plan": ["red", "gold"], "age": [1.0, 2.0]})
    numbers = parquet({"x": [1.0], "y": [2.0]})

    assert read(body, PARQUET, AGE_AND_PLAN) == [[1, 1], [2, 0]]
    assert read(numbers, PARQUET, Schema.of_numbers(2)) == [[1, 2]]
    assert read(numbers, PARQUET, Schema.of_numbers(3), lenient=True) == [[1, 2, None]]
    assert read(parquet({"age": [5.0]}), PARQUET, AGE_AND_PLAN, lenient=True) == [[5, None]]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"0:1 1:2 2:3 0:4 1:5", "line 1 has more pairs than the 3 features of this model"),
        (b"0:1\n0:1" + b" 1:2" * 7, "line 2 has more pairs than the 3 features of this model"),
        (b"0:1\n0:1 3:2", "line 2 has an index beyond the 3 features of this model"),
        (b"0:1\n0:1 2:2\n5:1", "line 3 has an index beyond the 3 features of this model"),
        (b"5\n6", "the body has no index:value pair; send at least one"),
    ],
)
def test_a_line_of_libsvm_has_no_more_than_the_model(body: bytes, complaint: str) -> None:
    assert refusal(body, LIBSVM).message.startswith(complaint)


def test_a_line_of_libsvm_may_have_all_features_and_a_query() -> None:
    assert read(b"1 qid:1 0:1 1:2 2:3", LIBSVM) == [[1, 2, 3]]
