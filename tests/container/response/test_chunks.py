import time
from dataclasses import replace
from pathlib import Path

import pytest

from container.contract.http_errors import HTTPError
from container.protocol import Floats
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request
from container.serving.model_loading import open_model
from container.serving.settings import Settings
from tests.container.serving.test_invocation import BINARY, EXPLAIN, trained
from tests.container.support.world import simple_rows


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("binary"), simple_rows(), BINARY)


def test_more_explanations_than_memory_bears_are_refused(binary: Path) -> None:
    loaded = of_classes(open_model(binary, "model"), 3)
    request = Request(
        b"POST",
        b"/invocations",
        headers={b"accept": b"application/jsonlines", **EXPLAIN},
        body=b"1,2,3\n" * 42_000,
    )

    with pytest.raises(HTTPError, match="are too large; send fewer") as caught:
        invoke(loaded, request, Settings())

    assert caught.value.status == 413


def of_classes(loaded: LoadedModel, classes: int) -> LoadedModel:
    """The same model, said to answer with this many numbers per row."""
    return replace(loaded, signature={**loaded.signature, "task": "multiclass", "classes": classes})


def test_an_answer_out_of_all_proportion_to_its_rows_is_refused(binary: Path) -> None:
    loaded = of_classes(open_model(binary, "model"), 1_000)
    request = Request(b"POST", b"/invocations", headers={}, body=b"1,2,3\n" * 10_001)

    with pytest.raises(HTTPError, match="over 10000000 numbers") as caught:
        invoke(loaded, request, Settings())

    assert caught.value.status == 413


@pytest.mark.parametrize("accept", ["text/csv", "application/json", "application/jsonlines"])
@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(is_batch=True),
        Settings(is_multi_model=True),
        Settings(is_multi_model=True, is_batch=True),
        Settings(selected=("predicted_label", "probabilities")),
        Settings(selected=("probability",), is_batch=True),
    ],
    ids=["usual", "batch", "many models", "many models in batch", "selected", "selected in batch"],
)
def test_a_long_answer_is_the_same_as_if_it_were_written_at_once(
    binary: Path, monkeypatch: pytest.MonkeyPatch, accept: str, settings: Settings
) -> None:
    loaded = open_model(binary, "model")
    body = b"".join(b"%d,0.5,%d\n" % (i % 7, i % 3) for i in range(5))
    for attributes in ({}, EXPLAIN):
        if attributes and accept == "text/csv":
            continue
        headers = {b"accept": accept.encode(), **attributes}
        request = Request(b"POST", b"/invocations", headers=headers, body=body)
        monkeypatch.setattr("container.serving.invocation.CHUNK_NUMBERS", 50_000)
        at_once = invoke(loaded, request, settings)

        monkeypatch.setattr("container.serving.invocation.CHUNK_NUMBERS", 2)

        assert invoke(loaded, request, settings) == at_once


@pytest.mark.parametrize("headers", [{}, {b"accept": b"application/json", **EXPLAIN}])
def test_rows_in_parts_are_answered_as_all_at_once(
    binary: Path, monkeypatch: pytest.MonkeyPatch, headers: dict[bytes, bytes]
) -> None:
    loaded = open_model(binary, "model")
    at_once = invoke(loaded, a_body(headers, 700), Settings())
    sparse = {**headers, b"content-type": b"text/libsvm"}
    sparse_at_once = invoke(loaded, a_body(sparse, 700), Settings())

    monkeypatch.setattr("container.serving.invocation._PREDICTION_ROWS", 100)
    monkeypatch.setattr("container.serving.invocation._EXPLANATION_ROWS", 100)

    assert invoke(loaded, a_body(headers, 700), Settings()) == at_once
    assert invoke(loaded, a_body(sparse, 700), Settings()) == sparse_at_once


def a_body(headers: dict[bytes, bytes], rows: int) -> Request:
    form = b"0:%d 1:0.5\n" if b"content-type" in headers else b"%d,0.5,1\n"
    body = b"".join(form % (i % 7) for i in range(rows))
    return Request(b"POST", b"/invocations", headers=headers, body=body)


def test_what_would_take_too_long_is_refused_with_how_many_rows_would_not(
    binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = open_model(binary, "model")
    monkeypatch.setattr("container.serving.invocation._PREDICTION_ROWS", 1)

    def predict(rows: Floats) -> Floats:
        time.sleep(0.05)
        return rows[:, 0]

    slow = replace(loaded, predict=predict)

    with pytest.raises(HTTPError, match=r"too long; send at most [1-9]\d? rows at once") as caught:
        invoke(slow, a_body({}, 700), Settings(response_seconds=1))

    assert caught.value.status == 413
