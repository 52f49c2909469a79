"""Strict parsing of all hyperparameters, before any data is read."""

import difflib
from collections.abc import Mapping
from typing import Any

from container.contract.errors import InputError
from container.hyperparameters.dependencies import check_dependencies
from container.hyperparameters.kinds import WHERE, wrong_value
from container.hyperparameters.metric_names import COMPUTED, check_metric
from container.hyperparameters.objectives import OBJECTIVES, RENAMED_OBJECTIVES
from container.hyperparameters.table import ALIASES, TABLE, ReadBy
from container.hyperparameters.values import Hyperparameters

_TUNED = "_tuning_objective_metric"


def parse(raw: Mapping[str, str]) -> Hyperparameters:
    """Parse SageMaker's texts; raises InputError for the first invalid value."""
    values = {name: _read(name, text) for name, text in _without_aliases(raw).items()}
    if "num_round" not in values:
        raise InputError(f'{WHERE}: num_round is missing; add one such as "num_round": "100"')
    values, notices = _without_deprecated(values)
    objective = values.get("objective", "reg:squarederror")
    if objective not in OBJECTIVES:
        raise wrong_value(
            "objective", objective, f"one of {', '.join(OBJECTIVES)}{_near(objective)}"
        )
    check_dependencies(values, objective)
    metrics, decisive = _metrics(values, objective)
    return Hyperparameters(values, objective, metrics, decisive, tuple(notices))


def parse_config(config: Mapping[str, Any], rounds: int) -> dict[str, str]:
    """Return the hyperparameters that a model without any shows: those that predictions depend on.

    `config` is the learner's part of XGBoost's own. Raises InputError for an unknown objective.
    """
    objective = config["objective"]
    if objective["name"] not in OBJECTIVES:
        raise InputError(f"its objective {objective['name']} is not known here; train another")
    found = {
        "objective": objective["name"],
        "num_class": config["learner_model_param"]["num_class"],
        "booster": config["gradient_booster"]["name"],
        "num_round": str(max(rounds, 1)),
        **objective.get("quantile_loss_param", {}),
        **objective.get("tweedie_regression_param", {}),
    }
    if found["num_class"] == "0":
        del found["num_class"]
    return found


def _without_aliases(raw: Mapping[str, str]) -> dict[str, str]:
    plain: dict[str, str] = {}
    for given, text in raw.items():
        name = ALIASES.get(given, given)
        if name in plain:
            raise InputError(f"{WHERE}: {given} and {name} are the same; give one of them")
        plain[name] = text
    return plain


def _read(name: str, text: str) -> str:
    if name in TABLE:
        return TABLE[name].kind.read(name, text)
    near = difflib.get_close_matches(name, [*TABLE, *ALIASES], n=1)
    advice = f"did you mean {near[0]}?" if near else "remove it"
    raise InputError(f"{WHERE}: {name} is not a hyperparameter; {advice}")


def _near(objective: str) -> str:
    near = difflib.get_close_matches(objective, OBJECTIVES, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _without_deprecated(values: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return values by today's names, without those that have no effect, and notices."""
    kept = {name: text for name, text in values.items() if TABLE[name].reader != ReadBy.NOTHING}
    notices = [
        f"{name} has no effect: {TABLE[name].meaning}" for name in values if name not in kept
    ]
    asked = kept.get("objective", "")
    if asked in RENAMED_OBJECTIVES:
        kept["objective"] = RENAMED_OBJECTIVES[asked]
        notices.append(f"objective {asked} is deprecated; use {kept['objective']}")
    if kept.get("tree_method") == "gpu_hist":
        kept = {"device": "cuda", **kept, "tree_method": "hist"}
        notices.append("tree_method gpu_hist is deprecated; use hist with device cuda")
    if kept.pop("use_dask_gpu_training", "false") == "true":
        kept["device"] = "cuda"
        notices.append("use_dask_gpu_training means device cuda here: there is no Dask")
    updaters = kept.get("updater", "").split(",")
    if "sync" in updaters:
        del kept["updater"]
        others = ",".join(word for word in updaters if word != "sync")
        kept |= {"updater": others} if others else {}
        notices.append("updater sync has no effect: hosts always agree on their trees")
    if "_num_cv_round" in kept and "_kfold" not in kept:
        notices.append("_num_cv_round has no effect without _kfold")
    return kept, notices


def _metrics(values: Mapping[str, str], objective: str) -> tuple[tuple[str, ...], str]:
    """Return the metrics in the order of the built-in's lines, and that of early stopping."""
    asked = _listed(values.get("eval_metric", ""))
    text = values.get(_TUNED, "")
    if text and not text.startswith("validation:"):
        raise wrong_value(_TUNED, text, "validation: and a metric")
    tuned = _listed(text.removeprefix("validation:"))
    wanted = sorted({*asked, *tuned}) if asked and tuned else asked or tuned
    default = OBJECTIVES[objective].metric
    classes = int(values.get("num_class", "0"))
    found = {metric: check_metric(metric, objective, classes) for metric in wanted}
    # XGBoost's own come first; where none is named, it prints the objective's.
    ordered = sorted(found.values(), key=lambda metric: metric in COMPUTED)
    if not {*ordered} - COMPUTED:
        ordered = [default, *ordered]
    return tuple(dict.fromkeys(ordered)), found[(tuned or asked)[-1]] if found else default


def _listed(text: str) -> list[str]:
    return [word for word in text.split(",") if word]
