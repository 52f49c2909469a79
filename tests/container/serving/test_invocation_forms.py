"""One request from bytes to bytes, with a model that adds its features up."""

import bz2
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.schema import Feature, Label, Schema
from container.serving.invocation import invoke, is_wanted
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.settings import Settings

ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"
EXPLAIN = {ATTRIBUTES: b"explain=true", b"accept": b"application/json"}


def added(rows: Any) -> Any:
    return rows.sum(axis=1).astype(np.float32)


def explained(rows: Any) -> Any:
    return np.column_stack([rows, np.zeros(len(rows))]).astype(np.float32)


ROWS = b"0.25,0.5\n0.25,0"
BINARY = {"task": "binary", "objective": "binary:logistic", "classes": 2, "threshold": 0.5}
MODEL = LoadedModel(added, explained, Schema((Feature("a"), Feature("b"))), BINARY)


def answer(
    settings: Settings | None = None,
    body: bytes = ROWS,
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
    monkeypatch.setattr("container.serving.invocation.CHUNK_NUMBERS", chunk)

    assert answer(settings, accept=accept).body == body


@pytest.mark.parametrize("chunk", [50_000, 1])
@pytest.mark.parametrize("settings", [Settings(), BATCH, MULTI, MULTI_BATCH])
def test_an_explanation_is_in_objects_whatever_the_server(
    monkeypatch: pytest.MonkeyPatch, chunk: int, settings: Settings
) -> None:
    monkeypatch.setattr("container.serving.invocation.CHUNK_NUMBERS", chunk)
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
            is_wanted("explain", attributes)
    else:
        assert is_wanted("explain", attributes) is wanted


NAMED = replace(MODEL, schema=replace(MODEL.schema, label=Label("churned", ("no", "yes"))))
SEVERAL = replace(
    NAMED,
    predict=lambda rows: np.column_stack([rows, 1 - rows[:, :1]]).astype(np.float32),
    schema=replace(MODEL.schema, label=Label("kind", ("a", "b", "c"))),
    signature={"task": "multiclass", "objective": "multi:softprob", "classes": 3},
)


@pytest.mark.parametrize("chunk", [50_000, 1])
@pytest.mark.parametrize("settings", [Settings(), BATCH, MULTI, MULTI_BATCH])
@pytest.mark.parametrize(
    ("model", "objects"),
    [
        (NAMED, [{"score": 0.75, "label": "yes"}, {"score": 0.25, "label": "no"}]),
        (
            SEVERAL,
            [
                {"score": [0.25, 0.5, 0.75], "label": "c"},
                {"score": [0.25, 0.0, 0.75], "label": "c"},
            ],
        ),
    ],
)
def test_a_class_is_named_beside_its_score(
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    settings: Settings,
    model: LoadedModel,
    objects: list[Any],
) -> None:
    monkeypatch.setattr("container.serving.invocation.CHUNK_NUMBERS", chunk)
    asked = {ATTRIBUTES: b"labels=true", b"accept": b"application/json"}

    found = answer(settings, ROWS, model, **named(asked))
    lines = answer(settings, ROWS, model, **named({**asked, b"accept": b"application/jsonlines"}))

    assert json.loads(found.body) == {"predictions": objects}
    assert [json.loads(line) for line in lines.body.splitlines()] == objects


def named(headers: dict[bytes, bytes]) -> dict[str, bytes]:
    return {name.decode().replace("-", "_"): value for name, value in headers.items()}


def test_a_class_may_be_named_and_explained() -> None:
    both = named({ATTRIBUTES: b"explain=true,labels=true", b"accept": b"application/json"})

    (first, _) = json.loads(answer(None, ROWS, NAMED, **both).body)["predictions"]
    selected = json.loads(answer(SELECTED, ROWS, NAMED, **both).body)["predictions"][0]

    assert first["label"] == selected["label"] == "yes"
    assert first["contributions"] == selected["contributions"] == {"a": 0.25, "b": 0.5}


@pytest.mark.parametrize(
    ("model", "accept", "status"),
    [
        (NAMED, b"text/csv", 406),
        (MODEL, b"application/json", 400),
        (replace(NAMED, signature={**BINARY, "classes": None}), b"application/json", 400),
        (replace(NAMED, signature={**BINARY, "classes": 3}), b"application/json", 400),
    ],
)
def test_classes_without_names_or_in_a_format_without_are_refused(
    model: LoadedModel, accept: bytes, status: int
) -> None:
    with pytest.raises(HTTPError) as caught:
        answer(None, ROWS, model, **named({ATTRIBUTES: b"labels=true", b"accept": accept}))
    assert caught.value.status == status


def test_rows_and_unseen_categories_are_counted() -> None:
    model = replace(MODEL, schema=Schema((Feature("a"), Feature("b", ("red",)))))

    found = answer(body=b"1,red\n2,blue\n3,green", model=replace(model, predict=lambda r: r[:, 0]))

    assert (found.rows, found.unseen, found.status) == (3, 2, 200)
    assert found.content_type == b"text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("encoding", "status"),
    [
        (b"identity", 200),
        (b"utf-8", 200),
        (b"", 200),
        *((each, 415) for each in (b"gzip", b"GZIP", b"br", b"deflate", b"zstd", b"x, gzip")),
    ],
)
def test_a_compressed_body_is_refused(encoding: bytes, status: int) -> None:
    if status == 200:
        assert answer(content_encoding=encoding).status == 200
        return
    with pytest.raises(HTTPError, match="send the body uncompressed") as caught:
        answer(content_encoding=encoding)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        (b"text/csv", b"\x1f\x8b\x08...", "the body is compressed with gzip; send it uncompr"),
        (b"text/csv", bz2.compress(b"1,2"), "the body is compressed with bzip2"),
        (b"text/csv", b"\xfd7zXZ\0", "the body is compressed with xz"),
        (b"application/json", b"\x28\xb5\x2f\xfd", "the body is compressed with Zstandard"),
        (b"text/csv", b"PK\x03\x04", "the body is a ZIP archive, or an Excel workbook"),
        (b"text/csv", b"PAR1..PAR1", "the body is Parquet; say Content-Type: application/x-pa"),
        (b"text/csv", b"\x93NUMPY", "the body is npy; say Content-Type: application/x-npy"),
        (b"text/csv", b"\x0a\x23\xd7\xce", "the body is RecordIO-protobuf; say Content-Type"),
        (b"text/csv", b"\x80\x04.", "the body is a Python pickle"),
        (b"text/csv", "1,2".encode("utf-16"), "the body is UTF-16; encode it as UTF-8, or say"),
        (b"text/csv", "1,2".encode("utf-16-le"), "the body is UTF-16"),
        (b"text/csv", "1,2".encode("utf-16-be"), "the body is UTF-16"),
        (b"application/json", "[1,2]".encode("utf-32"), "the body is UTF-32"),
        (b"text/csv", b"1,\0", "the body is no text, as it has bytes of 0"),
        (b"text/csv", b" [[1,2]]", "the body is JSON; say Content-Type: application/json"),
        (b"text/libsvm", b'{"a": 1}', "the body is JSON"),
        (b"text/csv", b"1 0:1 1:2", "the body is libsvm; say Content-Type: text/libsvm"),
        (b"text/libsvm", b"1,2", "the body is CSV; say Content-Type: text/csv"),
        (b"text/csv", b"1,x", "line 1, field 2"),
        (b"text/libsvm", b"0:1 1:x", "line 1 has a wrong number"),
        (b"application/x-npy", b"PAR1", "the body is not"),
    ],
)
def test_a_body_of_another_kind_is_called_what_it_is(
    content_type: bytes, body: bytes, message: str
) -> None:
    with pytest.raises(HTTPError) as caught:
        answer(body=body, content_type=content_type)

    assert caught.value.status == 400
    assert caught.value.message.startswith(message)


