"""`_columns.json` of a data version: names, categories and classes for the container."""

import json
from typing import Any

from cli.data.understanding import OutputColumn, Understanding

COLUMN_FILE = "_columns.json"
"""A name with an underscore, so that SageMaker's XGBoost and ours take it for no data."""

_FORMAT = 1


def column_document(found: Understanding) -> bytes | None:
    """Return the content of the file; None for numbers without a header, which have no names."""
    if found.is_bare:
        return None
    label: dict[str, Any] = {"name": _label_name(found)}
    if found.labels.classes:
        label["classes"] = list(found.labels.classes)
    features = [
        {"name": name, **({"categorical": True} if column.is_categorical else {})}
        for name, column in zip(feature_names(found), _features(found), strict=True)
    ]
    document = {"format": _FORMAT, "label": label, "features": features}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def feature_names(found: Understanding) -> list[str]:
    """Return the names of the features; without a header those that the container gives."""
    columns = _features(found)
    if found.table.names is None:
        return [f"f{place}" for place in range(len(columns))]
    return [column.name for column in columns]


def _features(found: Understanding) -> list[OutputColumn]:
    """Return the columns after the label and the weight."""
    return found.features[found.labels.has_weights :]


def _label_name(found: Understanding) -> str:
    return "label" if found.table.names is None else found.labels.name
