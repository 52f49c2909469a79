"""One row of a JSON request: a list, SageMaker's own forms of it, or an object by column name."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.schema import Schema
from container.formats.text_numbers import TOO_LARGE
from container.request.limits import check_width
from container.request.sparse_rows import SparseRows

Floats = NDArray[np.float32]

_NUMBERS = {int, float, type(None)}
_CHUNK_ROWS = 1024


class RowReader:
    """Turns the rows of one request into an array, or into a sentence about the wrong one."""

    def __init__(self, schema: Schema, *, lenient: bool, unseen: Counter[str]) -> None:
        self._schema = schema
        self._lenient = lenient
        self._unseen = unseen
        self._names = set(schema.names)
        self._width: int | None = None

    def rows(self, items: Iterable[tuple[str, int, Any]]) -> Any:
        """Return Floats [n, width], or a csr_matrix when the first row has keys; HTTPError."""
        rows = ((f"{kind} {number}", _plain(row)) for kind, number, row in items)
        where, first = next(rows)
        sparse = _sparse(first)
        together = _chain((where, first), rows)
        return self._sparse_rows(together) if sparse else self._dense_rows(together)

    def _dense_rows(self, rows: Iterable[tuple[str, Any]]) -> Floats:
        chunks: list[Floats] = []
        places: list[str] = []
        values: list[list[Any]] = []
        for where, row in rows:
            places.append(where)
            values.append(self._values(where, row))
            if len(values) == _CHUNK_ROWS:
                chunks.append(self._floats(places, values))
                places, values = [], []
        if values:
            chunks.append(self._floats(places, values))
        return np.concatenate(chunks)

    def _sparse_rows(self, rows: Iterable[tuple[str, Any]]) -> Any:
        collected = SparseRows(self._schema.width)
        for where, row in rows:
            form = _sparse(row)
            if form is None:
                raise bad_request(f"{where} has no keys but the rows before have; send one form")
            keys, values = self._pairs(where, form)
            pairs = zip(keys, values, strict=True)
            collected.add(where, keys, [self._number(where, *pair) for pair in pairs])
        return collected.matrix()

    def _values(self, where: str, row: Any) -> list[Any]:
        values = self._listed(where, row)
        expected = self._schema.width if self._width is None else self._width
        check_width(where, len(values), expected, self._lenient and self._width is None)
        self._width = len(values)
        if self._schema.categorical or not set(map(type, values)) <= _NUMBERS:
            return [self._number(where, i, value) for i, value in enumerate(values)]
        return values

    def _listed(self, where: str, row: Any) -> list[Any]:
        if isinstance(row, dict):
            form = _features(row)
            row = self._by_name(where, row) if form is None else form
        if isinstance(row, dict):
            if "keys" in row:
                raise bad_request(f"{where} has keys but the rows before have not; send one form")
            row = row.get("values")
        if not isinstance(row, list):
            raise bad_request(f"{where} must be a list of numbers or an object by column name")
        return row

    def _by_name(self, where: str, row: dict[str, Any]) -> list[Any]:
        names = self._schema.names
        if row.keys() == self._names:
            return [row[name] for name in names]
        absent = [name for name in names if name not in row]
        unknown = [name for name in row if name not in self._names]
        if unknown:
            close = difflib.get_close_matches(unknown[0][:100], absent[:1000], 1)
            hint = f'; did you mean "{close[0]}"?' if close else "; remove it"
            raise bad_request(f"{where} has a name that is no column of this model{hint}")
        raise bad_request(f'{where} lacks the column "{absent[0]}"; send null if it is missing')

    def _pairs(self, where: str, form: dict[str, Any]) -> tuple[list[int], list[Any]]:
        keys, values, shape = (form.get(name) for name in ("keys", "values", "shape"))
        width = self._schema.width
        if not isinstance(keys, list) or not isinstance(values, list) or len(keys) != len(values):
            raise bad_request(f"{where} must have as many keys as values, both in lists")
        if not all(type(key) is int and 0 <= key < width for key in keys):
            raise bad_request(f"{where} has a key that is no number from 0 to {width - 1}")
        if shape is not None and shape != [width]:
            raise bad_request(f"{where} has another shape than the [{width}] of this model")
        return keys, values

    def _number(self, where: str, column: int, value: Any) -> float | None:
        feature = self._schema.features[column]
        if type(value) is float and feature.categories and value.is_integer():
            value = int(value)
        if value is None or (type(value) in _NUMBERS and not feature.categories):
            return None if value is None else float(value)
        if not feature.categories or type(value) not in (str, int):
            kind = "text" if feature.categories else "a number"
            place = f"{where}, feature {column + 1}{self._schema.remark(column)}"
            raise bad_request(f"{place} must be {kind}, or null for a missing value")
        code = feature.codes.get(str(value))
        if code is None:
            self._unseen[feature.name] += 1
        return code

    def _floats(self, places: list[str], values: list[list[Any]]) -> Floats:
        numbers = np.array(values, np.float64)
        wrong = np.abs(numbers) >= TOO_LARGE
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            place = f"{places[row]}, feature {column + 1}{self._schema.remark(column)}"
            raise bad_request(f"{place} is too large for a 32-bit number; scale it down")
        return numbers.astype(np.float32)


def _chain(first: tuple[str, Any], rest: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    yield first
    yield from rest


def _plain(row: Any) -> Any:
    """Return a row as Python lists and dictionaries; the last of equal keys counts."""
    if hasattr(row, "as_list"):
        return row.as_list()
    return row.as_dict() if hasattr(row, "as_dict") else row


def _features(row: dict[str, Any]) -> Any:
    """Return what SageMaker's forms hold as features; None when the object is by column name."""
    if len(row) != 1:
        return None
    if isinstance(row.get("data"), dict):
        row = row["data"]
    features = row.get("features")
    return features if isinstance(features, list | dict) else None


def _sparse(row: Any) -> dict[str, Any] | None:
    """Return the keys and values of a row that has them."""
    form = _features(row) if isinstance(row, dict) else None
    return form if isinstance(form, dict) and "keys" in form else None