def test_a_body_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(HTTPError) as caught:
        answer(Settings(response_numbers=1), b"1,2\n3,4")
    assert caught.value.status == 413


@pytest.mark.parametrize("charset", ["utf-8", "ISO-8859-1", "cp1252", "UTF-16", "utf-16-le"])
def test_text_is_read_in_its_charset(charset: str) -> None:
    model = replace(MODEL, schema=Schema((Feature("a"), Feature("b", ("für", "gegen")))))
    content_type = f"text/csv; charset={charset}".encode()

    found = answer(body="1,für\n1,gegen".encode(charset), model=model, content_type=content_type)

    assert (found.body, found.unseen) == (b"1.0\n2.0\n", 0)


def test_text_that_is_not_in_its_charset_is_refused() -> None:
    with pytest.raises(HTTPError, match="the body is not utf-16, as its Content-Type says"):
        answer(body=b"1,2", content_type=b"text/csv; charset=utf-16")


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
    assert replace(MODEL, signature=signature).outputs == count


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_a_response_of_more_numbers_than_memory_bears_is_refused(
    monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    settings = Settings(response_numbers=2)
    # The second body is read in pieces.
    for blanks in (b"", b" " * 200_000):
        body = b"1,2\n" * (rows - 1) + blanks + b"1,2"
        if fits:
            assert answer(settings, body).rows == rows
            continue
        with pytest.raises(HTTPError, match=r"a response of over 2 numbers .*RESPONSE_N") as caught:
            answer(settings, body)
        assert caught.value.status == 413


def test_a_response_of_several_classes_has_a_number_for_each() -> None:
    model = replace(MODEL, signature={**MODEL.signature, "task": "multiclass", "classes": 3})

    assert answer(Settings(response_numbers=6), b"1,2\n1,2", model=model).rows == 2
    with pytest.raises(HTTPError, match="a response of over 5 numbers"):
        answer(Settings(response_numbers=5), b"1,2\n1,2", model=model)


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_explanations_of_more_numbers_than_memory_bears_are_refused(
    monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    # Of each row two features and a bias.
    settings = Settings(explanation_numbers=6)
    request = Request(b"POST", b"/", b"", EXPLAIN, b"1,2\n" * rows)
    assert answer(body=b"1,2\n" * rows).rows == rows
    if fits:
        assert invoke(MODEL, request, settings).rows == rows
        return
    with pytest.raises(HTTPError, match="explanations of over 6 numbers") as caught:
        invoke(MODEL, request, settings)
    assert caught.value.status == 413
