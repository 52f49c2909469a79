"""Categories in formats that hold only numbers: a whole number stands for its own digits."""

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.formats.schema import Feature, Schema

Floats = NDArray[np.float32]


class CategoryError(ValueError):
    """What is wrong with a number that should be a category, as the end of a sentence."""


def category_texts(numbers: Floats) -> dict[float, str]:
    """Return the digits of each different number that is not missing; raises CategoryError."""
    different = np.unique(numbers[~np.isnan(numbers)])
    if (different != np.floor(different)).any():
        raise CategoryError("must hold categories as whole numbers")
    return {number: str(int(number)) for number in different.tolist()}


def encode(rows: Any, schema: Schema, unseen: Counter[str]) -> None:
    """Replace the categories of an array or a csr_matrix by their codes.

    One that the training data did not have becomes a missing value. Raises CategoryError, whose
    message begins with the feature.
    """
    for column in schema.categorical:
        feature = schema.features[column]
        if isinstance(rows, np.ndarray):
            rows[:, column] = _codes(feature, rows[:, column], unseen)
        else:
            place = rows.indices == column
            rows.data[place] = _codes(feature, rows.data[place], unseen)


def _codes(feature: Feature, numbers: Floats, unseen: Counter[str]) -> Floats:
    codes = np.full(len(numbers), np.nan, np.float32)
    try:
        texts = category_texts(numbers)
    except CategoryError as error:
        raise CategoryError(f"{feature.name} {error}") from error
    for number, text in texts.items():
        place = numbers == number
        code = feature.codes.get(text)
        if code is None:
            unseen[feature.name] += int(np.count_nonzero(place))
        else:
            codes[place] = code
    return codes
