"""What an answer may take of memory, measured in processes of their own."""

from pathlib import Path

import pytest

from tests.container.serving.test_invocation import trained
from tests.container.support.channel_files import peak_bytes
from tests.container.support.world import World, simple_rows

pytestmark = pytest.mark.acceptance

MEBIBYTE = 1024 * 1024
ROWS = 100_000
JOB = {"num_round": "2", "objective": "multi:softprob", "num_class": "20", "max_depth": "2"}

_INVOKE = """
from pathlib import Path
from container.serving.invocation import invoke
from container.serving.heap import return_freed_memory_to_os
from container.serving.messages import Request
from container.serving.model_loading import open_model
from container.serving.settings import Settings
return_freed_memory_to_os()
served, settings = open_model(Path({folder!r}), "model"), Settings({settings})
def ask(rows):
    headers = {headers!r}
    row = b"0:1 2:3\\n" if b"content-type" in headers else b"1,2,3\\n"
    return invoke(served, Request(b"POST", b"/invocations", b"", headers, row * rows), settings)
import scipy.sparse, container.request.libsvm_request
ask(10)
"""

AS_JSON = {b"accept": b"application/json"}
EXPLAINED = {**AS_JSON, b"x-amzn-sagemaker-custom-attributes": b"explain=true"}
SPARSE = {**AS_JSON, b"content-type": b"text/libsvm"}
SELECTED = "selected=('predicted_label', 'probabilities')"
# Headers, settings, rows, and how many numbers a row of the answer has.
CASES = {
    "csv": ({}, "", ROWS, 20),
    "json": (AS_JSON, "", ROWS, 20),
    "sparse rows": (SPARSE, "", ROWS, 20),
    "explanations": (EXPLAINED, "", 6_000, 4 * 20),
    "selected": (AS_JSON, SELECTED, ROWS, 21),
}


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three models of a cross-validation with twenty classes, which answer together."""
    base = tmp_path_factory.mktemp("folds")
    trained(base, simple_rows(200, classes=20), {**JOB, "_kfold": "3"})
    return World(base)


LARGEST = 6 * 1024 * 1024
# Content type, row, and how many there are in the largest body.
BATCHES = {
    "csv": (b"text/csv", b"1.25,2.5,-3.75\n"),
    "missing values": (b"text/csv", b"1.25,,-3.75\n"),
    "libsvm": (b"text/libsvm", b"0:1.5 1:2.5 2:3\n"),
    "json lines": (b"application/jsonlines", b"[1.25,2.5,-3.75]\n"),
}


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> World:
    base = tmp_path_factory.mktemp("single")
    trained(base, simple_rows(), {"num_round": "2", "objective": "binary:logistic"})
    return World(base)


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_of_narrow_rows_takes_ten_bytes_for_each_of_its_bytes(
    single: World, name: str
) -> None:
    content_type, row = BATCHES[name]
    rows = LARGEST // len(row)
    assert rows > 350_000
    folder = str(single.base / "model")
    setup = _INVOKE.format(folder=folder, headers={}, settings="is_batch=True")
    # Half of that is the response, twice, and a quarter the body.
    work = f"""
headers = {{b"content-type": {content_type!r}}}
answer = invoke(served, Request(b"POST", b"/", b"", headers, {row!r} * {rows}), settings)
assert (answer.rows, len(set(answer.body.splitlines()))) == ({rows}, 1)
"""
    taken = peak_bytes(setup, work.strip())
    assert taken <= 10 * LARGEST


@pytest.mark.parametrize("name", CASES)
def test_an_answer_takes_a_stated_number_of_bytes_for_each_of_its_numbers(
    folds: World, name: str
) -> None:
    headers, settings, rows, numbers = CASES[name]
    folder = str(folds.base / "model")
    assert Path(folder, "xgboost-model-2").exists()

    setup = _INVOKE.format(folder=folder, headers=headers, settings=settings)
    taken = peak_bytes(setup, f"ask({rows})")

    assert taken <= 80 * rows * numbers + 32 * MEBIBYTE
