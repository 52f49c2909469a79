"""569 real rows, label first, in the layout the data bucket takes."""

import json
import random
from functools import cache
from typing import NamedTuple

from sklearn.datasets import load_breast_cancer

Row = tuple[float, ...]


class Split(NamedTuple):
    """Rows of one data version, each `(label, feature, …)`."""

    train: list[Row]
    validation: list[Row]
    test: list[Row]


@cache
def breast_cancer() -> list[Row]:
    """All 569 rows in a fixed random order, label first."""
    data = load_breast_cancer()
    rows = [
        (float(label), *map(float, features))
        for label, features in zip(data.target, data.data, strict=True)
    ]
    random.Random(7).shuffle(rows)
    return rows


@cache
def column_names() -> list[str]:
    """Names of the features, in the order of the rows."""
    return [str(name) for name in load_breast_cancer().feature_names]


def columns_file() -> bytes:
    """What `data put` writes beside the rows of a file with a header and a label of text."""
    features = [{"name": name} for name in column_names()]
    label = {"name": "diagnosis", "classes": ["malignant", "benign"]}
    return json.dumps({"format": 1, "label": label, "features": features}).encode()


HELD_OUT = breast_cancer()[455:]


def good_split() -> Split:
    """Enough rows to learn from."""
    rows = breast_cancer()
    return Split(rows[:319], rows[319:387], rows[387:455])


def meagre_split() -> Split:
    """The same held-out rows, but only forty to learn from."""
    split = good_split()
    return split._replace(train=split.train[:40])


def misleading_split() -> Split:
    """The same held-out rows, but every label to learn from is wrong."""
    split = good_split()
    return split._replace(train=[(1.0 - label, *features) for label, *features in split.train])


def as_csv(rows: list[Row]) -> bytes:
    """Label first, no header."""
    return "".join(",".join(f"{value:g}" for value in row) + "\n" for row in rows).encode()


def features_csv(rows: list[Row]) -> bytes:
    """What a caller of the endpoint sends: no label."""
    return as_csv([row[1:] for row in rows])
