"""Names of metrics: which fit an objective, and how logs show them."""

from collections.abc import Iterable, Mapping

from container.hyperparameters.kinds import Kind, Real, Whole, wrong_value
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
_ONE_NUMBER = _NATIVE_OF_ONE_NUMBER | _FOR_NUMBERS

OF_TASK: dict[Task, frozenset[str]] = {
    "binary": _ONE_NUMBER | _FOR_CLASSES | _FOR_TWO_CLASSES | {"auc", "aucpr"},
    "multiclass": frozenset({"merror", "mlogloss", "aucpr"}) | _FOR_CLASSES,
    "regression": _ONE_NUMBER,
    "ranking": _ONE_NUMBER | {"auc", "aucpr"},
    "survival": _ONE_NUMBER,
    "quantiles": frozenset({"quantile"}),
}
_OF_OBJECTIVE = {
    "reg:logistic": frozenset({"aucpr"}),
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
    "ndcg": Whole("[1, +inf)"),
    "map": Whole("[1, +inf)"),
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


def fitting(objective: str) -> frozenset[str]:
    """Return the metrics that are allowed with this objective."""
    return OF_TASK[OBJECTIVES[objective].task] | _OF_OBJECTIVE.get(objective, frozenset())


def check_metric(metric: str, objective: str) -> str:
    """Return XGBoost's name of the metric; raises InputError for a metric that does not fit."""
    name, at, parameter = metric.partition("@")
    allowed = fitting(objective)
    if name not in allowed:
        raise wrong_value("eval_metric", metric, f"one that fits {objective}: {_listed(allowed)}")
    if not at:
        return name
    if name not in _WITH_PARAMETER:
        raise wrong_value("eval_metric", metric, "without @, which only error, map and ndcg take")
    return f"{name}@{_WITH_PARAMETER[name].read(f'eval_metric {name}@', parameter)}"


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
