"""Labels that an objective cannot learn, at the edges of what it can."""

import numpy as np
import pytest

from container.contract.errors import InputError
from container.hyperparameters.labels import check_channels, check_labels
from container.hyperparameters.parsing import parse
from tests.container.support.datasets import dataset

NAN, INF = float("nan"), float("inf")
LABELS: dict[str, tuple[list[float], list[float]]] = {
    "reg:squarederror": ([-1e30, 0, 0.5], [NAN, INF, -INF]),
    "reg:squaredlogerror": ([-0.99, 0, 7], [-1, -2, NAN, INF]),
    "reg:logistic": ([0, 0.5, 1], [-0.01, 1.01, NAN]),
    "reg:gamma": ([0.01, 7], [0, -1, INF]),
    "reg:tweedie": ([0, 7.5], [-0.01, INF]),
    "count:poisson": ([0, 7.5], [-0.01, NAN]),
    "binary:logistic": ([0, 1], [-1, 0.5, 2, NAN]),
    "binary:hinge": ([0, 1], [2]),
    "multi:softprob": ([0, 1, 2], [-1, 0.5, 3, NAN, INF]),
    "rank:pairwise": ([0, 31, 7], [-1, 0.5, INF]),
    "rank:ndcg": ([0, 31], [32, -1, 0.5]),
    "rank:map": ([0, 1], [2, 0.5, -1]),
    "survival:aft": ([0, 1.5], [-1, NAN]),
    "survival:cox": ([-1.5, 2], [NAN, INF]),
}


@pytest.mark.parametrize("objective", LABELS)
def test_an_objective_learns_its_labels_and_refuses_others(objective: str) -> None:
    classes = {"num_class": "3"} if objective.startswith("multi") else {}
    job = parse({"num_round": "1", "objective": objective, **classes})
    fine, wrong = LABELS[objective]

    check_labels("here", np.array(fine, np.float32), job)
    for label in wrong:
        with pytest.raises(InputError, match=f"here: labels of {objective} must be "):
            check_labels("here", np.array([fine[0], label], np.float32), job)


def test_the_first_wrong_label_is_shown_with_how_many_there_are() -> None:
    job = parse({"num_round": "1", "objective": "binary:logistic"})

    with pytest.raises(InputError) as caught:
        check_labels("input/data/train", np.array([0, 3, 1, 4], np.float32), job)

    assert str(caught.value) == (
        "input/data/train: labels of binary:logistic must be 0 or 1; "
        "got 3 (2 such rows); correct the labels or the objective"
    )


def test_every_channel_is_looked_at() -> None:
    job = parse({"num_round": "1", "objective": "binary:logistic"})
    good = dataset(np.array([[0.0, 1.0], [1.0, 1.0]]))
    bad = dataset(np.array([[0.0, 1.0], [2.0, 1.0]]))

    check_channels({"train": good, "validation": good}, job)
    with pytest.raises(InputError, match="input/data/validation: labels of binary:logistic"):
        check_channels({"train": good, "validation": bad}, job)


OF_METRICS: list[tuple[str, str, list[float], list[float]]] = [
    ("rank:pairwise", "ndcg@32", [0, 31], [32]),
    ("rank:pairwise", "auc", [0, 31, 32, 100], []),
    ("rank:pairwise", "map", [0, 1], [2]),
    ("rank:pairwise", "aucpr", [0, 1], [2]),
    ("rank:ndcg", "accuracy", [0, 1, 31], []),
    ("rank:ndcg", "precision", [0, 1], [2]),
    ("reg:squarederror", "ndcg@1.5", [0, 31], [-1, 0.5, 32]),
    ("reg:squarederror", "map", [0, 1], [0.5, 2]),
    ("reg:squarederror", "accuracy", [-3, 0, 1e9], [0.5]),
    ("reg:squarederror", "recall", [0, 1], [-1, 0.5, 2]),
    ("reg:squarederror", "aucpr", [-3, 0.5, 1e9], []),
    ("reg:logistic", "merror", [0, 0.5, 0.99], [1]),
    ("survival:cox", "mlogloss", [-0.99, 0.99], [-1, 1]),
    ("binary:logistic", "map@3", [0, 1], []),
    ("multi:softmax", "rmse", [0, 1, 2], []),
]


@pytest.mark.parametrize(("objective", "metric", "fine", "wrong"), OF_METRICS)
def test_a_metric_measures_its_labels_and_others_are_refused_before_training(
    objective: str, metric: str, fine: list[float], wrong: list[float]
) -> None:
    classes = {"num_class": "3"} if objective.startswith("multi") else {}
    # The first metric keeps XGBoost from printing that of the objective, too.
    metrics = {"eval_metric": f"mphe,{metric}"}
    job = parse({"num_round": "1", "objective": objective, **classes, **metrics})

    check_labels("here", np.array(fine, np.float32), job)
    for label in wrong:
        with pytest.raises(InputError, match=f"here: labels for the metric {metric} must be "):
            check_labels("here", np.array([fine[0], label], np.float32), job)


def test_more_monotone_constraints_than_features_are_refused() -> None:
    job = {"num_round": "1", "objective": "binary:logistic", "tree_method": "hist"}
    rows = {"train": dataset(np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 2.0]]))}

    check_channels(rows, parse({**job, "monotone_constraints": "1,0"}))
    check_channels(rows, parse({**job, "monotone_constraints": "(1)"}))
    with pytest.raises(
        InputError, match="monotone_constraints has 3 numbers but input/data/train "
    ):
        check_channels(rows, parse({**job, "monotone_constraints": "1,0,1"}))


@pytest.mark.parametrize("first", [0, 500])
def test_labels_that_count_the_rows_are_called_an_index(
    capfd: pytest.CaptureFixture[str], first: int
) -> None:
    labels = np.arange(first, first + 10, dtype=np.float32)
    numbers, classes = (
        parse({"num_round": "1", "objective": name})
        for name in ("reg:squarederror", "binary:logistic")
    )

    with pytest.raises(InputError, match=r"; the labels count the rows, as an index does; write "):
        check_labels("here", labels, classes)
    check_labels("here", labels[:9], numbers)
    check_labels("here", labels[::-1], numbers)
    assert capfd.readouterr().err == ""
    check_labels("here", labels, numbers)
    assert "the labels count the rows, as an index does" in capfd.readouterr().err
