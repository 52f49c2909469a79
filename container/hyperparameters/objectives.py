"""Objectives: the task, default metric and valid labels of each."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression", "ranking", "survival", "quantiles"]


@dataclass(frozen=True)
class Objective:
    """A supported objective; `threshold` makes classes of scores; None: scores are classes.

    `zero` is the score of a margin of 0. Where labels are no classes, metrics of classes take a
    score above it for class 1.
    """

    task: Task
    metric: str
    labels: str = "finite numbers"
    threshold: float | None = None
    zero: float = 0.0

    @property
    def between_classes(self) -> float | None:
        """The score that metrics of classes split at; None: scores are classes."""
        return self.threshold if self.task in ("binary", "multiclass") else self.zero


_UNIT = "between 0 and 1"
_NOT_NEGATIVE = "0 or more"
_CLASS = "a whole number below num_class"

# The metrics are those that XGBoost prints by default.
OBJECTIVES = {
    "reg:squarederror": Objective("regression", "rmse"),
    "reg:squaredlogerror": Objective("regression", "rmsle", "greater than -1"),
    "reg:logistic": Objective("regression", "rmse", _UNIT, zero=0.5),
    "reg:pseudohubererror": Objective("regression", "mphe"),
    "reg:absoluteerror": Objective("regression", "mae"),
    "reg:gamma": Objective("regression", "gamma-deviance", "greater than 0", zero=1.0),
    "reg:tweedie": Objective("regression", "tweedie-nloglik", _NOT_NEGATIVE, zero=1.0),
    "reg:quantileerror": Objective("quantiles", "quantile"),
    "count:poisson": Objective("regression", "poisson-nloglik", _NOT_NEGATIVE, zero=1.0),
    "binary:logistic": Objective("binary", "logloss", "0 or 1", threshold=0.5),
    "binary:logitraw": Objective("binary", "logloss", "0 or 1", threshold=0.0),
    "binary:hinge": Objective("binary", "error", "0 or 1", threshold=0.5),
    "multi:softmax": Objective("multiclass", "mlogloss", _CLASS),
    "multi:softprob": Objective("multiclass", "mlogloss", _CLASS),
    "rank:pairwise": Objective("ranking", "ndcg@32", "a whole number from 0 up"),
    "rank:ndcg": Objective("ranking", "ndcg@32", "a whole number from 0 to 31"),
    "rank:map": Objective("ranking", "map@32", "0 or 1"),
    # Plain labels are both bounds: nothing is censored.
    "survival:aft": Objective("survival", "aft-nloglik", _NOT_NEGATIVE, zero=1.0),
    # A negative label is a time after which nothing is known.
    "survival:cox": Objective("survival", "cox-nloglik", zero=1.0),
}

RENAMED_OBJECTIVES = {"reg:linear": "reg:squarederror"}
