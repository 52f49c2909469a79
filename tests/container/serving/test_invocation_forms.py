"""One request from bytes to bytes, with a model that adds its features up."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.schema import Feature, Schema
from container.serving import invocation
from container.serving.invocation import invoke, outputs, wants_explanation
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.settings import Settings

ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"
EXPLAIN = {ATTRIBUTES: b"explain=true", b"accept": b"application/json"}


def added(rows: Any) -> Any:
    return rows.sum(axis=1).astype(np.float32)


def explained(rows: Any) -> Any:
    return np.column_stack([rows, np.zeros(len(rows))]).astype(np.float32)


BINARY = {"task": "binary", "objective": "binary:logistic", "classes": 2, "threshold": 0.5}
MODEL = LoadedModel(added, explained, Schema((Feature("a"), Feature("b"))), BINARY)


def answer(
    settings: Settings | None = None,
    body: bytes = b"0.25,0.5\n0.25,0",
    model: LoadedModel = MODEL,
    **headers: bytes,
) -> Response:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    request = Request(b"POST", b"/invocations", b"", named, body)
    return invoke(model, request, settings or Settings())


MULTI = Settings(is_multi_model=True)
BATCH = Settings(is_batch=True)
MULTI_BATCH = Settings(is_multi_model=True, is_batch=True)
SELECTED = Settings(selected=("predicted_label",))
SELECTED_BATCH = Settings(selected=("predicted_label",), is_batch=True)
SELECTED_MULTI = Settings(selected=("predicted_label",), is_multi_model=True)
OBJECTS = b'{"predictions": [{"score": 0.75}, {"score": 0.25}]}'
LABELS = b'{"predictions": [{"predicted_label": 1}, {"predicted_label": 0}]}'


@pytest.mark.parametrize("chunk", [50_000, 1])
@pytest.mark.parametrize(
    ("settings", "accept", "body"),
    [
        (Settings(), b"text/csv", b"0.75\n0.25\n"),
        (Settings(), b"application/json", OBJECTS),
        (Settings(), b"application/jsonlines", b'{"score": 0.75}\n{"score": 0.25}\n'),
        (BATCH, b"application/json", b"0.75\n0.25\n"),
        (BATCH, b"text/csv", b"0.75\n0.25\n"),
        (MULTI, b"text/csv", b"0.75,0.25"),
        (MULTI, b"application/json", b"[0.75, 0.25]"),
        (MULTI, b"application/jsonlines", b'{"score": 0.75}\n{"score": 0.25}\n'),
        (MULTI_BATCH, b"text/csv", b"0.75\n0.25\n"),
        (MULTI_BATCH, b"application/json", b"[0.75, 0.25]"),
        (SELECTED, b"text/csv", b"1\n0"),
        (SELECTED_BATCH, b"text/csv", b"1\n0\n"),
        (SELECTED, b"application/json", LABELS),
        (SELECTED, b"application/jsonlines", b'{"predicted_label": 1}\n{"predicted_label": 0}\n'),
        (SELECTED_BATCH, b"application/json", LABELS),
        (SELECTED_MULTI, b"text/csv", b"0.75,0.25"),
        (SELECTED_MULTI, b"application/jsonlines", b'{"score": 0.75}\n{"score": 0.25}\n'),
    ],
)
def test_a_response_is_in_the_form_of_its_server_however_long_it_is(
    monkeypatch: pytest.MonkeyPatch, chunk: int, settings: Settings, accept: bytes, body: bytes
) -> None:
    monkeypatch.setattr("container.response.chunks._CHUNK_NUMBERS", chunk)

    assert answer(settings, accept=accept).body == body


@pytest.mark.parametrize("chunk", [50_000, 1])
@pytest.mark.parametrize("settings", [Settings(), BATCH, MULTI, MULTI_BATCH])
def test_an_explanation_is_in_objects_whatever_the_server(
    monkeypatch: pytest.MonkeyPatch, chunk: int, settings: Settings
) -> None:
    monkeypatch.setattr("container.response.chunks._CHUNK_NUMBERS", chunk)
    request = Request(b"POST", b"/", b"", EXPLAIN, b"0.25,0.5\n0.25,0")

    found = json.loads(invoke(MODEL, request, settings).body)

    assert found["predictions"] == [
        {"score": 0.75, "contributions": {"a": 0.25, "b": 0.5}, "bias": 0.0},
        {"score": 0.25, "contributions": {"a": 0.25, "b": 0.0}, "bias": 0.0},
    ]


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ("", False),
        ("explain=true", True),
        (" Explain = TRUE ", True),
        ("explain=false", False),
        ("trace=1,explain=true", True),
        ("explain", None),
        ("explain=1", None),
        ("explained=true", False),
    ],
)
def test_an_explanation_is_asked_for_among_other_attributes(
    attributes: str, wanted: bool | None
) -> None:
    if wanted is None:
        with pytest.raises(HTTPError, match="explain must be true or false"):
            wants_explanation(attributes)
    else:
        assert wants_explanation(attributes) is wanted


def test_rows_and_unseen_categories_are_counted() -> None:
    model = replace(MODEL, schema=Schema((Feature("a"), Feature("b", ("red",)))))

    found = answer(body=b"1,red\n2,blue\n3,green", model=replace(model, predict=lambda r: r[:, 0]))

    assert (found.rows, found.unseen, found.status) == (3, 2, 200)
    assert found.content_type == b"text/csv; charset=utf-8"


@pytest.mark.parametrize(("encoding", "status"), [(b"identity", 200), (b"gzip", 415)])
def test_a_compressed_body_is_refused(encoding: bytes, status: int) -> None:
    if status == 200:
        assert answer(content_encoding=encoding).status == 200
        return
    with pytest.raises(HTTPError, match="send the body uncompressed") as caught:
        answer(content_encoding=encoding)
    assert caught.value.status == status


def test_an_explanation_in_csv_is_refused_before_anything_is_read() -> None:
    request = Request(b"POST", b"/", b"", {ATTRIBUTES: b"explain=true"}, b"nonsense")

    with pytest.raises(HTTPError) as caught:
        invoke(MODEL, request, Settings())
    assert caught.value.status == 406


def test_only_a_lenient_server_takes_rows_that_lack_columns() -> None:
    with pytest.raises(HTTPError):
        answer(body=b"1")
    lenient = Settings(builtin_responses=True)
    with pytest.raises(HTTPError) as caught:
        answer(lenient, b"")
    assert caught.value.status == 204


@pytest.mark.parametrize(
    ("signature", "count"),
    [
        ({}, 1),
        ({"task": "binary", "classes": 2}, 1),
        ({"task": "multiclass", "classes": 3}, 3),
        ({"quantiles": [0.1, 0.9]}, 2),
        ({"quantiles": []}, 1),
    ],
)
def test_a_row_has_as_many_scores_as_classes_or_quantiles(
    signature: dict[str, Any], count: int
) -> None:
    assert outputs(signature) == count


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_a_response_of_more_numbers_than_memory_bears_is_refused(
    monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    monkeypatch.setattr(invocation, "_MAX_SCORES", 2)
    if fits:
        assert answer(body=b"1,2\n" * rows).rows == rows
        return
    with pytest.raises(HTTPError, match="a response of over 2 numbers") as caught:
        answer(body=b"1,2\n" * rows)
    assert caught.value.status == 413


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_explanations_of_more_numbers_than_memory_bears_are_refused(
    monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    # Of each row two features and a bias.
    monkeypatch.setattr(invocation, "_MAX_CONTRIBUTIONS", 6)
    request = Request(b"POST", b"/", b"", EXPLAIN, b"1,2\n" * rows)
    assert answer(body=b"1,2\n" * rows).rows == rows
    if fits:
        assert invoke(MODEL, request, Settings()).rows == rows
        return
    with pytest.raises(HTTPError, match="explanations of over 6 numbers") as caught:
        invoke(MODEL, request, Settings())
    assert caught.value.status == 413
