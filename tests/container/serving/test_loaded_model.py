"""Several models that predict together, and how large a body is quick to predict."""

from typing import Any

import numpy as np
import pytest

from container.serving.loaded_model import combine_models, inline_rows


class Model:
    def __init__(self, *scores: float) -> None:
        self._scores = np.array(scores, np.float32)

    def predict(self, rows: Any) -> Any:
        return self._scores

    def explain(self, rows: Any) -> Any:
        return self._scores * 2


def together(objective: str, *models: Model) -> tuple[list[float], list[float]]:
    given: Any = models
    predict, explain = combine_models(given, objective)
    rows = np.zeros((1, 1), np.float32)
    return predict(rows).tolist(), explain(rows).tolist()


def test_one_model_predicts_alone() -> None:
    assert together("multi:softmax", Model(1, 2)) == ([1, 2], [2, 4])


@pytest.mark.parametrize("objective", ["binary:logistic", "reg:squarederror", "multi:softprob"])
def test_several_models_predict_their_mean(objective: str) -> None:
    found = together(objective, Model(1, 2), Model(2, 4), Model(6, 0))

    assert found == ([3, 2], [6, 4])


@pytest.mark.parametrize("objective", ["multi:softmax", "binary:hinge"])
@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([0, 1, 1], 1),
        ([2, 1, 2], 2),
        ([2, 1], 1),
        ([2, 1, 0], 0),
        ([0, 2, 2, 0], 0),
        ([1, 2, 2, 0], 2),
    ],
)
def test_models_that_predict_classes_vote(
    objective: str, votes: list[float], winner: float
) -> None:
    predicted, _ = together(objective, *(Model(vote, 5) for vote in votes))

    assert predicted == [winner, 5]


@pytest.mark.parametrize(
    ("one", "many", "count", "rows"),
    [
        (0.001, 0.064, 64, 2),
        (0.0005, 0.0135, 14, 2),
        (0.0005, 0.0070, 14, 4),
        (0.0021, 0.1, 64, 0),
        (0.001, 0.001, 64, 10_000),
        (0.001, 0.0009, 64, 10_000),
        (0.001, 0.001, 1, 10_000),
        (0, 0, 64, 10_000),
    ],
)
def test_as_many_rows_are_quick_as_take_two_milliseconds(
    one: float, many: float, count: int, rows: int
) -> None:
    assert inline_rows(one, many, count) == rows
