from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from container.formats.media import request_type
from container.formats.recordio import MAGIC, write_frame
from container.formats.refusal import RefusedError
from container.formats.request import read_rows
from container.formats.schema import Schema
from tests.container.formats.requests import (
    LIBSVM,
    NAMED,
    NPY,
    PARQUET,
    RECORDIO,
    npy,
    parquet,
    read,
    record,
    refusal,
)

ROWS = [[1.5, 2, -3], [4, 5, None]]
NAN = float("nan")


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", ">f8", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_table_of_floats_in_npy_is_rows(kind: str, order: str) -> None:
    assert read(npy([[1.5, 2, -3], [4, 5, NAN]], kind, order), NPY) == ROWS


@pytest.mark.parametrize("kind", ["i1", "<i2", ">i4", "<i8", "u1", "<u8", "?"])
def test_a_table_of_whole_numbers_in_npy_is_rows(kind: str) -> None:
    assert read(npy([[1, 0, 1]], kind), NPY) == [[1, 0, 1]]


def npy_header(text: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + data


def of_shape(shape: str, descr: str = "'<f4'", data: bytes = b"") -> bytes:
    return npy_header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}", data)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPX" + npy([[1, 2, 3]])[6:],
        npy([[1, 2, 3]])[:-1],
        npy([[1, 2, 3]]) + b"x",
        npy([[1, 2]]),
        npy([1, 2, 3]),
        npy([[[1, 2, 3]]]),
        npy(np.empty((0, 3))),
        npy([["a", "b", "c"]], "U1"),
        npy([[1j, 2, 3]], "c8"),
        npy([[1, 2, 3]], "datetime64[s]"),
        npy([[float("inf"), 2, 3]]),
        npy([[1e39, 2, 3]]),
        of_shape("(1000000000000, 3)"),
        of_shape("(999999999999999999, 999999999999999999)"),
        of_shape("(-1, 3)"),
        of_shape("(1, 3)", "'|O'", b"cos\nsystem\n(S'true'\ntR."),
        of_shape("(1, 3)", "[('a', '<f4'), ('b', '<f4'), ('c', '<f4')]", b"\0" * 12),
        of_shape("(1, 3)", "'<f4' + __import__('os').system('true')", b""),
        of_shape("(" * 5_000, "'<f4'"),
        npy_header("{}"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"PK\x03\x04" + b"\0" * 30,
    ],
)
def test_npy_that_is_no_table_of_finite_numbers_is_400(body: bytes) -> None:
    assert refusal(body, NPY).status == 400


def test_the_wrong_number_in_npy_is_named() -> None:
    refused = refusal(npy([[1, 5, 3], [1, 5, float("inf")]]), NPY, NAMED)

    assert refused.message.startswith("row 2, feature 3 (income) is infinite as a 32-bit number")


@pytest.mark.parametrize("kind", ["float32_tensor", "float64_tensor", "int32_tensor"])
def test_dense_records_are_rows_and_their_labels_are_not_looked_at(kind: str) -> None:
    values = [[1, 2, -3], [4, 5, 6]]

    assert read(b"".join(record(row, kind=kind) for row in values), RECORDIO) == values


def test_sparse_records_stay_sparse() -> None:
    body = record([5, 1.5], [2, 0], [3]) + record([], [], [3]) + record([7], [1])

    rows = read_rows(body, request_type(RECORDIO), Schema.of_numbers(3))

    assert rows.indices.tolist() == [0, 2, 1]
    assert rows.data.tolist() == [1.5, 5, 7]
    assert rows.indptr.tolist() == [0, 2, 2, 3]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"nonsense", "record 1 does not begin like a RecordIO frame"),
        (MAGIC, "record 1 does not begin like a RecordIO frame"),
        (MAGIC + b"\xff\xff\xff\xff", "record 1 is longer than what was sent"),
        (MAGIC + b"\xff\xff\xff\x1f" + b"x" * 50, "record 1 is longer than what was sent"),
        (record([1, 2, 3]) + MAGIC, "record 2 does not begin"),
        (record([1, 2, 3])[:-4], "record 1 is longer than what was sent"),
        (write_frame(b"\xff\xff"), "record 1 is not a protobuf record"),
        (write_frame(b""), 'record 1 has no features["values"]'),
        (record([1, 2]), "record 1 has 2 features; this model takes 3"),
        (record([1, 2, 3]) + record([1, 2, 3, 4]), "record 2 has 4 features"),
        (record([1, 2, float("inf")]), "record 1, feature 3 is too large"),
        (record([1, 2, 1e300], kind="float64_tensor"), "record 1, feature 3 is too large"),
        (record([]), "record 1 has no numbers"),
        (record([1], [3]), "record 1 has a key beyond the 3 features"),
        (record([1], [2**63]), "record 1 has a key beyond"),
        (record([1, 1], [0, 0]), "record 1 has a key twice"),
        (record([1, 1], [0]), "record 1 has another number of keys"),
        (record([1], [0], [10**12]), "record 1 has 1000000000000 features"),
        (record([1, 2, 3], [], [1, 3]), "several dimensions"),
        (record([1, 2, 3], [], [4]), "a shape and another number of values"),
        (record([1], [0]) + record([1, 2, 3]), "record 2 has no keys but those before have"),
        (record([1, 2, 3]) + record([1], [0]), "record 2 has keys but those before have not"),
        (record([1] * 200_000), "record 1 is too long for 3 features"),
    ],
)
def test_bad_records_are_400_and_numbered(body: bytes, complaint: str) -> None:
    refused = refusal(body, RECORDIO)

    assert refused.status == 400
    assert complaint in refused.message


