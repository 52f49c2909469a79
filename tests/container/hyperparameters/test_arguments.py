"""What XGBoost's matrices are given beside the values."""

from typing import Any

import numpy as np
import pytest

from container.contract.errors import InputError
from container.formats.dataset import Batch
from container.formats.schema import Feature, Schema
from container.hyperparameters.arguments import (
    batch_arguments,
    feature_types,
    label_arguments,
    names_for_xgboost,
)
from container.hyperparameters.parsing import parse

LABELS = np.array([1, 0, 1, 0], np.float32)


def arguments(objective: str, weights: Any = None, groups: Any = None) -> dict[str, Any]:
    job = parse({"num_round": "1", "objective": objective})
    return label_arguments(
        job,
        LABELS,
        None if weights is None else np.array(weights, np.float32),
        None if groups is None else np.array(groups, np.uint32),
    )


def test_queries_do_not_count_where_nothing_is_ranked() -> None:
    found = arguments("binary:logistic", [1, 2, 3, 4], [1, 1, 2, 2])

    assert found.keys() == {"label", "weight"}
    assert found["weight"].tolist() == [1, 2, 3, 4]
    assert arguments("binary:logistic")["weight"] is None


def test_exact_times_of_failure_are_both_their_bounds() -> None:
    found = arguments("survival:aft")

    assert found["label_lower_bound"] is found["label_upper_bound"] is found["label"]
    assert arguments("survival:cox").keys() == {"label", "weight"}


def test_neighbours_of_one_number_are_one_query_that_has_one_weight() -> None:
    found = arguments("rank:ndcg", [2, 2, 3, 5], [7, 7, 9, 7])

    assert found["qid"].tolist() == [0, 0, 1, 2]
    assert found["weight"].tolist() == [2, 3, 5]


def test_rows_without_queries_are_one_query() -> None:
    found = arguments("rank:pairwise", [2, 2, 2, 2])

    assert found["qid"].tolist() == [0, 0, 0, 0]
    assert found["weight"].tolist() == [2]
    assert arguments("rank:pairwise")["weight"] is None


def test_a_weight_that_varies_within_a_query_is_refused_by_its_row() -> None:
    with pytest.raises(InputError, match="row 2 weighs otherwise than the first row of its query"):
        arguments("rank:map", [1, 2, 3, 3], [1, 1, 2, 2])
    with pytest.raises(InputError, match="row 4 weighs otherwise"):
        arguments("rank:map", [1, 1, 3, 4], [1, 1, 2, 2])


def test_categories_are_told_by_their_columns() -> None:
    assert feature_types(3, [1]) == ["q", "c", "q"]
    assert feature_types(2, [0, 1]) == ["c", "c"]
    assert feature_types(3, []) is None


def test_a_batch_has_its_features_and_their_types() -> None:
    schema = Schema((Feature("a"), Feature("b", ("x",))))
    batch = Batch(np.zeros((4, 2), np.float32), LABELS)

    found = batch_arguments(parse({"num_round": "1"}), batch, schema)

    assert found["data"] is batch.features
    assert found["feature_types"] == ["q", "c"]
    assert found["label"] is LABELS


@pytest.mark.parametrize("names", [None, ["a", "a"], ["a", "b["], ["a]", "b"], ["a", "<b"]])
def test_names_that_xgboost_refuses_are_not_given(names: list[str] | None) -> None:
    assert names_for_xgboost(names) is None


def test_other_names_are_given() -> None:
    assert names_for_xgboost(("a b", "c,d")) == ["a b", "c,d"]
