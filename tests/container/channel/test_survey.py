"""The first pass over a channel: which columns it has, and whether they are those of training."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from container.channel.survey import Survey
from container.contract.errors import InputError
from container.formats.dataset import Batch, ReadOptions
from container.formats.schema import Feature, Schema
from tests.container.support.datasets import FORMS

TRAINED = Schema((Feature("age"), Feature("plan", ("1", "2")), Feature("pay")))


def batch(rows: list[list[float]], form: str = "array") -> Batch:
    return Batch(FORMS[form](np.array(rows)), np.arange(len(rows), dtype=np.float32))


def with_one(name: str, given: Batch) -> Batch:
    """The same rows with a weight, or a query, of 1."""
    if name == "weights":
        return replace(given, weights=np.ones(given.rows, np.float32))
    return replace(given, groups=np.ones(given.rows, np.uint32))


def survey(names: list[str] | None = None, **options: Any) -> Survey:
    return Survey("here", names, ReadOptions(**options))


def complaint(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(InputError) as caught:
        action(*arguments, **named)
    assert str(caught.value).startswith("here: ")
    return str(caught.value).removeprefix("here: ")


@pytest.mark.parametrize(
    ("names", "given", "places"),
    [
        (None, [], ()),
        (None, ["7", "2"], (2, 7)),
        (["a", "b"], ["b"], (1,)),
        (["a", "b"], ["1", "0", "b"], (0, 1)),
        (["1", "b"], ["1"], (0,)),
    ],
)
def test_categories_are_named_or_numbered(
    names: list[str] | None, given: list[str], places: tuple[int, ...]
) -> None:
    assert survey(names, categorical=given).categorical == places


@pytest.mark.parametrize(
    ("names", "given", "shown"),
    [
        (["a", "b"], "c", "'c', which is no feature; give 0 to 1, or a name"),
        (["a", "b"], "2", "'2', which is no feature; give 0 to 1, or a name"),
        (["a", "b"], "-1", "'-1', which is no feature"),
        (["a", "b"], "\u0660", "'\u0660', which is no feature"),
        (None, "a", "'a', which is no feature; give any position"),
        (None, "x" * 61, f"'{'x' * 60}', which is no feature"),
    ],
)
def test_categories_of_no_feature_are_refused(
    names: list[str] | None, given: str, shown: str
) -> None:
    assert complaint(survey, names, categorical=[given]).startswith(
        f"categorical_features names {shown}"
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (None, ""),
        (["age", "plan", "pay"], ""),
        (["f0", "f1", "f2"], ""),
        (["age", "plan"], "lacks pay, unlike train; give both the same columns"),
        (["age", "plan", "pay", "x"], "has x, unlike train; give both the same columns"),
        (["age", "x", "pay"], "has x and lacks plan, unlike train"),
        (["a", "b", "c", "d"], "has a, b, c and lacks age, plan, pay, unlike train"),
        (["f0", "f1"], "has 2 features but training had 3; give both the same columns"),
        (["plan", "age", "pay"], "feature 0 is plan but in train it is age; give both the same"),
        (["age", "pay", "plan"], "feature 1 is pay but in train it is plan"),
    ],
)
def test_the_columns_are_those_of_training(names: list[str] | None, message: str) -> None:
    if message:
        assert complaint(survey, names, schema=TRAINED).startswith(message)
        return
    found = survey(names, schema=TRAINED)
    found.add(batch([[1, 2, 3]]))

    assert found.categorical == (1,)
    assert found.schema() == TRAINED


def test_training_without_names_takes_columns_of_any_name() -> None:
    unnamed = Schema.of_numbers(2)

    assert survey(["a", "b"], schema=unnamed).categorical == ()
    assert complaint(survey, ["a"], schema=unnamed).startswith("has 1 features but training had 2")


@pytest.mark.parametrize("name", ["weights", "groups"])
@pytest.mark.parametrize("first", [False, True])
def test_all_files_have_weights_and_queries_or_none(name: str, first: bool) -> None:
    rows = [[1.0, 2.0]]
    with_it, without = with_one(name, batch(rows)), batch(rows)
    found = survey()
    found.add(with_it if first else without)

    message = complaint(found.add, without if first else with_it)

    assert message == f"only some files have {name}; give all of them"


@pytest.mark.parametrize("name", ["weights", "groups"])
def test_files_that_all_have_it_are_taken(name: str) -> None:
    found = survey()

    for _ in range(2):
        given = with_one(name, batch([[1.0, 2.0]]))
        assert found.add(given) is given
    assert found.labels().tolist() == [0, 0]


def test_all_rows_have_the_named_features() -> None:
    found = survey(["a", "b"])
    found.add(batch([[1, 2]]))

    assert complaint(found.add, batch([[1, 2, 3]])) == "not all rows have 2 features"


def test_rows_without_names_are_as_wide_as_the_widest() -> None:
    found = survey()
    for rows in ([[1.0]], [[1.0, 2.0, 3.0]], [[1.0, 2.0]]):
        found.add(batch(rows, "sparse"))

    assert found.schema() == Schema.of_numbers(3)


def test_named_columns_keep_their_names() -> None:
    found = survey(["a", "b"])
    found.add(batch([[1, 2]]))

    assert found.schema() == Schema((Feature("a"), Feature("b")))


def test_files_without_rows_are_no_data() -> None:
    assert complaint(survey().schema) == "no data (its files have no rows); put rows there"
    found = survey(schema=TRAINED)
    found.add(Batch(np.empty((0, 3), np.float32), np.empty(0, np.float32)))
    assert complaint(found.schema) == "no data (its files have no rows); put rows there"


@pytest.mark.parametrize("form", FORMS)
def test_categories_are_learned_from_all_batches(form: str) -> None:
    found = survey(["a", "b"], categorical=["b"])
    for rows in ([[1.0, 7.0]], [[2.0, 5.0], [3.0, 7.0], [4.0, np.nan]]):
        found.add(batch(rows, form))

    assert found.schema() == Schema((Feature("a"), Feature("b", ("5", "7"))))


@pytest.mark.parametrize(
    ("names", "named", "shown"), [(None, "1", "f1"), (["a", "b"], "b", "b"), (["a", "b"], "1", "b")]
)
def test_a_broken_number_is_no_category(names: list[str] | None, named: str, shown: str) -> None:
    found = survey(names, categorical=[named])

    assert complaint(found.add, batch([[1, 0.5]])).startswith(f"feature {shown} must hold categ")


@pytest.mark.parametrize("place", ["1", "5"])
def test_a_category_without_any_value_is_refused(place: str) -> None:
    found = survey(categorical=[place])
    found.add(batch([[1, np.nan]], "sparse"))

    assert complaint(found.schema).startswith(
        f"categorical feature {place} has no value in any row; take it out of categorical_features"
    )


def test_what_training_learned_is_not_learned_again() -> None:
    found = survey(["age", "plan", "pay"], schema=TRAINED)

    found.add(batch([[1, 0.5, 2]]))

    assert found.schema() == TRAINED


def test_another_error_while_learning_is_not_the_datas(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.channel.survey.distinct_categories", broken)

    with pytest.raises(ZeroDivisionError):
        survey(categorical=["0"]).add(batch([[1.0]]))
