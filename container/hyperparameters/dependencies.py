"""Validation rules between hyperparameters; each raises InputError."""

from collections.abc import Mapping

from container.contract.errors import InputError
from container.hyperparameters.kinds import WHERE, Real, wrong_value
from container.hyperparameters.objectives import OBJECTIVES

_BUILDERS = {"grow_colmaker", "grow_histmaker", "grow_quantile_histmaker"}
_FOR_LINES = {"shotgun", "coord_descent"}
_REMOVED = {"distcol", "grow_skmaker"}
_METHODS_WITH_CONSTRAINTS = ("exact", "hist", "approx")
_OF_PROBABILITIES = ("binary:logistic", "reg:logistic")

Values = Mapping[str, str]


def check_dependencies(values: Values, objective: str) -> None:
    """Raise InputError for the first rule that the values break."""
    _check_classes(values, objective)
    _check_quantiles(values, objective)
    _check_base_score(values, objective)
    _check_updaters(values)
    _check_constraints(values)
    _check_method(values)
    if values.get("process_type") == "update":
        raise wrong_value(
            "process_type", "update", "default: update needs a model, and a job starts without one"
        )


def _check_classes(values: Values, objective: str) -> None:
    given = values.get("num_class")
    multiclass = OBJECTIVES[objective].task == "multiclass"
    if multiclass and given is None:
        raise InputError(f"{WHERE}: num_class is missing; objective {objective} needs it; add one")
    if given is not None and not multiclass:
        raise InputError(
            f"{WHERE}: num_class is {given} but objective is {objective}; "
            "remove num_class or use multi:softprob"
        )


def _check_quantiles(values: Values, objective: str) -> None:
    given = "quantile_alpha" in values
    if objective == "reg:quantileerror" and not given:
        raise InputError(
            f"{WHERE}: quantile_alpha is missing; objective {objective} needs it; "
            'add one such as "quantile_alpha": "0.05,0.5,0.95"'
        )
    if objective != "reg:quantileerror" and given:
        raise InputError(
            f"{WHERE}: quantile_alpha is for reg:quantileerror but objective is {objective}; "
            "remove quantile_alpha"
        )


def _check_base_score(values: Values, objective: str) -> None:
    if objective in _OF_PROBABILITIES and "base_score" in values:
        Real("(0, 1)").read(f"base_score of {objective}", values["base_score"])


def _check_updaters(values: Values) -> None:
    text = values.get("updater")
    if text is None:
        return
    updaters = set(text.split(","))
    if updaters & _REMOVED:
        raise wrong_value(
            "updater", text, "a list without distcol and grow_skmaker: XGBoost lost them"
        )
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or not updaters <= _FOR_LINES:
            raise wrong_value("updater", text, "shotgun or coord_descent for booster gblinear")
    elif updaters & _FOR_LINES:
        raise wrong_value(
            "updater", text, "a list without shotgun and coord_descent: trees are grown"
        )
    elif len(updaters & _BUILDERS) != 1:
        raise wrong_value("updater", text, f"a list with one tree builder of {_listed(_BUILDERS)}")


def _check_constraints(values: Values) -> None:
    method = values.get("tree_method")
    for name in ("monotone_constraints", "interaction_constraints"):
        if name in values and method not in _METHODS_WITH_CONSTRAINTS:
            raise InputError(
                f"{WHERE}: {name} needs a tree_method of exact, hist or approx; "
                f"got {method or 'none'}; set tree_method to hist"
            )


def _check_method(values: Values) -> None:
    """Check what is not supported by every tree method."""
    method = "gblinear" if values.get("booster") == "gblinear" else values.get("tree_method")
    if "categorical_features" in values and method in ("exact", "gblinear"):
        raise InputError(
            f"{WHERE}: categorical_features does not go with {method}; set tree_method to hist"
        )
    if values.get("device") == "cuda" and method in ("exact", "gblinear"):
        raise InputError(f"{WHERE}: device cuda does not go with {method}; remove device")
    on_disk = method in (None, "auto", "hist") and "updater" not in values
    if values.get("external_memory") == "always" and not on_disk:
        raise InputError(
            f"{WHERE}: external_memory always needs tree_method hist and no updater; "
            f"got {method or 'an updater'}; set tree_method to hist"
        )


def _listed(words: set[str]) -> str:
    return ", ".join(sorted(words))
