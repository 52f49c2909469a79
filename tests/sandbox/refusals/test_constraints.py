"""What is said of a value that breaks a constraint of a model."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ShapeResolver

from sandbox.refusals import constraints
from sandbox.refusals.constraints import matches, problems
from sandbox.refusals.forms import FORMS
from sandbox.state import clients

SHAPES: Any = {
    "Text": {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"},
    "Kind": {"type": "string", "enum": ["A", "B"]},
    "Number": {"type": "integer", "min": 1, "max": 9},
    "Secret": {"type": "string", "max": 1, "sensitive": True},
    "Flag": {"type": "boolean"},
    "Bytes": {"type": "blob", "max": 2},
    "Texts": {"type": "list", "member": {"shape": "Text"}, "max": 2},
    "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Number"}, "max": 1},
    "Parts": {"type": "list", "member": {"shape": "Part"}},
    "Named": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Part"}},
    "Part": {
        "type": "structure",
        "required": ["TextName"],
        "members": {"TextName": {"shape": "Text"}, "Parts": {"shape": "Parts"}},
    },
    "Whole": {
        "type": "structure",
        "members": {
            name: {"shape": name}
            for name in ("Text", "Kind", "Number", "Secret", "Flag", "Bytes", "Texts", "Map")
        }
        | {"Parts": {"shape": "Parts"}, "Named": {"shape": "Named"}},
    },
}
WHOLE = ShapeResolver(SHAPES).get_shape_by_name("Whole")
FAILED = "failed to satisfy constraint:"


def told(**params: Any) -> str:
    return "; ".join(problems(params, WHOLE, {}))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"Text": "ab", "Kind": "A", "Number": 9, "Secret": "x", "Flag": True, "Bytes": b"ab"},
        {"Texts": ["ab", "abcd"], "Map": {"ab": 1}, "Parts": [{"TextName": "ab"}], "Text": None},
        # Not the model's kind at all: whoever has to answer the request says so.
        {"Text": 1, "Number": "x", "Texts": "x", "Parts": ["x"], "Map": [], "Unknown": 1},
        {"Number": True},
    ],
)
def test_what_a_model_allows_is_no_problem(params: dict[str, Any]) -> None:
    assert told(**params) == ""


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (
            {"Text": "A"},
            f"Value 'A' at 'text' {FAILED} Member must satisfy regular expression pattern: [a-z]+; "
            f"Value 'A' at 'text' {FAILED} Member must have length greater than or equal to 2",
        ),
        ({"Kind": "C"}, f"Value 'C' at 'kind' {FAILED} Member must satisfy enum value set: [A, B]"),
        (
            {"Number": 0},
            f"Value '0' at 'number' {FAILED} Member must have value greater than or equal to 1",
        ),
        (
            {"Secret": "no"},
            f"Value at 'secret' {FAILED} Member must have length less than or equal to 1",
        ),
        (
            {"Bytes": b"abc"},
            f"Value at 'bytes' {FAILED} Member must have length less than or equal to 2",
        ),
        (
            {"Texts": ["ab", "a"]},
            f"Value '[ab, a]' at 'texts' {FAILED} Member must satisfy constraint: [Member must "
            "have length less than or equal to 4, Member must have length greater than or equal "
            "to 2, Member must satisfy regular expression pattern: [a-z]+]",
        ),
        (
            {"Map": {"ab": 1, "cd": 10}},
            f"Value '{{ab=1, cd=10}}' at 'map' {FAILED} Member must have length less than or equal "
            f"to 1; Value '{{ab=1, cd=10}}' at 'map' {FAILED} Map value must satisfy constraint: "
            "[Member must have value less than or equal to 9, Member must have value greater than "
            "or equal to 1]",
        ),
        (
            {"Parts": [{"TextName": "ab"}, {}]},
            f"Value null at 'parts.2.member.textName' {FAILED} Member must not be null",
        ),
        (
            {"Named": {"ab": {"TextName": "ab", "Parts": [{}]}}},
            f"Value null at 'named.ab.member.parts.1.member.textName' {FAILED} Member must not be "
            "null",
        ),
    ],
)
def test_a_broken_constraint_is_told_in_awss_words(params: dict[str, Any], words: str) -> None:
    assert told(**params) == words


def test_a_service_may_be_stricter_than_its_model() -> None:
    stricter = {"number": {"max": 3}}

    assert "less than or equal to 3" in problems({"Number": 4}, WHOLE, stricter)[0]
    assert problems({"Number": 3}, WHOLE, stricter) == []


def test_a_value_without_end_is_not_shown_whole() -> None:
    assert len(told(Text="x" * 100_000)) < 2_000


def test_a_pattern_is_javas() -> None:
    assert matches(r"[\p{L}\w]+", "é")
    assert not matches(r"\w+", "é")
    assert matches(r"[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF]*", "a\U0001f600")
    assert not matches(".*", "a\nb")
    assert not matches("[a-z]+", "ab\n")


def test_a_pattern_that_takes_too_long_does_not_stop_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(constraints, "_SECONDS", 0.05)

    assert not matches(r"(x|xx|xxx)+(.*y){20}", "x" * 5_000)


@pytest.mark.parametrize("service", FORMS)
def test_each_pattern_of_a_checked_service_can_be_read(service: str) -> None:
    with clients.CREATING:
        model = clients.session()._session.get_service_model(service)
    patterns = {model.shape_for(name).metadata.get("pattern") for name in model.shape_names}

    for pattern in patterns - {None}:
        constraints.compiled(pattern)
