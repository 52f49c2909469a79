"""The built-in XGBoost's hyperparameters, read strictly and in full before any data."""

import difflib
from collections.abc import Mapping

from container.contract.errors import InputError
from container.hyperparameters.chosen import Hyperparameters
from container.hyperparameters.kinds import (
    WHERE,
    Choice,
    InteractionConstraints,
    Kind,
    MonotoneConstraints,
    Real,
    Text,
    Whole,
    Words,
    refusal,
)
from container.hyperparameters.objectives import (
    METRICS_OF_TASK,
    OBJECTIVES,
    OTHER_METRICS,
    OTHER_OBJECTIVES,
    RENAMED_OBJECTIVES,
)

_SWITCH = Choice(("true", "false"))
_BIT = Whole("[0, 1]")
_FROM_ZERO = Real("[0, +inf)")
_SHARE = Real("(0, 1]")
_UPDATERS = (
    "grow_colmaker",
    "grow_histmaker",
    "grow_quantile_histmaker",
    "sync",
    "refresh",
    "prune",
)
_BUILDERS = {"grow_colmaker", "grow_histmaker", "grow_quantile_histmaker"}

# Passed on to XGBoost under the same name.
_PASSED: dict[str, Kind] = {
    "booster": Choice(("gbtree", "dart")),
    "verbosity": Whole("[0, 3]"),
    "nthread": Whole("[1, +inf)"),
    "eta": Real("[0, 1]"),
    "gamma": _FROM_ZERO,
    "max_depth": Whole("[0, +inf)"),
    "min_child_weight": _FROM_ZERO,
    "max_delta_step": _FROM_ZERO,
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "colsample_bynode": _SHARE,
    "lambda": _FROM_ZERO,
    "alpha": _FROM_ZERO,
    "tree_method": Choice(("auto", "exact", "approx", "hist")),
    "scale_pos_weight": Real("(0, +inf)"),
    "updater": Words(_UPDATERS),
    "refresh_leaf": _BIT,
    "grow_policy": Choice(("depthwise", "lossguide")),
    "max_leaves": Whole("[0, +inf)"),
    "max_bin": Whole("[2, +inf)"),
    "monotone_constraints": MonotoneConstraints(),
    "interaction_constraints": InteractionConstraints(),
    "sample_type": Choice(("uniform", "weighted")),
    "normalize_type": Choice(("tree", "forest")),
    "rate_drop": Real("[0, 1]"),
    "skip_drop": Real("[0, 1]"),
    "one_drop": _BIT,
    "tweedie_variance_power": Real("(1, 2)"),
    "num_class": Whole("[2, +inf)"),
    "base_score": _FROM_ZERO,
    "seed": Whole("(-2147483648, 2147483647)"),
    "num_parallel_tree": Whole("[1, +inf)"),
    "sampling_method": Choice(("uniform", "gradient_based")),
}

# Read by this container itself.
_OWN: dict[str, Kind] = {
    "num_round": Whole("[1, +inf)"),
    "objective": Text(),
    "eval_metric": Text(),
    "_tuning_objective_metric": Text(),
    "early_stopping_rounds": Whole("[1, +inf)"),
    "csv_weights": _BIT,
    "save_model_on_termination": _SWITCH,
}

# Accepted because the built-in takes them; today's XGBoost gives them no meaning.
_IGNORED: dict[str, Kind] = {
    "sketch_eps": Real("(0, 1)"),
    "predictor": Choice(("auto", "cpu_predictor")),
    "dsplit": Choice(("row",)),
    "process_type": Choice(("default",)),
    "deterministic_histogram": _SWITCH,
    "single_precision_histogram": _SWITCH,
    "prob_buffer_row": Real("(1, +inf)"),
    "use_dask_gpu_training": Choice(("false",)),
    "lambda_bias": Real("[0, 1]"),
}

_NOT_DONE = {
    "_kfold": "cross-validation",
    "_num_cv_round": "cross-validation",
    "aft_loss_distribution": "survival analysis",
    "aft_loss_distribution_scale": "survival analysis",
}

# These change how fast or how loud a training is, not what it learns.
WITHOUT_EFFECT = ("nthread", "verbosity", "save_model_on_termination")

_ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}


