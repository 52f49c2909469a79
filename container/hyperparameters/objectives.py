"""What follows from an objective: its task, its metrics, and the labels it takes."""

from dataclasses import dataclass
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Objective:
    """A supported objective; `threshold` makes a class of a binary answer, None: it is one."""

    task: Task
    metric: str
    labels: str = "any number"
    threshold: float | None = None


_UNIT = "between 0 and 1"
_NOT_NEGATIVE = "0 or more"

OBJECTIVES = {
    "reg:squarederror": Objective("regression", "rmse"),
    "reg:squaredlogerror": Objective("regression", "rmsle", "greater than -1"),
    "reg:logistic": Objective("regression", "rmse", _UNIT),
    "reg:pseudohubererror": Objective("regression", "mphe"),
    "reg:absoluteerror": Objective("regression", "mae"),
    "reg:gamma": Objective("regression", "gamma-nloglik", "greater than 0"),
    "reg:tweedie": Objective("regression", "tweedie-nloglik", _NOT_NEGATIVE),
    "count:poisson": Objective("regression", "poisson-nloglik", _NOT_NEGATIVE),
    "binary:logistic": Objective("binary", "logloss", "0 or 1", threshold=0.5),
    "binary:logitraw": Objective("binary", "logloss", "0 or 1", threshold=0.0),
    "binary:hinge": Objective("binary", "error", "0 or 1", threshold=0.5),
    "multi:softmax": Objective("multiclass", "mlogloss", "a whole number below num_class"),
    "multi:softprob": Objective("multiclass", "mlogloss", "a whole number below num_class"),
}

# Names that the built-in knows and this version does not do.
OTHER_OBJECTIVES = ("rank:pairwise", "rank:ndcg", "rank:map", "survival:aft", "survival:cox")
OTHER_METRICS = ("ndcg", "map", "aft-nloglik", "cox-nloglik", "interval-regression-accuracy")

RENAMED_OBJECTIVES = {"reg:linear": "reg:squarederror"}

_COMPUTED_FOR_CLASSES = frozenset(
    {
        "accuracy",
        "balanced_accuracy",
        "f1",
        "f1_macro",
        "precision_macro",
        "precision_micro",
        "recall_macro",
        "recall_micro",
    }
)
_COMPUTED_FOR_TWO_CLASSES = frozenset({"f1_binary", "precision", "recall"})
_COMPUTED_FOR_NUMBERS = frozenset({"mse", "r2"})

# Metrics that XGBoost does not have, or reads differently: metrics.py computes them.
COMPUTED_METRICS = _COMPUTED_FOR_CLASSES | _COMPUTED_FOR_TWO_CLASSES | _COMPUTED_FOR_NUMBERS

_NATIVE_FOR_NUMBERS = frozenset(
    {
        "rmse",
        "rmsle",
        "mae",
        "mape",
        "mphe",
        "gamma-deviance",
        "gamma-nloglik",
        "poisson-nloglik",
        "tweedie-nloglik",
        "error",
        "logloss",
    }
)

METRICS_OF_TASK: dict[Task, frozenset[str]] = {
    "binary": frozenset({"auc", "aucpr"})
    | _NATIVE_FOR_NUMBERS
    | _COMPUTED_FOR_NUMBERS
    | _COMPUTED_FOR_CLASSES
    | _COMPUTED_FOR_TWO_CLASSES,
    "multiclass": frozenset({"merror", "mlogloss"}) | _COMPUTED_FOR_CLASSES,
    "regression": _NATIVE_FOR_NUMBERS | _COMPUTED_FOR_NUMBERS,
}

EVALUATION_METRICS: dict[Task, tuple[str, ...]] = {
    "binary": ("auc", "logloss", "error", "accuracy", "f1"),
    "multiclass": ("mlogloss", "merror", "accuracy", "f1"),
    "regression": ("rmse", "mae", "mse", "r2"),
}

_MAXIMISED = _COMPUTED_FOR_CLASSES | _COMPUTED_FOR_TWO_CLASSES | {"auc", "aucpr", "r2"}


def is_maximised(metric: str) -> bool:
    """Whether more is better; `error@0.7` counts as `error`."""
    return metric.partition("@")[0] in _MAXIMISED
