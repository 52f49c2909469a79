"""What reading may take of memory, measured in processes of their own."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from container.formats.record_message import record_class
from container.formats.recordio import write_frame
from tests.container.support.channel_files import Channel, peak_bytes
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
    record,
)

pytestmark = pytest.mark.acceptance

MEBIBYTE = 1024 * 1024
ROWS, COLUMNS = 6_000, 500

_READ_BODY = """
from pathlib import Path
from container.formats.media import request_type
from container.contract.http_errors import HTTPError
from container.request.request_body import read_rows
from container.formats.schema import Schema
import scipy.sparse, pyarrow.parquet, container.request.recordio_request
import container.request.parquet_request, container.request.libsvm_request
media, schema = request_type({content_type!r}), Schema.of_numbers({width})
def answer(body):
    try:
        return read_rows(body, media, schema)
    except HTTPError as error:
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
    "short lines": (CSV, b"1\n" * 3_000_000),
    "quotes": (CSV, b'"' * SIX_MEGABYTES),
    "unusual numbers": (CSV, b"+1,+1,+1\n" * 600_000),
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
    "lines": (LINES, b"[1,2,+3]\n" * 600_000),
    "pairs": (LIBSVM, b"0:1 1:2 2:+3\n" * 480_000),
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


def as_csv(rows: int) -> bytes:
    return (b"1," + b",".join([b"0.12345"] * (COLUMNS - 1)) + b"\n") * rows


def as_libsvm(rows: int) -> bytes:
    pairs = b" ".join(b"%d:0.125" % i for i in range(COLUMNS - 1))
    return (b"1 " + pairs + b"\n") * rows


def as_npy(rows: int) -> bytes:
    return npy(np.ones((rows, COLUMNS)))


def as_parquet(rows: int) -> bytes:
    # Few columns with small pages, as pages of each are in memory; the one row group must not be.
    numbers = np.random.default_rng(0).normal(size=rows * COLUMNS // 10)
    columns = {f"c{i}": numbers for i in range(10)}
    return parquet(
        columns, row_group_size=len(numbers), data_page_size=65_536, use_dictionary=False
    )


def as_recordio(rows: int) -> bytes:
    made = record_class()()
    made.features["values"].float32_tensor.values.extend([0.5] * (COLUMNS - 1))
    made.label["values"].float32_tensor.values.append(1)
    return write_frame(made.SerializeToString()) * rows


_PASS = """
from pathlib import Path
from container.contract.layout import Layout
from container.channel.reading import read_dataset
from container.formats.dataset import ReadOptions
import container.channel.reading, scipy.sparse
def read(name):
    folder = Path({base!r}) / name
    data = read_dataset(Layout(Path({base!r})), folder, ReadOptions({content_type!r}, memory=0))
    assert not data.in_memory
    return data.rows, sum(batch.rows for batch in data.batches())
read("warm")
"""


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("content_type", "written", "megabytes", "bound"),
    [
        (CSV, as_csv, 72, 48),
        (LIBSVM, as_libsvm, 72, 48),
        (NPY, as_npy, 72, 48),
        # A tenth of these numbers are labels, which stay in memory.
        (PARQUET, as_parquet, 144, 112),
        (RECORDIO, as_recordio, 72, 48),
    ],
)
def test_a_pass_over_large_data_takes_less_than_the_data(
    channel: Channel,
    content_type: str,
    written: Callable[[int], bytes],
    megabytes: int,
    bound: int,
) -> None:
    channel.put("../../../warm/part", written(100))
    channel.put("../../../large/0", written(ROWS))
    # A file holds 12 MB of numbers, which take twice as much when they are sparse.
    copies = megabytes // (24 if content_type == LIBSVM else 12)
    for copy in range(1, copies):
        (channel.base / f"large/{copy}").hardlink_to(channel.base / "large/0")
    setup = _PASS.format(base=str(channel.base), content_type=content_type)
    rows = copies * ROWS * (COLUMNS // 10 if content_type == PARQUET else 1)

    taken = peak_bytes(setup, f"assert read('large') == ({rows}, {rows})")

    assert taken <= bound * MEBIBYTE
