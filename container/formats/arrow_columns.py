"""Conversion of Arrow columns to 32-bit numbers or category codes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from container.formats.categories import CategoryError, category_texts
from container.formats.schema import Feature

Floats = NDArray[np.float32]


# A column without any value has a type of its own.
_NUMBERS = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_null,
)


class ColumnError(ValueError):
    """What is wrong with a column, as the end of a sentence."""


def numbers(column: Any) -> Any:
    """Return a chunked array of float32, in which null or NaN is missing; raises ColumnError."""
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not any(of(kind) for of in _NUMBERS):
        raise ColumnError(f"holds {kind} instead of numbers")
    floats = column.cast(pa.float32(), safe=False)
    place = pc.index(pc.is_inf(floats), value=True).as_py()
    if place >= 0:
        raise ColumnError(f"is infinite as a 32-bit number in row {place + 1}")
    return floats


def categories(column: Any) -> set[str]:
    """Return the different texts of a column, without the missing ones; raises ColumnError."""
    return {text for texts, _ in _encoded(column) for text in texts if text}


def codes(column: Any, feature: Feature, unseen: Counter[str]) -> Floats:
    """Return the code of each text, NaN where it is missing or unknown; raises ColumnError."""
    found: list[Floats] = []
    for texts, indices in _encoded(column):
        table = np.array([*(feature.codes.get(text or "", np.nan) for text in texts), np.nan])
        unknown = [bool(text) and text not in feature.codes for text in texts]
        unseen[feature.name] += int(np.count_nonzero(np.array([*unknown, False])[indices]))
        found.append(table.astype(np.float32)[indices])
    return np.concatenate(found) if found else np.empty(0, np.float32)


def _encoded(column: Any) -> Iterator[tuple[list[str | None], Any]]:
    """Yield each chunk's distinct texts, and the index of each row's (one more: none)."""
    if pa.types.is_nested(column.type):
        raise ColumnError(f"holds {column.type} instead of categories")
    for chunk in column.chunks:
        if not pa.types.is_dictionary(chunk.type):
            chunk = chunk.dictionary_encode()
        texts = _texts(chunk.dictionary)
        yield texts, chunk.indices.cast(pa.int64()).fill_null(len(texts)).to_numpy()


def _texts(values: Any) -> list[str | None]:
    if pa.types.is_floating(values.type):
        try:
            known = category_texts(values.cast(pa.float32()).to_numpy(zero_copy_only=False))
        except CategoryError as error:
            raise ColumnError("holds broken numbers instead of categories") from error
        return [known.get(number) for number in values.to_pylist()]
    try:
        stripped: list[str | None] = pc.utf8_trim_whitespace(values.cast(pa.string())).to_pylist()
    except pa.ArrowException as error:
        raise ColumnError(f"holds {values.type} instead of categories") from error
    return stripped