def parse(raw: Mapping[str, str]) -> Hyperparameters:
    """Text from SageMaker to checked values; raises InputError for the first that is wrong."""
    values = {name: _kind(name).read(name, text) for name, text in _without_aliases(raw).items()}
    if "num_round" not in values:
        raise InputError(f'{WHERE}: num_round is missing; add one such as "num_round": "100"')
    asked = values.get("objective", "reg:squarederror")
    name = _objective(asked)
    _check_classes(values, name)
    _check_trees(values)
    booster = {key: value for key, value in values.items() if key in _PASSED}
    stop_after = values.get("early_stopping_rounds")
    return Hyperparameters(
        rounds=int(values["num_round"]),
        objective_name=name,
        metrics=_metrics(values, name),
        early_stopping_rounds=int(stop_after) if stop_after is not None else None,
        weighted=values.get("csv_weights") == "1",
        save_on_termination=values.get("save_model_on_termination") == "true",
        booster=booster,
        notices=() if asked == name else (f"objective {asked} is deprecated; use {name}",),
    )


def _without_aliases(raw: Mapping[str, str]) -> dict[str, str]:
    plain: dict[str, str] = {}
    for given, text in raw.items():
        name = _ALIASES.get(given, given)
        if name in plain:
            raise InputError(f"{WHERE}: {given} and {name} are the same; give one of them")
        plain[name] = text
    return plain


def _kind(name: str) -> Kind:
    known: dict[str, Kind] = {**_PASSED, **_OWN, **_IGNORED}
    if name in known:
        return known[name]
    if name in _NOT_DONE:
        raise InputError(
            f"{WHERE}: {name} is for {_NOT_DONE[name]}, not part of this version; remove it"
        )
    near = difflib.get_close_matches(name, [*known, *_ALIASES], n=1)
    advice = f"did you mean {near[0]}?" if near else "remove it"
    raise InputError(f"{WHERE}: {name} is not a hyperparameter; {advice}")


def _objective(name: str) -> str:
    name = RENAMED_OBJECTIVES.get(name, name)
    if name in OTHER_OBJECTIVES:
        raise refusal("objective", name, f"one that this version does: {', '.join(OBJECTIVES)}")
    if name not in OBJECTIVES:
        raise refusal("objective", name, f"one of {', '.join(OBJECTIVES)}")
    return name


def _check_classes(values: Mapping[str, str], objective: str) -> None:
    given = values.get("num_class")
    multiclass = OBJECTIVES[objective].task == "multiclass"
    if multiclass and given is None:
        raise InputError(f"{WHERE}: num_class is missing; objective {objective} needs it; add one")
    if given is not None and not multiclass:
        raise InputError(
            f"{WHERE}: num_class is {given} but objective is {objective}; "
            "remove num_class or use multi:softprob"
        )


def _check_trees(values: Mapping[str, str]) -> None:
    builders = [word for word in values.get("updater", "").split(",") if word in _BUILDERS]
    if len(builders) > 1:
        raise refusal("updater", values["updater"], "a list with at most one tree builder")
    method = values.get("tree_method")
    for name in ("monotone_constraints", "interaction_constraints"):
        if name in values and method not in ("exact", "hist", "approx"):
            raise InputError(
                f"{WHERE}: {name} needs a tree_method of exact, hist or approx; "
                f"got {method or 'none'}; set tree_method to hist"
            )


def _metrics(values: Mapping[str, str], objective: str) -> tuple[str, ...]:
    """The metrics to print; the last one, tuning's if there is one, decides on early stopping."""
    given = [word.strip() for word in values.get("eval_metric", "").split(",") if word.strip()]
    tuned = values.get("_tuning_objective_metric", "")
    if tuned and not tuned.startswith("validation:"):
        raise refusal("_tuning_objective_metric", tuned, "validation: and a metric")
    wanted = given + [word.strip() for word in tuned.partition(":")[2].split(",") if word.strip()]
    for metric in wanted:
        _check_metric(metric, objective)
    return tuple(dict.fromkeys(reversed(wanted)))[::-1] or (OBJECTIVES[objective].metric,)


def _check_metric(metric: str, objective: str) -> None:
    name, at, threshold = metric.partition("@")
    task = OBJECTIVES[objective].task
    if name in OTHER_METRICS:
        raise refusal("eval_metric", metric, "a metric that this version computes")
    fits = name in METRICS_OF_TASK[task]
    if objective.startswith("reg:") and objective != "reg:logistic":
        fits = fits and name not in ("error", "logloss")
    if not fits:
        allowed = ", ".join(sorted(METRICS_OF_TASK[task]))
        raise refusal("eval_metric", metric, f"one that fits {objective}: {allowed}")
    if at and name != "error":
        raise refusal("eval_metric", metric, "without @; only error takes a threshold")
    if at:
        Real("(0, 1)").read(f"eval_metric {name}@", threshold)
