"""Every metric with every objective: what XGBoost computes is accepted, all else refused before."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from container.contract.errors import InputError
from container.hyperparameters.labels import check_labels
from container.hyperparameters.metric_names import COMPUTED, fitting
from container.hyperparameters.objectives import OBJECTIVES
from container.hyperparameters.parsing import parse

# The built-in has these, too, but computes them itself.
NATIVE = (
    *("auc", "aucpr", "map", "ndcg", "aft-nloglik", "cox-nloglik", "error", "gamma-deviance"),
    *("gamma-nloglik", "interval-regression-accuracy", "logloss", "mape", "merror", "mlogloss"),
    *("mphe", "poisson-nloglik", "rmsle", "tweedie-nloglik"),
)
WITH_PARAMETER = ("error@0.7", "error@.50", "error@-1", "ndcg@5", "ndcg@2.50", "ndcg@1e2", "map@+2")
# The built-in refuses it although XGBoost computes it.
OF_THE_BUILT_IN: dict[str, tuple[str, ...]] = {"auc": ("binary:", "rank:")}
# XGBoost demands that all labels are 0, from which nothing can be learned.
OF_EQUAL_LABELS = {"merror": ("binary:", "rank:"), "mlogloss": ("binary:", "rank:")}
ROWS = 12
LABELS = {
    "of two": np.arange(ROWS) % 2,
    "of three": np.arange(ROWS) % 3,
    "between 0 and 1": (np.arange(ROWS) % 5 + 1) / 7,
    "from 1": 1 + 32 * (np.arange(ROWS) % 2),
    "below 0": -0.5 * (np.arange(ROWS) % 3),
}


def learnable(objective: str) -> Iterator[Any]:
    """Labels that the objective itself takes."""
    job = parsed(objective, "")
    for labels in LABELS.values():
        given = labels.astype(np.float32)
        try:
            check_labels("here", given, job)
        except InputError:
            continue
        yield given


def parsed(objective: str, metric: str) -> Any:
    more = {
        **({"num_class": "3"} if objective.startswith("multi") else {}),
        **({"quantile_alpha": "0.2,0.8"} if objective == "reg:quantileerror" else {}),
        # With this one XGBoost is not asked for the objective's own, which has demands of labels.
        "eval_metric": f"{metric},quantile" if "quantile" in objective else f"{metric},mphe",
    }
    return parse({"num_round": "1", "objective": objective, **more})


def matrix(objective: str, labels: Any) -> Any:
    features = np.arange(ROWS * 2, dtype=np.float32).reshape(ROWS, 2) % 7
    more: dict[str, Any] = {"qid": np.arange(ROWS) // 6} if objective.startswith("rank") else {}
    if objective == "survival:aft":
        more = {"label_lower_bound": labels, "label_upper_bound": labels}
    return xgb.DMatrix(features, labels, nthread=1, **more)


@pytest.mark.acceptance
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_metric_trains_where_it_trains_in_the_built_in_and_is_refused_before_where_not(
    objective: str,
) -> None:
    for labels in learnable(objective):
        data = matrix(objective, labels)
        job = parsed(objective, "")
        booster = xgb.Booster({**job.parameters(0, 1, "cpu"), "verbosity": 0}, [data])
        booster.update(data, 0)
        for metric in (*NATIVE, *(WITH_PARAMETER if objective == "binary:logistic" else ())):
            trial = booster.copy()
            name = "tweedie-nloglik@1.5" if metric == "tweedie-nloglik" else metric
            trial.set_param([("eval_metric", name)])
            ours = accepted(objective, metric, labels)
            try:
                line = trial.eval_set([(data, "t")])
            except xgb.core.XGBoostError:
                assert not ours, (objective, metric, labels)
                continue
            of_built_in = objective.startswith(OF_THE_BUILT_IN.get(metric, ""))
            if not of_built_in or objective.startswith(OF_EQUAL_LABELS.get(metric, ("none",))):
                assert not ours
            elif objective != "reg:quantileerror" or metric == "quantile":
                assert ours, (objective, metric, labels)
                (printed,) = parsed(objective, metric).split_by_source([ours])[0]
                assert f"\tt-{printed}:" in line


def accepted(objective: str, metric: str, labels: Any) -> str:
    """The name of the metric here; "" where it is refused."""
    try:
        job = parsed(objective, metric)
        check_labels("here", labels, job)
    except InputError:
        return ""
    return str(
        next(name for name in job.metrics if name not in ("mphe", "quantile") or name == metric)
    )


def test_what_the_container_computes_fits_wherever_scores_are_one_number_for_each_row() -> None:
    for objective, each in OBJECTIVES.items():
        if each.task in ("binary", "regression", "ranking", "survival"):
            assert fitting(objective) >= COMPUTED
