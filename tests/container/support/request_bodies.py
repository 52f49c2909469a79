"""Bodies of requests for one small model, and how they are read."""

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from container.contract.http_errors import HTTPError
from container.formats.media import request_type
from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from container.formats.schema import Feature, Schema
from container.request.request_body import read_rows

# Three numbers without names, and three columns of which one holds categories.
NUMBERS = Schema.of_numbers(3)
NAMED = Schema((Feature("age"), Feature("plan", ("5", "gold", "red")), Feature("income")))

CSV, LIBSVM, JSON, LINES = "text/csv", "text/libsvm", "application/json", "application/jsonlines"
NPY, PARQUET = "application/x-npy", "application/x-parquet"
RECORDIO = "application/x-recordio-protobuf"


def read(
    body: bytes,
    content_type: str = CSV,
    schema: Schema = NUMBERS,
    *,
    lenient: bool = False,
    unseen: Counter[str] | None = None,
) -> list[list[float | None]]:
    """The rows of a body as lists, in which None is missing."""
    rows = read_rows(body, request_type(content_type), schema, lenient, unseen)
    assert rows.dtype == np.float32
    assert rows.shape[1] == schema.width
    if not isinstance(rows, np.ndarray):
        dense = np.full(rows.shape, np.nan, np.float32)
        for row in range(rows.shape[0]):
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            dense[row, rows.indices[part]] = rows.data[part]
        rows = dense
    assert rows.flags.c_contiguous
    return [[None if value != value else value for value in row] for row in rows.tolist()]


def refusal(body: bytes, content_type: str = CSV, schema: Schema = NUMBERS) -> HTTPError:
    """Why a body is refused."""
    with pytest.raises(HTTPError) as caught:
        read_rows(body, request_type(content_type), schema)
    return caught.value


def npy(values: Any, kind: str = "<f8", order: str = "C") -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(values, kind, order=order))  # type: ignore[call-overload]
    return stream.getvalue()


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, **options)
    return stream.getvalue()


def record(
    values: Sequence[float],
    keys: Sequence[int] = (),
    shape: Sequence[int] = (),
    kind: str = "float32_tensor",
    label: float = 1.0,
) -> bytes:
    """One frame, with a label that a request does not need."""
    made = record_class()()
    tensor = getattr(made.features["values"], kind)
    tensor.values.extend(values)
    tensor.keys.extend(keys)
    tensor.shape.extend(shape)
    made.label["values"].float32_tensor.values.append(label)
    return write_frame(made.SerializeToString())


def random_rows(count: int, width: int = 30) -> NDArray[np.float64]:
    return np.random.default_rng(1).normal(size=(count, width)).round(6)
