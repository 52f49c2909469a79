"""Several models that predict together, and how large a body is quick to predict."""

from typing import Any

import numpy as np
import pytest

from container.serving.loaded_model import combine_models, inline_bytes


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
    ("seconds_per_row", "width", "size"),
    [
        (0.001, 10, 40),
        (0.002, 10, 20),
        (0.004, 10, 10),
        (1, 1, 0),
        (0.001, 0, 4),
        (1e-9, 100, 65_536),
        (0, 1, 65_536),
    ],
)
def test_a_body_is_quick_if_its_rows_take_two_milliseconds(
    seconds_per_row: float, width: int, size: int
) -> None:
    assert inline_bytes(seconds_per_row, width) == size
