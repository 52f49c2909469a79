"""First pass over a channel: collects labels, number of columns and categories."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from container.channel.category_encoding import distinct_categories
from container.contract.errors import InputError
from container.formats.arrow_columns import ColumnError
from container.formats.categories import CategoryError
from container.formats.dataset import Batch, Floats, ReadOptions
from container.formats.schema import Feature, Schema


class Survey:
    """Collects from every batch what is needed before the first one can be used."""

    def __init__(self, where: str, names: Sequence[str] | None, options: ReadOptions) -> None:
        """`names` as in FormatReader; raises InputError when they are not what training had."""
        self._where = where
        self._names = names
        self._expected = options.schema
        self._width = 0
        self._labels: list[Floats] = []
        self._first: Batch | None = None
        self._columns = options.columns
        if self._expected is not None:
            _check_columns(where, names, self._expected)
            _check_label(where, options)
            self.categorical = self._expected.categorical
        else:
            self.categorical = _places(where, names, options)
        self._texts: dict[int, set[str]] = {place: set() for place in self.categorical}
        self._weighs = False

    def add(self, batch: Batch) -> Batch:
        """Record a batch, and return it; raises InputError."""
        first = self._first = self._first or batch
        for name in ("weights", "groups"):
            if (getattr(batch, name) is None) != (getattr(first, name) is None):
                raise InputError(f"{self._where}: only some files have {name}; give all of them")
        if self._names is not None and not self._fits(batch.features, len(self._names)):
            raise InputError(f"{self._where}: not all rows have {len(self._names)} features")
        self._labels.append(batch.labels)
        self._weighs = self._weighs or batch.weights is None or bool(batch.weights.any())
        self._width = max(self._width, batch.features.shape[1])
        if self._expected is None:
            for place in self.categorical:
                self._learn(batch, place)
        return batch

    def labels(self) -> Floats:
        """Return all labels so far, in the order of the rows."""
        return np.concatenate(self._labels)

    def schema(self) -> Schema:
        """Return the columns of all batches with their categories; raises InputError."""
        if not sum(map(len, self._labels)):
            raise InputError(f"{self._where}: no data (its files have no rows); put rows there")
        if not self._weighs:
            raise InputError(
                f"{self._where}: all weights are 0; give the rows that count a weight above 0"
            )
        if self._expected is not None:
            return self._expected
        if self._names is None:
            schema = Schema.of_numbers(self._width)
        else:
            label = None if self._columns is None else self._columns.label
            schema = Schema(tuple(map(Feature, self._names)), label)
        for place, texts in self._texts.items():
            if place >= schema.width or not texts:
                raise self._no_category(place, schema)
        return schema.with_categories(self._texts) if self._texts else schema

    def _no_category(self, place: int, schema: Schema) -> InputError:
        about = f"{self._where}: categorical feature {place}"
        if self._columns is not None and schema.names[place] in self._columns.categorical:
            return InputError(
                f"{about}{schema.remark(place)} has no value in any row; leave the column out"
            )
        return InputError(f"{about} has no value in any row; take it out of categorical_features")

    def _fits(self, features: Any, width: int) -> bool:
        """Return whether rows have as many columns as names; sparse ones may lack the last."""
        found = features.shape[1]
        is_sparse = self._columns is not None and hasattr(features, "tocsr")
        return bool(found == width or (is_sparse and found < width))

    def _learn(self, batch: Batch, place: int) -> None:
        name = f"f{place}" if self._names is None else self._names[place]
        try:
            self._texts[place] |= distinct_categories(batch.features, place)
        except (ColumnError, CategoryError) as error:
            raise InputError(f"{self._where}: feature {name} {error}") from error


def _places(where: str, names: Sequence[str] | None, options: ReadOptions) -> tuple[int, ...]:
    """Return where the features are that are given by name or by position, or named as such."""
    marked = options.columns.categorical if options.columns else ()
    places = {place for place, name in enumerate(names or ()) if name in marked}
    for text in options.categorical:
        if names is not None and text in names:
            places.add(names.index(text))
        elif text.isascii() and text.isdigit() and (names is None or int(text) < len(names)):
            places.add(int(text))
        else:
            known = "any position" if names is None else f"0 to {len(names) - 1}, or a name"
            raise InputError(
                f"{where}: categorical_features names {text[:60]!r}, which is no feature; "
                f"give {known}"
            )
    return tuple(sorted(places))


def _check_label(where: str, options: ReadOptions) -> None:
    """Raise InputError when the rows have another label, or other classes, than training had."""
    found = options.columns.label if options.columns else None
    trained = options.schema.label if options.schema else None
    if found is not None and found.is_other_than(trained):
        raise InputError(
            f"{where}: its label is {found} but training had {trained}; give both the same"
        )


def _check_columns(where: str, names: Sequence[str] | None, expected: Schema) -> None:
    """Raise InputError unless these are the columns of training, in the same order."""
    if names is None:
        return
    named = Schema(tuple(map(Feature, names))).given_names is not None and expected.given_names
    if named and set(names) != set(expected.names):
        extra = [name for name in names if name not in expected.names]
        missing = [name for name in expected.names if name not in names]
        wrong = [
            f"{what} {', '.join(some[:3])}"
            for what, some in (("has", extra), ("lacks", missing))
            if some
        ]
        raise InputError(
            f"{where}: {' and '.join(wrong)}, unlike train; give both the same columns"
        )
    if len(names) != expected.width:
        raise InputError(
            f"{where}: has {len(names)} features but training had {expected.width}; "
            "give both the same columns"
        )
    for number, (name, other) in enumerate(zip(names, expected.names, strict=True)):
        if named and name != other:
            raise InputError(
                f"{where}: feature {number} is {name} but in train it is {other}; "
                "give both the same order"
            )
