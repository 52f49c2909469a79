from typing import Any

import numpy as np
import pytest

from container.evaluation.results.importance import Importance, importance, report
from container.protocol import Floats
from tests.container.support.evaluated_models import BINARY, signature


class Explained:
    """An algorithm that only explains, and counts the rows it was asked about."""

    def __init__(self, contributions: Any) -> None:
        self._contributions, self.rows = contributions, 0

    def explain(self, rows: Floats) -> Floats:
        if self._contributions is None:
            raise NotImplementedError
        self.rows = len(rows)
        each = np.asarray(self._contributions, dtype=np.float32)
        return np.broadcast_to(each, (self.rows, *each.shape))


def explain(contributions: Any, rows: int = 10, **more: Any) -> tuple[Importance | None, int]:
    """What is found, and on how many rows."""
    algorithm = Explained(contributions)
    facts = signature(BINARY, **more)
    found = importance(
        algorithm.explain,
        facts,
        ("age", "plan"),
        np.zeros((rows, 2), np.float32),
    )
    return found, algorithm.rows


def test_contributions_count_whichever_way_they_push() -> None:
    found, _ = explain([-0.5, 0.25, 7.0])

    assert found is not None
    assert found.ranked(5) == [("age", 0.5), ("plan", 0.25)]
    assert float(found.biases) == 7


def test_of_several_classes_a_feature_has_the_mean() -> None:
    found, _ = explain([[-1.0, 0.0, 0.5], [3.0, 2.0, 0.5]])

    assert found is not None
    assert found.ranked(1) == [("age", 2.0)]
    assert sorted(found.to_json()) == ["label0", "label1"]


def test_the_report_has_the_shape_of_clarifys() -> None:
    found, _ = explain([-0.5, 0.25, 7.0])

    assert report(found) == {
        "version": "1.0",
        "explanations": {
            "kernel_shap": {
                "label0": {
                    "global_shap_values": {"age": 0.5, "plan": 0.25},
                    "expected_value": 7.0,
                }
            }
        },
    }


def test_an_algorithm_without_explanations_has_an_empty_report() -> None:
    found, _ = explain(None)

    assert found is None
    assert report(found) == {"version": "1.0", "explanations": {}}


@pytest.mark.parametrize(
    ("rows", "rounds", "explained"), [(50, 5, 50), (5_000, 5, 1_000), (5_000, 4_000, 100)]
)
def test_large_models_and_many_rows_are_explained_on_a_part(
    rows: int, rounds: int, explained: int
) -> None:
    found, asked = explain([0.0, 0.0, 0.0], rows, rounds=rounds)

    assert found is not None
    assert asked == found.rows == explained


@pytest.mark.parametrize(
    ("features", "contributions", "biases"),
    [(("a",), [1.0, 2.0], 0.0), (("a", "b"), [1.0], 0.0), (("a",), [[1.0], [2.0]], [0.0])],
)
def test_numbers_of_other_features_or_classes_are_a_fault_and_no_shorter_document(
    features: tuple[str, ...], contributions: list[float], biases: object
) -> None:
    found = Importance(features, np.array(contributions), np.array(biases), 5)

    with pytest.raises(ValueError, match="zip"):
        found.to_json()
