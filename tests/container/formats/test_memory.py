"""What reading may take of memory, measured in processes of their own."""

import io
import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from tests.container.formats.channel import Channel, peak_bytes
from tests.container.formats.requests import (
    CSV,
    JSON,
    LIBSVM,
    LINES,
    NPY,
    PARQUET,
    RECORDIO,
    record,
)

MEBIBYTE = 1024 * 1024
ROWS, COLUMNS = 6_000, 500

_READ_BODY = """
from pathlib import Path
from container.formats.media import request_type
from container.formats.refusal import RefusedError
from container.formats.request import read_rows
from container.formats.schema import Schema
import scipy.sparse, pyarrow.parquet, container.formats.recordio_request
import container.formats.parquet_request, container.formats.libsvm_request
media, schema = request_type({content_type!r}), Schema.of_numbers({width})
def answer(body):
    try:
        return read_rows(body, media, schema)
    except RefusedError as error:
        return error.status
body = Path({path!r}).read_bytes()
answer(body[:1000])
"""


def body_multiple(channel: Channel, body: bytes, content_type: str, width: int) -> float:
    """How many bytes reading a body takes per byte of it, beside the 32 MiB that are free."""
    channel.put("body", body)
    path = str(channel.base / "input/data/train/body")
    setup = _READ_BODY.format(content_type=content_type, width=width, path=path)
    return max(peak_bytes(setup, "answer(body)") - 32 * MEBIBYTE, 0) / len(body)


def footer(content: bytes) -> bytes:
    return b"PAR1" + content + len(content).to_bytes(4, "little") + b"PAR1"


def plain(rows: int, width: int) -> list[list[float]]:
    return [[0.25 * i for i in range(width)]] * rows


@pytest.mark.parametrize("content_type", [CSV, JSON])
def test_plain_numbers_take_four_bytes_per_byte(channel: Channel, content_type: str) -> None:
    rows = plain(90_000, 40)
    if content_type == CSV:
        body = "\n".join(",".join(map(str, row)) for row in rows).encode()
    else:
        body = json.dumps(rows).encode()
    assert len(body) > 15_000_000

    assert body_multiple(channel, body, content_type, 40) <= 4


SIX_MEGABYTES = 6 * 1024 * 1024
LYING_NPY = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 3), }"
# 48 million structs, each of one byte, in the list that should be the schema.
EMPTY_STRUCTS = b"\x29\xfc\xff\xff\xff\x02" + b"\0" * SIX_MEGABYTES
HOSTILE = {
    "missing values": (CSV, b"," * SIX_MEGABYTES),
    "short lines": (CSV, b"1\n" * 99_999),
    "quotes": (CSV, b'"' * SIX_MEGABYTES),
    "unusual numbers": (CSV, b"+1,+1,+1\n" * 99_999),
    "commas in quotes": (CSV, b'"' + b"," * SIX_MEGABYTES + b'"'),
    "empty lists": (JSON, b"[" + b"[]," * (SIX_MEGABYTES // 3) + b"[]]"),
    "empty objects": (JSON, b"[" + b"{}," * 99_999 + b"{}]"),
    "a row of empty objects": (JSON, b"[[" + b"{}," * (SIX_MEGABYTES // 3) + b"{}]]"),
    "nulls": (JSON, b"[[" + b"null," * (SIX_MEGABYTES // 5) + b"1]]"),
    "one long list": (JSON, b"[[" + b"1," * (SIX_MEGABYTES // 2) + b"1]]"),
    "named columns": (JSON, json.dumps([{"f0": 1, "f1": 2.5, "f2": None}] * 50_000).encode()),
    "long whole numbers": (JSON, b"[[" + b"12345678901234567890," * 300_000 + b"1]]"),
    "strings and a long number": (JSON, b"[" + b'"a",' * 1_000_000 + b"1" * 30 + b"]"),
    "nesting": (JSON, b"[" * SIX_MEGABYTES),
    "lines": (LINES, b"[1,2,+3]\n" * 99_999),
    "pairs": (LIBSVM, b"0:1 1:2 2:+3\n" * 99_999),
    "one long row of pairs": (LIBSVM, b"0:1 " * (SIX_MEGABYTES // 4)),
    "a row of labels": (LIBSVM, b"1 " * (SIX_MEGABYTES // 2)),
    "a lying npy": (NPY, b"\x93NUMPY\x01\0" + bytes([len(LYING_NPY), 0]) + LYING_NPY),
    "empty records": (RECORDIO, write_frame(b"") * 700_000),
    "a record of many maps": (RECORDIO, write_frame(b"\x0a\0" * 3_000_000)),
    "a record of many values": (RECORDIO, record([1] * 15_000) * 100),
    "no footer": (PARQUET, footer(b"\x15\0" * 3_000_000)),
    "a footer of empty structs": (PARQUET, footer(EMPTY_STRUCTS)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_takes_more_than_forty_bytes_per_byte(channel: Channel, name: str) -> None:
    content_type, body = HOSTILE[name]

    assert body_multiple(channel, body, content_type, 3) <= 40


def as_csv() -> bytes:
    line = b"1," + b",".join([b"0.123456"] * (COLUMNS - 1)) + b"\n"
    return line * ROWS


def as_libsvm() -> bytes:
    line = b"1 " + b" ".join(b"%d:0.123456" % i for i in range(COLUMNS - 1)) + b"\n"
    return line * ROWS


def as_npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.ones((ROWS, COLUMNS)))
    return stream.getvalue()


def as_parquet() -> bytes:
    numbers = np.random.default_rng(0).normal(size=ROWS)
    table = pa.table({f"c{i}": numbers for i in range(COLUMNS)})
    stream = io.BytesIO()
    # One row group: it must not be read as a whole, either.
    pq.write_table(table, stream, row_group_size=ROWS)
    return stream.getvalue()


def as_recordio() -> bytes:
    record = record_class()()
    record.features["values"].float32_tensor.values.extend([0.5] * (COLUMNS - 1))
    record.label["values"].float32_tensor.values.append(1)
    return write_frame(record.SerializeToString()) * ROWS


_PASS = """
from pathlib import Path
from container.contract.layout import Layout
from container.formats.dataset import ReadOptions, read_dataset
import container.formats.channel, scipy.sparse
def read(name):
    folder = Path({base!r}) / name
    data = read_dataset(Layout(Path({base!r})), folder, ReadOptions({content_type!r}, memory=0))
    assert not data.in_memory
    return data.rows, sum(batch.rows for batch in data.batches())
read("warm")
"""


@pytest.mark.parametrize(
    ("content_type", "written"),
    [
        (CSV, as_csv),
        (LIBSVM, as_libsvm),
        (NPY, as_npy),
        (PARQUET, as_parquet),
        (RECORDIO, as_recordio),
    ],
)
def test_a_pass_over_large_data_stays_within_its_bound(
    channel: Channel, content_type: str, written: Callable[[], bytes]
) -> None:
    content = written()
    for name, copies in (("warm", 1), ("large", 6)):
        for copy in range(copies):
            channel.put(f"../../../{name}/{copy}", content)
    setup = _PASS.format(base=str(channel.base), content_type=content_type)

    taken = peak_bytes(setup, f"assert read('large') == ({6 * ROWS}, {6 * ROWS})")

    # All copies take 69 MiB as 32-bit numbers, or twice that when they are sparse.
    assert taken <= 32 * MEBIBYTE
