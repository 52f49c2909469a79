"""Names of metrics: which fit an objective, and how logs show them."""

from collections.abc import Iterable, Mapping

import numpy as np

from container.hyperparameters.kinds import Kind, Real, wrong_value
from container.hyperparameters.objectives import OBJECTIVES, Task

_FOR_CLASSES = frozenset(
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
_FOR_TWO_CLASSES = frozenset({"f1_binary", "precision", "recall"})
_FOR_NUMBERS = frozenset({"mse", "mae", "rmse", "r2"})

# As in the built-in, the container computes these where they are requested by name; XGBoost has
# only two of them, and reads those two on another scale for binary:logitraw.
COMPUTED = _FOR_CLASSES | _FOR_TWO_CLASSES | _FOR_NUMBERS

_NATIVE_OF_ONE_NUMBER = frozenset(
    {
        "rmsle",
        "mape",
        "mphe",
        "gamma-deviance",
        "gamma-nloglik",
        "poisson-nloglik",
        "tweedie-nloglik",
        "cox-nloglik",
        "error",
        "logloss",
        "ndcg",
        "map",
    }
)
_ONE_NUMBER = _NATIVE_OF_ONE_NUMBER | _FOR_NUMBERS | _FOR_CLASSES | _FOR_TWO_CLASSES | {"aucpr"}
# As of one class, so that every label must be one: cut off to a whole number, it is 0.
_OF_ONE_CLASS = frozenset({"merror", "mlogloss"})

# What trains in the built-in, by its own rule (for auc) and XGBoost's. Some of it says little:
# XGBoost compares any two numbers.
OF_TASK: dict[Task, frozenset[str]] = {
    "binary": _ONE_NUMBER | {"auc"},
    "multiclass": _FOR_CLASSES | {"merror", "mlogloss", "aucpr", "cox-nloglik", "mphe"},
    "regression": _ONE_NUMBER | _OF_ONE_CLASS,
    "ranking": _ONE_NUMBER | {"auc"},
    "survival": _ONE_NUMBER | _OF_ONE_CLASS,
    "quantiles": frozenset({"quantile"}),
}
_OF_OBJECTIVE = {
    # Its scores are classes; those of multi:softprob are several numbers for each row.
    "multi:softmax": _FOR_NUMBERS,
    "survival:aft": frozenset({"aft-nloglik", "interval-regression-accuracy"}),
}

# What `evaluate` measures, beside the metrics of the training.
FOR_EVALUATION: dict[Task, tuple[str, ...]] = {
    "binary": ("auc", "logloss", "error", "accuracy", "f1"),
    "multiclass": ("mlogloss", "merror", "accuracy", "f1"),
    "regression": ("rmse", "mae", "mse", "r2"),
    "ranking": ("ndcg",),
    "survival": (),
    "quantiles": ("quantile",),
}

_WITH_PARAMETER: dict[str, Kind] = {
    "error": Real("(-inf, +inf)"),
    # XGBoost reads as many digits as make a whole number of 32 bits.
    "ndcg": Real("[1, 4294967296)"),
    "map": Real("[1, 4294967296)"),
}
_AFTER_A_TAB = r"(?:#011|\t)validation-{}:(\S+)"

# They are not a number for some data (one class only, a label of 0), for any model.
_SOMETIMES_UNDEFINED = frozenset(
    {
        "auc",
        "aucpr",
        "mape",
        "rmsle",
        "gamma-deviance",
        "gamma-nloglik",
        "poisson-nloglik",
        "tweedie-nloglik",
        "cox-nloglik",
    }
)


def fitting(objective: str, classes: int | None = None) -> frozenset[str]:
    """Return the metrics that are allowed with this objective, and with this many classes."""
    allowed = OF_TASK[OBJECTIVES[objective].task] | _OF_OBJECTIVE.get(objective, frozenset())
    return allowed | _FOR_TWO_CLASSES if classes == 2 else allowed


def labels_for(metric: str, objective: str) -> str:
    """Return what labels must be for this metric beside what the objective demands; "": nothing."""
    name, task = metric.partition("@")[0], OBJECTIVES[objective].task
    if name == "ndcg":
        return "a whole number from 0 to 31"
    if name == "map" or (name == "aucpr" and task == "ranking"):
        return "0 or 1"
    if task in ("binary", "multiclass"):
        return ""
    if name in _OF_ONE_CLASS:
        return "greater than -1 and less than 1"
    if name in _FOR_TWO_CLASSES:
        return "0 or 1"
    return "a whole number" if name in _FOR_CLASSES else ""


def check_metric(metric: str, objective: str, classes: int | None = None) -> str:
    """Return the name XGBoost prints; raises InputError for a metric that does not fit."""
    name, at, parameter = metric.partition("@")
    allowed = fitting(objective, classes)
    if name not in allowed:
        raise wrong_value("eval_metric", metric, f"one that fits {objective}: {_listed(allowed)}")
    if not at:
        return name
    if name not in _WITH_PARAMETER:
        raise wrong_value("eval_metric", metric, "without @, which only error, map and ndcg take")
    text = _WITH_PARAMETER[name].read(f"eval_metric {name}@", parameter)
    return printed_error(text) if name == "error" else f"{name}@{text}"


def printed_error(threshold: str) -> str:
    """Return what XGBoost calls the share of wrong rows at a threshold."""
    number = np.float32(threshold)
    return "error" if number == 0.5 else f"error@{number:g}"


def may_be_undefined(metric: str, objective: str) -> bool:
    """Return whether it is no sign of a broken model when this metric is no finite number."""
    name = metric.partition("@")[0]
    return name in _SOMETIMES_UNDEFINED and metric != OBJECTIVES[objective].metric


def read_line(line: str, prefix: str, names: Mapping[str, str]) -> dict[str, float]:
    """Return the values in XGBoost's line of one channel, by what `names` calls what it printed."""
    items = (item.removeprefix(prefix).rsplit(":", 1) for item in line.split("\t")[1:])
    found = {printed: float(value) for printed, value in items}
    return {name: found[printed] for printed, name in names.items()}


def metric_definitions(metrics: Iterable[str]) -> list[dict[str, str]]:
    """Return CreateTrainingJob's MetricDefinitions for `metrics` of the validation channel.

    CloudWatch shows the tab before a metric as #011; other readers see the tab.
    """
    return [
        {"Name": f"validation:{metric}", "Regex": _AFTER_A_TAB.format(metric.replace(".", r"\."))}
        for metric in metrics
    ]


def _listed(metrics: frozenset[str]) -> str:
    return ", ".join(sorted(metrics))
