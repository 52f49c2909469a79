"""Documents of column names: what they may hold, and the line for each that they may not."""

import json
from typing import Any

import pytest

from container.formats.column_names import ColumnNamesError, column_names, parse_column_names
from container.formats.schema import ColumnNames, Label

TITANIC = {
    "format": 1,
    "label": {"name": "survived", "classes": ["no", "yes"]},
    "features": [{"name": "age"}, {"name": "sex", "categorical": True}],
}


def test_names_of_label_classes_and_features_are_read_and_written() -> None:
    found = parse_column_names(json.dumps(TITANIC).encode())

    assert found == ColumnNames(
        Label("survived", ("no", "yes")), ("age", "sex"), frozenset({"sex"})
    )
    assert found.to_json() == TITANIC
    numbers = {**TITANIC, "label": {"name": "price"}, "features": [{"name": "größe (m²)"}]}
    assert column_names(numbers).to_json() == numbers
    stated = column_names({**TITANIC, "features": [{"name": "age", "categorical": False}]})
    assert stated.categorical == frozenset()


def label(**changes: Any) -> dict[str, Any]:
    return {**TITANIC, "label": {**TITANIC["label"], **changes}}  # type: ignore[dict-item]


def features(*items: Any) -> dict[str, Any]:
    return {**TITANIC, "features": list(items)}


NAME = "must be a text of 1 to 500 characters"
BLANKS = "must have no line break and no blank at its ends"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the document must be an object"),
        ({}, "the document has no format"),
        ({"format": 1, "features": []}, "the document has no label"),
        ({**TITANIC, "format": 2}, "must have format 1; this image reads no other"),
        ({**TITANIC, "format": True}, "must have format 1"),
        ({**TITANIC, "index": "id"}, "the document has 'index', which nothing here reads"),
        ({**TITANIC, "x" * 99: 1}, f"the document has '{'x' * 60}…', which"),
        ({**TITANIC, "label": "survived"}, "label must be an object"),
        ({**TITANIC, "label": {"classes": ["a", "b"]}}, "label has no name"),
        (label(codes=[1]), "label has 'codes', which"),
        (label(name=""), f"label: name {NAME}"),
        (label(classes="no,yes"), "label: classes must be a list of at least two"),
        (label(classes=["no"]), "label: classes must be a list of at least two"),
        (label(classes=["no", 1]), f"label: class 1 {NAME}"),
        (label(classes=["no", "yes", "no"]), "label: gives two classes the name 'no'"),
        ({**TITANIC, "features": {}}, "must have features, a list of at least one"),
        (features(), "must have features, a list of at least one"),
        (features("age"), "feature 0 must be an object"),
        (features({"name": "a"}, {}), "feature 1 has no name"),
        (features({"name": "a", "kind": "c"}), "feature 0 has 'kind', which"),
        (features({"name": "a", "categorical": 1}), "feature 0: categorical must be true or false"),
        (features({"name": None}), f"feature 0: name {NAME}"),
        (features({"name": "a" * 501}), f"feature 0: name {NAME}"),
        (features({"name": " a"}), f"feature 0: name {BLANKS}"),
        (features({"name": "a\nb"}), f"feature 0: name {BLANKS}"),
        (features({"name": "\ud800"}), f"feature 0: name {BLANKS}"),
        (features({"name": "a"}, {"name": "a"}), "gives two columns the name 'a'"),
        (features({"name": "survived"}), "gives two columns the name 'survived'"),
    ],
)
def test_a_document_that_is_not_of_this_form_is_refused(document: Any, message: str) -> None:
    with pytest.raises(ColumnNamesError) as caught:
        column_names(document)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff{}", b"[" * 100_000, b"age,sex"])
def test_what_is_not_json_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(ColumnNamesError) as caught:
        parse_column_names(content)

    assert str(caught.value).startswith("is not JSON (")
    assert "\n" not in str(caught.value)
