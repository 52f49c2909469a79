"""What the fast lanes read, the slow ones read alike, and refuse alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from container.contract.http_errors import HTTPError
from container.formats import libsvm
from container.formats.libsvm_lines import LibsvmError
from container.formats.schema import Schema
from container.request import csv_request, json_request
from tests.container.support.hostile import bounded
from tests.container.support.request_bodies import CSV, JSON, LINES, read

many = settings(bounded, max_examples=300)
WIDTHS = st.integers(1, 3)


def texts(*tokens: str) -> st.SearchStrategy[str]:
    """Up to fourteen of these tokens in a row."""
    return st.lists(st.sampled_from(tokens), max_size=14).map("".join)


def outcome(text: str, content_type: str, width: int) -> object:
    """The rows, or the status of the refusal."""
    try:
        return read(text.encode(), content_type, Schema.of_numbers(width))
    except HTTPError as error:
        return int(error.status)


@many
@given(
    texts(
        *["1", "-2.5", "3e4", "", "nan", "NA", ",", ",", "\n", "\r\n", " ", "[", "+", ".", "0", '"']
    ),
    WIDTHS,
)
def test_csv_is_read_alike_by_both_lanes(text: str, width: int) -> None:
    fast = outcome(text, CSV, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_request, "parse_plain_rows", lambda *_: None)
        assert outcome(text, CSV, width) == fast


@many
@given(
    texts(
        *["1", "2.5", "null", "[", "]", "], [", "],[", "], [", "]\n[", ",", ", ", " ", "\n", "-"]
    ),
    WIDTHS,
    st.sampled_from([(JSON, "[[", "]]"), (LINES, "[", "]"), (JSON, '{"instances":[[', "]]}")]),
)
def test_json_is_read_alike_by_both_lanes(
    text: str, width: int, form: tuple[str, str, str]
) -> None:
    content_type, before, after = form
    body = before + text + after
    fast = outcome(body, content_type, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_request, "_fast", lambda *_: None)
        assert outcome(body, content_type, width) == fast


@many
@given(
    texts(*["1", "0:1.5", "2:3", "1:", "qid:2", " ", " ", " ", "\n", "#", "-1", "+1", ":2", "nan"]),
    st.booleans(),
)
def test_libsvm_is_read_alike_by_both_lanes(text: str, labelled: bool) -> None:
    body = text.encode()
    fast = libsvm._fast_block(body, labelled)
    if fast is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libsvm, "_fast_block", lambda *_: None)
        try:
            slow = libsvm.read_block(body, labelled=labelled)
        except LibsvmError as error:
            raise AssertionError(f"only the fast lane reads {body!r}") from error
    names = ["ends", "columns", "values", "labels", "weights", *(["groups"] if labelled else [])]
    for name in names:
        np.testing.assert_array_equal(getattr(fast, name), getattr(slow, name))
