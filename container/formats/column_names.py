"""Names of a label, its classes and the features of files that have no header."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from unicodedata import category

from container.formats.schema import ColumnNames, Label

_LONGEST_NAME = 500


class ColumnNamesError(ValueError):
    """What is wrong with a document of column names, as the end of a sentence."""


def column_names(document: Any) -> ColumnNames:
    """Return what `ColumnNames.to_json` gave; raises ColumnNamesError for anything else."""
    _check_keys("the document", document, ("format", "label", "features"))
    if type(document["format"]) is not int or document["format"] != ColumnNames.FORMAT:
        raise ColumnNamesError(f"must have format {ColumnNames.FORMAT}; this image reads no other")
    label = _label(document["label"])
    features = document["features"]
    if not isinstance(features, list) or not features:
        raise ColumnNamesError("must have features, a list of at least one")
    for number, feature in enumerate(features):
        _check_keys(f"feature {number}", feature, ("name",), ("categorical",))
        if not isinstance(feature.get("categorical", False), bool):
            raise ColumnNamesError(f"feature {number}: categorical must be true or false")
    names = tuple(_text(f"feature {n}: name", each["name"]) for n, each in enumerate(features))
    repeated = _repeated([label.name, *names])
    if repeated:
        raise ColumnNamesError(f"gives two columns the name {_shown(repeated)}")
    marked = (each["name"] for each in features if each.get("categorical"))
    return ColumnNames(label, names, frozenset(marked))


def parse_column_names(content: bytes) -> ColumnNames:
    """Return the names in a JSON document; raises ColumnNamesError."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ColumnNamesError(f"is not JSON ({str(error).splitlines()[0]})") from error
    return column_names(document)


def _label(document: Any) -> Label:
    _check_keys("label", document, ("name",), ("classes",))
    name = _text("label: name", document["name"])
    classes = document.get("classes")
    if classes is None:
        return Label(name)
    if not isinstance(classes, list) or len(classes) < 2:
        raise ColumnNamesError("label: classes must be a list of at least two")
    texts = tuple(_text(f"label: class {code}", each) for code, each in enumerate(classes))
    repeated = _repeated(texts)
    if repeated:
        raise ColumnNamesError(f"label: gives two classes the name {_shown(repeated)}")
    return Label(name, texts)


def _check_keys(
    what: str, document: Any, required: Collection[str], optional: Collection[str] = ()
) -> None:
    """Raise ColumnNamesError unless it is an object with these keys and no others."""
    if not isinstance(document, Mapping):
        raise ColumnNamesError(f"{what} must be an object")
    for key in required:
        if key not in document:
            raise ColumnNamesError(f"{what} has no {key}")
    for key in document:
        if key not in required and key not in optional:
            raise ColumnNamesError(f"{what} has {_shown(key)}, which nothing here reads")


def _text(what: str, text: Any) -> str:
    """Return a text that is a name; a line of a table's header could not hold any other."""
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_NAME:
        raise ColumnNamesError(f"{what} must be a text of 1 to {_LONGEST_NAME} characters")
    if text != text.strip() or any(category(each) in ("Cc", "Cs") for each in text):
        raise ColumnNamesError(f"{what} must have no line break and no blank at its ends")
    return text


def _repeated(texts: Iterable[str]) -> str:
    """Return a text that is there twice; "" for none."""
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            return text
        seen.add(text)
    return ""


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")
