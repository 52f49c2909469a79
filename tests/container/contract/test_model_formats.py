"""Formats of models: what is read, and what to do with what is not."""

import json
from typing import Any

import pytest

from container.contract import ubjson
from container.contract.errors import InputError
from container.contract.model_formats import check_readable, is_misread, is_pickle


def model(
    version: list[int], booster: str = "gbtree", objective: str = "reg:squarederror", **more: Any
) -> dict[str, Any]:
    return {
        "version": version,
        "learner": {
            "gradient_booster": {"name": booster, "model": more},
            "objective": {"name": objective},
        },
    }


LOGITRAW = "binary:logitraw"


@pytest.mark.parametrize(
    ("document", "misread"),
    [
        (model([1, 2, 0]), False),
        (model([1, 2, 0], objective=LOGITRAW), True),
        (model([1, 2, 9], objective=LOGITRAW), True),
        (model([1, 3, 0], objective=LOGITRAW), False),
        (model([0, 90, 0], objective=LOGITRAW), True),
        (model([2, 0, 0], objective=LOGITRAW), False),
        (model([1, 3, 0], "gblinear"), True),
        (model([1, 3, 0], "gblinear", boosted_rounds=5), False),
        (model([1, 3, 0], "gbtree"), False),
        ({}, False),
        ([], False),
        ({"learner": None, "version": [1]}, False),
        ({"learner": {"gradient_booster": {}}, "version": [1]}, False),
    ],
)
def test_a_model_whose_predictions_changed_is_known(document: Any, misread: bool) -> None:
    assert is_misread(document) is misread


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x80\x01", False),
        (b"\x80\x02", True),
        (b"\x80\x03", True),
        (b"\x80\x04", True),
        (b"\x80\x05", True),
        (b"\x80\x06", False),
        (b"binf", False),
        (b"{", False),
    ],
)
def test_a_pickle_begins_with_its_protocol(content: bytes, expected: bool) -> None:
    assert is_pickle(content) is expected


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"{i\x01aZ}",
        b"{U\x01aZ}",
        b"{I\0\x01aZ}",
        b"{l\0\0\0\x01aZ}",
        b"{L\0\0\0\0\0\0\0\x01aZ}",
        b'{"a": 1}',
        json.dumps(model([2, 0, 0])).encode(),
        # What reads it looks at every byte.
        b"binf",
    ],
)
def test_a_whole_document_is_readable(content: bytes) -> None:
    check_readable(content, "here")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\x80\x04.", "a pickle, which may run code when it is opened; convert it"),
        (
            b"",
            "not a model in UBJSON, JSON or XGBoost's binary format; "
            "if XGBoost 1.0 or older wrote it, convert it",
        ),
        (b"[]", "not a model in UBJSON, JSON or XGBoost's binary format"),
        (b"bin", "not a model in UBJSON, JSON or XGBoost's binary format"),
        (b"{i\x01aZ", "damaged "),
        (b"{L\0\0\0\0\0\0\0\x01aZ", "damaged "),
        (b'{"a"', "damaged "),
        (b'{"a":' * 100_000, "damaged "),
        (json.dumps(model([1, 2, 0], objective=LOGITRAW)).encode(), "later ones misread; conv"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        check_readable(content, "here")

    assert str(caught.value).startswith(f"here: {complaint}") or complaint in str(caught.value)


def test_an_error_that_says_nothing_of_the_file_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(content: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ubjson, "members", broken)

    with pytest.raises(ZeroDivisionError):
        check_readable(b"{}", "here")

    class Broken(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        is_misread(Broken())