def test_more_than_100_000_records_are_413() -> None:
    assert refusal(record([1], [0]) * 100_001, RECORDIO).status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"0:1.5 1:2 2:-3\n0:4 1:5",
        b"1 0:1.5 1:2 2:-3\n0 1:5 0:4\n",
        b"+1 qid:3 2:-3 1:2. 0:1.5 # comment\n-1 0:4 1:5 2:nan",
        b"\t0:1.5  1:2 2:-3 \r\n0:4 1:5\r\n",
    ],
)
def test_libsvm_is_rows_with_indices_from_zero(body: bytes) -> None:
    assert read(body, LIBSVM) == ROWS


def test_indices_are_not_shifted_when_no_row_has_the_first_feature() -> None:
    assert read(b"1:5 2:6", LIBSVM) == [[None, 5, 6]]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"1,2,3", "line 1 has a token"),
        (b"1\n0", "no index:value pair"),
        (b"0:1\n3:1", "line 2 has an index beyond the 3 features"),
        (b"0:1\n999999999999:1", "line 2 has an index that is no whole number"),
        (b"-1:5", "line 1 has an index"),
        (b"0:1\n\n1:2", "line 2 is blank"),
        (b"0:1 0:2", "line 1 has index 0 twice"),
        (b"0:1\n1 0:x", "line 2 has a wrong number: index 0 is not a number"),
        (b"0:1e39", "line 1 has a wrong number: index 0 is too large"),
        (b"0:1:2", "line 1 has a wrong number"),
        (b"0:1 5", "line 1 has a token that is no index:value pair"),
        (b"0:\xff", "line 1 is not UTF-8"),
        (b"0:[1]", "line 1 has a wrong number"),
    ],
)
def test_bad_libsvm_is_400_and_names_the_line(body: bytes, complaint: str) -> None:
    refused = refusal(body, LIBSVM)

    assert refused.status == 400
    assert complaint in refused.message


@pytest.mark.parametrize("content_type", [NPY, RECORDIO, LIBSVM])
def test_categories_in_formats_of_numbers_are_their_digits(content_type: str) -> None:
    bodies = {
        NPY: npy([[1, 5, 2], [1, 6, 2]], "<f4"),
        RECORDIO: record([1, 5, 2]) + record([1, 6, 2]),
        LIBSVM: b"0:1 1:5 2:2\n0:1 1:6 2:2",
    }
    unseen: Counter[str] = Counter()

    rows = read(bodies[content_type], content_type, NAMED, unseen=unseen)

    assert rows == [[1, 0, 2], [1, None, 2]]
    assert unseen == {"plan": 1}
    half = {NPY: npy([[1, 0.5, 2]]), RECORDIO: record([1, 0.5, 2]), LIBSVM: b"1:0.5"}
    assert "plan must hold categories" in refusal(half[content_type], content_type, NAMED).message


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


def test_parquet_of_more_rows_or_bytes_than_allowed_is_413_before_it_is_decoded() -> None:
    many = parquet({name: np.zeros(100_001) for name in "abc"})
    wide = parquet({f"f{i}": np.zeros(100_000, np.float32) for i in range(100)}, compression="zstd")
    text = {"age": [1.0], "plan": ["x" * 50_000_000], "income": [1.0]}
    bomb = parquet(text, compression="zstd")

    assert refusal(many, PARQUET).status == 413
    assert len(wide) < 500_000
    assert refusal(wide, PARQUET, Schema.of_numbers(100)).status == 413
    assert len(bomb) < 20_000
    assert refusal(bomb, PARQUET, NAMED).status == 413


@pytest.mark.parametrize("content_type", [NPY, PARQUET, RECORDIO])
def test_the_built_in_accepts_rows_that_lack_the_last_columns(content_type: str) -> None:
    bodies = {NPY: npy([[1, 2]]), PARQUET: parquet({"a": [1], "b": [2]}), RECORDIO: record([1, 2])}

    assert read(bodies[content_type], content_type, lenient=True) == [[1, 2, None]]
    with pytest.raises(RefusedError):
        read(bodies[content_type], content_type)
