"""Categories in formats of numbers: digits stand for themselves."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from container.formats.categories import CategoryError, category_texts, encode
from container.formats.schema import Feature, Schema

NAN = float("nan")
SCHEMA = Schema((Feature("age"), Feature("plan", ("5", "7", "gold"))))


def floats(values: list[Any]) -> Any:
    return np.array(values, np.float32)


def test_a_whole_number_stands_for_its_digits_and_a_missing_one_for_nothing() -> None:
    assert category_texts(floats([7, NAN, 5, 7, -1])) == {-1: "-1", 5: "5", 7: "7"}
    assert category_texts(floats([NAN])) == {}


def test_a_broken_number_is_no_category() -> None:
    with pytest.raises(CategoryError, match="must hold categories as whole numbers"):
        category_texts(floats([1, 2.5]))


def test_categories_of_an_array_become_codes_and_numbers_stay() -> None:
    rows, unseen = floats([[5, 5], [7, 7], [1, 6], [2, 6], [3, NAN]]), Counter[str]()

    encode(rows, SCHEMA, unseen)

    np.testing.assert_array_equal(rows, [[5, 0], [7, 1], [1, NAN], [2, NAN], [3, NAN]])
    assert unseen == {"plan": 2}


def test_categories_of_a_sparse_matrix_become_codes_and_numbers_stay() -> None:
    rows, unseen = csr_matrix(floats([[5, 7], [7, 0], [0, 6]])), Counter[str]()

    encode(rows, SCHEMA, unseen)

    assert rows.indices.tolist() == [0, 1, 0, 1]
    np.testing.assert_array_equal(rows.data, [5, 1, 7, NAN])
    assert unseen == {"plan": 1}


def test_a_broken_number_is_named_by_its_feature() -> None:
    with pytest.raises(CategoryError, match="plan must hold categories as whole numbers"):
        encode(floats([[1, 0.5]]), SCHEMA, Counter())
