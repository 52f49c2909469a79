"""Categories of training data become codes, in every form that readers make."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from container.channel.category_encoding import distinct_categories, encode_batch
from container.contract.errors import InputError
from container.formats.dataset import Batch
from container.formats.schema import Feature, Schema
from tests.container.support.channel_files import listed
from tests.container.support.datasets import FORMS

SCHEMA = Schema((Feature("age"), Feature("plan", ("5", "7"))))
ROWS = np.array([[5, 7], [7, 5], [5, 6], [1, np.nan]])


def batch(form: str, rows: Any = ROWS) -> Batch:
    return Batch(FORMS[form](rows), np.zeros(len(rows), np.float32))


@pytest.mark.parametrize("form", FORMS)
def test_the_categories_of_one_column_are_found(form: str) -> None:
    features = FORMS[form](ROWS)

    assert distinct_categories(features, 0) == {"1", "5", "7"}
    assert distinct_categories(features, 1) == {"5", "6", "7"}


@pytest.mark.parametrize("form", FORMS)
def test_categories_become_codes_and_unknown_ones_are_missing(form: str) -> None:
    given = batch(form)

    found = encode_batch("here", given, SCHEMA)

    assert listed(found) == [[5, 1], [7, 0], [5, None], [1, None]]
    # The rows themselves may lie in a file.
    assert listed(given) == [[5, 7], [7, 5], [5, 6], [1, None]]
    if form == "table":
        assert found.features.column("f1").null_count == 2


@pytest.mark.parametrize("form", FORMS)
def test_numbers_alone_are_left_as_they_are(form: str) -> None:
    given = batch(form)

    assert encode_batch("here", given, Schema.of_numbers(2)) is given


def test_sparse_rows_get_the_columns_that_none_of_them_has() -> None:
    given = batch("sparse")

    assert encode_batch("here", given, Schema.of_numbers(5)).features.shape == (4, 5)
    assert encode_batch("here", batch("sparse"), Schema.of_numbers(2)).features.shape == (4, 2)
    assert encode_batch("here", batch("array"), Schema.of_numbers(5)).features.shape == (4, 2)


def test_texts_become_codes() -> None:
    table = pa.table({"age": [1.0, 2.0], "plan": ["gold", "other"]})
    schema = Schema((Feature("age"), Feature("plan", ("gold",))))

    found = encode_batch("here", Batch(table, np.zeros(2, np.float32)), schema)

    assert found.features.column_names == ["age", "plan"]
    assert listed(found) == [[1, 0], [2, None]]


@pytest.mark.parametrize("form", FORMS)
def test_a_broken_number_is_refused_by_where_it_is(form: str) -> None:
    with pytest.raises(InputError, match=r"here: .*(categories as whole|broken) numbers"):
        encode_batch("here", batch(form, np.array([[1, 0.5]])), SCHEMA)


def test_another_error_is_not_the_datas(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.formats.categories.encode", broken)

    with pytest.raises(ZeroDivisionError):
        encode_batch("here", batch("array"), SCHEMA)
