from typing import Any

import numpy as np
import pytest
import scipy.sparse

from container.evaluation.baseline import baseline
from container.formats.schema import Feature, Schema
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import multiclass, regression

SCHEMA = Schema((Feature("age"), Feature("plan", ("basic", "gold", "none")), Feature("share")))
ROWS = np.array(
    [[30, 0, 0.1], [40, 2, 0.25], [np.nan, 0, -0.5], [50, np.nan, np.nan]], dtype=np.float32
)


def described(schema: Schema = SCHEMA, rows: Any = ROWS) -> tuple[dict[str, Any], dict[str, Any]]:
    """Statistics and constraints of each column, by name."""
    statistics, constraints = baseline(schema, rows, regression(rows.shape[0]))
    by_name = [
        {each["name"]: each for each in document["features"]}
        for document in (statistics, constraints)
    ]
    return by_name[0], by_name[1]


def test_answers_come_before_features_as_an_endpoint_captures_them() -> None:
    statistics, constraints = baseline(SCHEMA, ROWS, regression(4))

    names = ["prediction", "age", "plan", "share"]
    assert [each["name"] for each in statistics["features"]] == names
    assert [each["name"] for each in constraints["features"]] == names
    assert statistics["dataset"] == {"item_count": 4}


def test_probabilities_of_several_classes_are_columns_of_their_own() -> None:
    scored = multiclass(6)

    statistics, _ = baseline(Schema.of_numbers(1), np.ones((6, 1), np.float32), scored)

    names = [each["name"] for each in statistics["features"]]
    assert names == ["prediction_0", "prediction_1", "prediction_2", "f0"]


def test_numbers_are_described_as_they_were_read() -> None:
    statistics, constraints = described()

    share = statistics["share"]
    assert share["inferred_type"] == "Fractional"
    numbers = share["numerical_statistics"]
    assert numbers["common"] == {"num_present": 3, "num_missing": 1}
    assert (numbers["min"], numbers["max"]) == (-0.5, 0.25)
    assert numbers["distribution"]["kll"]["sketch"]["data"] == [[-0.5, 0.1, 0.25]]
    assert constraints["share"]["completeness"] == 0.75
    assert constraints["share"]["num_constraints"] == {"is_non_negative": False}


def test_whole_numbers_are_recognized() -> None:
    statistics, constraints = described()

    assert statistics["age"]["inferred_type"] == "Integral"
    assert constraints["age"]["num_constraints"] == {"is_non_negative": True}
    assert statistics["age"]["numerical_statistics"]["mean"] == 40


def test_categories_are_counted_by_their_names() -> None:
    statistics, constraints = described()

    assert statistics["plan"]["inferred_type"] == "String"
    text = statistics["plan"]["string_statistics"]
    assert text["common"] == {"num_present": 3, "num_missing": 1}
    assert text["distinct_count"] == 2
    assert text["distribution"]["categorical"]["buckets"] == [
        {"value": "basic", "count": 2},
        {"value": "none", "count": 1},
    ]
    assert constraints["plan"]["string_constraints"] == {"domains": ["basic", "gold", "none"]}


def test_a_column_without_values_is_unknown_and_not_complete() -> None:
    rows = np.full((3, 1), np.nan, dtype=np.float32)

    statistics, constraints = described(Schema.of_numbers(1), rows)

    assert statistics["f0"]["inferred_type"] == "Unknown"
    assert statistics["f0"]["numerical_statistics"] == {
        "common": {"num_present": 0, "num_missing": 3}
    }
    assert constraints["f0"]["completeness"] == 0


def test_a_constant_column_has_one_bucket() -> None:
    statistics, _ = described(Schema.of_numbers(1), np.full((5, 1), 2, dtype=np.float32))

    kll = statistics["f0"]["numerical_statistics"]["distribution"]["kll"]
    assert kll["buckets"] == [{"lower_bound": 2, "upper_bound": 2, "count": 5}]


def test_ten_buckets_hold_every_value() -> None:
    values = np.random.default_rng(1).normal(size=(1_000, 1)).astype(np.float32)

    statistics, _ = described(Schema.of_numbers(1), values)

    buckets = statistics["f0"]["numerical_statistics"]["distribution"]["kll"]["buckets"]
    assert len(buckets) == 10
    assert sum(bucket["count"] for bucket in buckets) == 1_000
    edges = [bucket["upper_bound"] for bucket in buckets[:-1]]
    assert edges == [bucket["lower_bound"] for bucket in buckets[1:]]


@pytest.mark.parametrize("rows", [1, 511, 512, 513, 1_023, 4_097, 10_000])
def test_the_sketch_stands_for_every_value_and_keeps_the_quantiles(rows: int) -> None:
    values = np.random.default_rng(rows).permutation(rows).astype(np.float32)

    statistics, _ = described(Schema.of_numbers(1), values[:, None])

    sketch = statistics["f0"]["numerical_statistics"]["distribution"]["kll"]["sketch"]
    weights = np.concatenate([np.full(len(at), 2**i) for i, at in enumerate(sketch["data"])])
    items = np.concatenate(sketch["data"])
    assert weights.sum() == rows
    assert all(len(level) <= sketch["parameters"]["k"] for level in sketch["data"])
    order = np.argsort(items)
    ranks = np.cumsum(weights[order]) - weights[order] / 2
    assert np.abs(ranks - items[order]).max() <= max(1, rows / 256)


def test_what_a_sparse_row_does_not_hold_is_missing() -> None:
    rows = scipy.sparse.csr_matrix(np.array([[1.5, 0], [0, 2], [3.5, 0]], dtype=np.float32))

    statistics, _ = described(Schema.of_numbers(2), rows)

    first, second = (statistics[name]["numerical_statistics"]["common"] for name in ("f0", "f1"))
    assert first == {"num_present": 2, "num_missing": 1}
    assert second == {"num_present": 1, "num_missing": 2}


def test_labels_are_not_part_of_it() -> None:
    scored = Scored(Task("regression"), np.array([77.5, 78.5]), np.array([1.0, 2.0]))

    documents = baseline(Schema.of_numbers(1), np.ones((2, 1), np.float32), scored)

    assert "77.5" not in repr(documents)
