"""Numbers and texts of a baseline, as Model Monitor reads them."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse

from container.evaluation.baseline import baseline
from container.formats.schema import Feature, Schema
from container.metrics.scored import Scored, Task


def described(
    values: list[float], categories: tuple[str, ...] = (), *, sparse: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Statistics and constraints of one column with these values."""
    rows: Any = np.array(values, np.float32)[:, None]
    if sparse:
        present = np.flatnonzero(~np.isnan(rows[:, 0]))
        rows = scipy.sparse.csr_matrix(
            (rows[present, 0], (present, np.zeros(len(present)))), shape=rows.shape
        )
    scores = np.zeros(len(values))
    scored = Scored(Task("regression"), scores, scores)
    statistics, constraints = baseline(Schema((Feature("a", categories),)), rows, scored)
    return statistics["features"][1], constraints["features"][1]


# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
def test_model_monitor_compares_as_its_documentation_has_it() -> None:
    scored = Scored(Task("regression"), np.zeros(1), np.zeros(1))

    _, constraints = baseline(Schema.of_numbers(1), np.zeros((1, 1), np.float32), scored)

    assert constraints["version"] == 0.0
    assert constraints["monitoring_config"] == {
        "evaluate_constraints": "Enabled",
        "emit_metrics": "Enabled",
        "datatype_check_threshold": 1.0,
        "domain_content_threshold": 1.0,
        "distribution_constraints": {
            "perform_comparison": "Enabled",
            "comparison_threshold": 0.1,
            "comparison_method": "Robust",
            "categorical_comparison_threshold": 0.1,
            "categorical_drift_method": "LInfinity",
        },
    }


def test_columns_that_no_feature_names_are_a_fault_and_not_left_out() -> None:
    scored = Scored(Task("regression"), np.zeros(1), np.zeros(1))

    for width in (1, 3):
        with pytest.raises(ValueError, match="zip"):
            baseline(Schema.of_numbers(2), np.zeros((1, width), np.float32), scored)


NAN = float("nan")


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    ("values", "kind", "non_negative", "completeness"),
    [
        ([0, 1, 2], "Integral", True, 1),
        ([0, 1.5], "Fractional", True, 1),
        ([-1, 1], "Integral", False, 1),
        ([0.5, NAN], "Fractional", True, 0.5),
        ([NAN, NAN], "Unknown", False, 0),
    ],
)
def test_a_column_of_numbers_has_a_kind_and_a_sign(
    sparse: bool, values: list[float], kind: str, non_negative: bool, completeness: float
) -> None:
    statistics, constraints = described(values, sparse=sparse)

    assert statistics["inferred_type"] == constraints["inferred_type"] == kind
    assert constraints["num_constraints"] == {"is_non_negative": non_negative}
    assert constraints["completeness"] == completeness
    present = round(completeness * len(values))
    assert statistics["numerical_statistics"]["common"] == {
        "num_present": present,
        "num_missing": len(values) - present,
    }
    assert ("mean" in statistics["numerical_statistics"]) is (present > 0)


def test_numbers_are_summed_up_and_written_as_they_were_read() -> None:
    found = described([0.1, 0.4, 0.7])[0]["numerical_statistics"]

    assert (found["min"], found["max"]) == (0.1, 0.7)
    assert found["mean"] == pytest.approx(0.4)
    assert found["sum"] == pytest.approx(1.2)
    assert found["std_dev"] == pytest.approx(0.06**0.5)


@pytest.mark.parametrize(("values", "count"), [([1, 1, 1], 1), ([1, 2], 10)])
def test_numbers_lie_in_ten_buckets_or_in_one(values: list[float], count: int) -> None:
    buckets = described(values)[0]["numerical_statistics"]["distribution"]["kll"]["buckets"]

    assert len(buckets) == count
    assert (buckets[0]["lower_bound"], buckets[-1]["upper_bound"]) == (values[0], values[-1])
    assert sum(bucket["count"] for bucket in buckets) == len(values)


@pytest.mark.parametrize(
    ("count", "levels"),
    [
        (1, [1]),
        (512, [512]),
        (513, [1, 256]),
        (1_024, [0, 512]),
        (1_025, [1, 0, 256]),
        (1_027, [1, 1, 256]),
    ],
)
def test_a_sketch_keeps_few_values_that_stand_for_all(count: int, levels: list[int]) -> None:
    values = [float(number) for number in range(count)]

    found = described(values)[0]["numerical_statistics"]["distribution"]["kll"]["sketch"]

    assert found["parameters"] == {"c": 0.64, "k": 512}
    assert [len(level) for level in found["data"]] == levels
    assert sum(len(level) * 2**i for i, level in enumerate(found["data"])) == count


@pytest.mark.parametrize("sparse", [False, True])
def test_a_column_of_categories_is_text_and_lists_those_that_occur(sparse: bool) -> None:
    statistics, constraints = described([0, 2, 2, NAN], ("a", "b", "c"), sparse=sparse)

    assert statistics["inferred_type"] == "String"
    assert statistics["string_statistics"] == {
        "common": {"num_present": 3, "num_missing": 1},
        "distinct_count": 2,
        "distribution": {
            "categorical": {"buckets": [{"value": "a", "count": 1}, {"value": "c", "count": 2}]}
        },
    }
    assert constraints["string_constraints"] == {"domains": ["a", "b", "c"]}
    assert constraints["completeness"] == 0.75


@pytest.mark.parametrize(
    ("scores", "names"),
    [(np.zeros(2), ["prediction"]), (np.zeros((2, 2)), ["prediction_0", "prediction_1"])],
)
def test_predictions_are_columns_before_the_features(scores: Any, names: list[str]) -> None:
    scored = Scored(Task("regression"), np.zeros(2), scores)

    statistics, _ = baseline(Schema.of_numbers(1), np.zeros((2, 1), np.float32), scored)

    assert [each["name"] for each in statistics["features"]] == [*names, "f0"]
