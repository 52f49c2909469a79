"""Cases of metrics with objectives, by XGBoost and scikit-learn, which the original asks."""

import functools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np
import xgboost as xgb
from sklearn import metrics as of_sklearn

from container.algorithm import create
from container.contract.errors import AlgorithmError, InputError
from tools.differential.case import Answer, Case
from tools.differential.models import OBJECTIVES, dataset, predictions, todays_model
from tools.differential.releases import write_models

_SOURCE = "its checks, read in its public source, then XGBoost or scikit-learn in this process"
_NATIVE = (
    *("auc", "aucpr", "map", "ndcg", "aft-nloglik", "cox-nloglik", "error", "gamma-deviance"),
    *("gamma-nloglik", "interval-regression-accuracy", "logloss", "mape", "merror", "mlogloss"),
    *("mphe", "poisson-nloglik", "rmsle", "tweedie-nloglik"),
    *("error@0.3", "ndcg@5", "map@5", "ndcg@1.5"),
)
_UNKNOWN = ("none", "rmse@5", "auc@2", "ndcg@five", "accuracy_score")
# What XGBoost reads in a way of its own, each with the objective that has the metric.
_ODD = (("binary:logistic", "error@inf"), ("rank:ndcg", "ndcg@inf"), ("rank:ndcg", "ndcg@-1"))
_ROWS = 30
_REFUSED: Answer = MappingProxyType({"trains": False})
_AVERAGED = {
    "f1": of_sklearn.f1_score,
    "precision": of_sklearn.precision_score,
    "recall": of_sklearn.recall_score,
}
_OF_CLASSES: Mapping[str, Callable[[Any, Any], float]] = MappingProxyType(
    {
        "accuracy": of_sklearn.accuracy_score,
        "balanced_accuracy": of_sklearn.balanced_accuracy_score,
        **{
            f"{name}_{average}": functools.partial(score, average=average)
            for name, score in _AVERAGED.items()
            for average in ("macro", "micro")
            if (name, average) != ("f1", "micro")
        },
        "f1": functools.partial(of_sklearn.f1_score, average="macro"),
        "f1_binary": functools.partial(of_sklearn.f1_score, average="binary"),
        "precision": functools.partial(of_sklearn.precision_score, average="binary"),
        "recall": functools.partial(of_sklearn.recall_score, average="binary"),
    }
)
_OF_NUMBERS: Mapping[str, Callable[[Any, Any], float]] = MappingProxyType(
    {
        "mse": of_sklearn.mean_squared_error,
        "rmse": of_sklearn.root_mean_squared_error,
        "mae": of_sklearn.mean_absolute_error,
        "r2": of_sklearn.r2_score,
    }
)


def cases() -> Iterator[Case]:
    """Return a case for each objective and metric."""
    for objective in OBJECTIVES:
        for metric in (*_NATIVE, *_OF_CLASSES, *_OF_NUMBERS, *_UNKNOWN):
            yield _case(objective, metric)
    for objective, metric in _ODD:
        yield _case(objective, metric)


def _case(objective: str, metric: str) -> Case:
    job = {"num_round": "1", "objective": objective, "eval_metric": metric}
    if objective.startswith("multi:"):
        job["num_class"] = "3"

    def here(environment: Mapping[str, str]) -> Answer:
        return _evaluated_here(job, metric)

    return Case(
        f"metrics/{objective}/{metric}",
        f"{metric} with {objective}",
        _SOURCE,
        lambda: _evaluated_there(objective, metric),
        here,
        # In the log they have five decimals.
        1e-5,
    )


def _evaluated_here(job: Mapping[str, str], metric: str) -> Answer:
    try:
        algorithm = create(job)
        algorithm.load(todays_model(job["objective"])[0])
        found = algorithm.evaluate(dataset(job["objective"], _ROWS), [metric])
    except (InputError, AlgorithmError):
        return _REFUSED
    return {"trains": True, "value": next(iter(found.values()), float("nan"))}


def _evaluated_there(objective: str, metric: str) -> Answer:
    if metric in _UNKNOWN or objective == "survival:aft" or metric == "aft-nloglik":
        # Of no format does it read the bounds that XGBoost needs for failure times.
        return _REFUSED
    if metric == "auc" and not objective.startswith(("binary:", "rank:")):
        return _REFUSED
    features = write_models.table(_ROWS, 2)
    _, booster = todays_model(objective)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if metric not in (*_OF_CLASSES, *_OF_NUMBERS):
                data = write_models.matrix(objective, features)
                value = _by_xgboost(booster, metric, data)
            else:
                labels = write_models.labels(objective, features)
                value = _by_sklearn(metric, labels, predictions(booster, features))
        except (ValueError, xgb.core.XGBoostError):
            return _REFUSED
    # Both train; what is no finite number `evaluate` leaves out.
    return {"trains": True, "value": float(value) if isfinite(value) else float("nan")}


def _by_xgboost(booster: Any, metric: str, data: Any) -> float:
    # A copy: XGBoost forgets no metric that it was once asked for.
    asked = booster.copy()
    asked.set_param({"eval_metric": metric})
    return float(asked.eval_set([(data, "train")]).rpartition(":")[2])


def _by_sklearn(metric: str, labels: Any, scores: Sequence[Any]) -> float:
    """Return what the original computes, by its own rule of what a class is."""
    found = np.array(scores)
    if metric in _OF_NUMBERS:
        return _OF_NUMBERS[metric](labels, found)
    return _OF_CLASSES[metric](labels, found.argmax(axis=1) if found.ndim == 2 else found > 0)
