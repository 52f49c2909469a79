"""What every parser promises for any bytes, and bodies to begin with when breaking it."""

import warnings
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings

from container.channel.reading import read_dataset
from container.contract.errors import InputError
from container.contract.http_errors import HTTPError
from container.contract.layout import Layout
from container.formats.dataset import ReadOptions
from container.formats.media import request_type
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

# The same examples in every run; the fixtures used with it do not change between examples.
bounded = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

_STATUSES = {204, 400, 413}

_TEXTS = {"age": [1.5, None], "plan": ["red", "x"], "income": [1, 2]}
_NUMBERS = {"f0": [1.5, None], "f1": [5, 6], "f2": [True, False]}

SEEDS: dict[str, list[bytes]] = {
    "": [b"1,2,3", b"1 0:1 2:3"],
    CSV: [b"1,2,3\n4,5,6\n,nan,NA\n", b'+1,"red",3.\n4,gold,6\r\n', b"1e5,-.5,9e307"],
    "text/csv;header=present": [b'age,"plan",income\n1,"red",3\n4,,6'],
    LIBSVM: [b"1 0:1 1:2\n0:3 2:5 # c\n", b"+1 qid:1 0:3 2:.5\n", b"1:0.5 0:3\n1:2 1:3\n"],
    JSON: [
        b"[[1, 2, 3], [4, null, 6]]",
        b'{"instances": [[1,2.5e3,3],[4,5,6]]}',
        b'{"instances": [{"features": [1,2,3]}, {"features": [1,2,3]}]}',
        b'[{"age": 1, "plan": "red", "income": null}]',
        b'[{"data": {"features": {"keys": [0, 2], "shape": [3], "values": [1, 5]}}}]',
    ],
    LINES: [b"[1,2,3]\n[4,5,6]\n", b'{"features": [1,5,3]}\n{"f0":1,"f1":2,"f2":3}'],
    NPY: [npy([[1, 2, 3]]), npy([[1, 5, 3], [4, 5, 6]], "<f4", "F")],
    RECORDIO: [record([1, 2, 3]) * 2, record([1, 5], [2, 0], [3]) + record([], [], [3])],
    PARQUET: [
        parquet(_NUMBERS),
        parquet(_TEXTS, compression="zstd", data_page_version="2.0"),
        parquet(_TEXTS, use_dictionary=False, compression="none", write_statistics=False),
    ],
}
# For channels the same bytes begin with a label, or with none.
CHANNELS = (CSV, LIBSVM, NPY, RECORDIO, PARQUET)


def check_request(content_type: str, body: bytes) -> None:
    """Rows of finite numbers or HTTPError, whatever the model and the rules."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for schema in (NUMBERS, NAMED):
            for lenient in (False, True):
                try:
                    rows = read_rows(body, request_type(content_type), schema, lenient)
                except HTTPError as error:
                    assert error.status in _STATUSES, error
                    assert "\n" not in error.message
                    continue
                assert rows.dtype == np.float32
                assert rows.shape[0] >= 1
                assert rows.shape[1] == 3
                values = rows if isinstance(rows, np.ndarray) else rows.data
                assert not np.isinf(values).any()


def check_channel(content_type: str, content: bytes, folder: Path) -> None:
    """Labelled rows or InputError, in memory and in pieces alike."""
    (folder / "part").write_bytes(content)
    answers = []
    for memory in (None, 0):
        for categorical in ((), ("1",)):
            options = ReadOptions(content_type, categorical=categorical, memory=memory)
            answers.append(_labels(folder, options))
    assert answers[:2] == answers[2:]


def _labels(folder: Path, options: ReadOptions) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            data = read_dataset(Layout(folder), folder, options)
            rows = sum(batch.as_rows().shape[0] for batch in data.batches())
        except InputError as error:
            assert "\n" not in str(error)
            return "refused"
    assert rows == data.rows >= 1
    assert np.isfinite(data.labels).all()
    return [data.schema, data.labels.tolist()]
