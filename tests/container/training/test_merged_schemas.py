"""Columns and categories that hosts of one training agree on."""

import pytest

from container.contract.errors import InputError
from container.formats.schema import Feature, Schema
from container.training.channels import merge_schemas

HOSTS = ("algo-1", "algo-2")


def named(*names: str, **categories: tuple[str, ...]) -> Schema:
    return Schema(tuple(Feature(name, categories.get(name, ())) for name in names))


def test_hosts_with_the_same_columns_learn_all_categories_together() -> None:
    one = named("a", "plan", plan=("gold",), a=())
    other = named("a", "plan", plan=("blue", "gold"))

    assert merge_schemas("here", HOSTS, [one, other], sparse=False) == named(
        "a", "plan", plan=("blue", "gold")
    )


def test_a_column_may_hold_categories_on_one_host_alone() -> None:
    assert merge_schemas("here", HOSTS, [named("a"), named("a", a=("x",))], sparse=False) == named(
        "a", a=("x",)
    )


def test_sparse_rows_have_the_columns_of_the_widest_host() -> None:
    schemas = [Schema.of_numbers(2), Schema.of_numbers(4)]

    assert merge_schemas("here", HOSTS, schemas, sparse=True) == Schema.of_numbers(4)
    with pytest.raises(InputError) as caught:
        merge_schemas("here", HOSTS, schemas, sparse=False)
    assert str(caught.value) == (
        "here: algo-1 has 2 features but algo-2 has 4 features; "
        "give all hosts files with the same columns"
    )


@pytest.mark.parametrize("sparse", [False, True])
def test_other_names_are_refused_with_the_hosts_that_have_them(sparse: bool) -> None:
    schemas = [named("a", "b", "c", "d"), named("a", "x")]

    with pytest.raises(InputError) as caught:
        merge_schemas("here", HOSTS, schemas, sparse=sparse)

    assert str(caught.value) == (
        "here: algo-2 has 2 features (a, x, …) but algo-1 has 4 features (a, b, c, …); "
        "give all hosts files with the same columns"
    )
