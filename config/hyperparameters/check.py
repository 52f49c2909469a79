"""Checks of hyperparameters and gate metric by the container's table, before any job costs."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.hyperparameters.interpreters import (
    Value,
    as_text,
    broken_rule,
    read_text,
    shorten,
    split_names,
)
from config.hyperparameters.table import Table

DEFAULT_OBJECTIVE = "reg:squarederror"
_TUNED = "_tuning_objective_metric"
_NOT_CUDA = ("false", None)


@dataclass(frozen=True)
class Mistake(Exception):
    """One wrong setting below `hyperparameters` ("": all of them together), and the line about it.

    The line says what to write, too.
    """

    name: str
    line: str


@dataclass(frozen=True)
class Chosen:
    """Valid hyperparameters: the objective by today's name, its metrics, and texts by name."""

    objective: str
    metrics: tuple[str, ...]
    values: Mapping[str, str]


def check_hyperparameters(table: Table, given: Mapping[str, Value]) -> Chosen:
    """Return what a container with this table would train; raises Mistake for the first refusal."""
    values = _read(table, _without_aliases(table, given))
    if "num_round" not in values:
        raise Mistake("num_round", "missing; add it, as in num_round = 100")
    values = _renamed(table, values)
    objective = values.get("objective", DEFAULT_OBJECTIVE)
    if objective not in table["objectives"]:
        raise Mistake("objective", _not_one_of(objective, table["objectives"]))
    task = table["objectives"][objective]["task"]
    line = broken_rule(table["rules"], {**values, "objective": objective, "task": task})
    if line is not None:
        raise Mistake("", line)
    return Chosen(objective, tuple(_metrics(table, values, objective)), values)


def _without_aliases(table: Table, given: Mapping[str, Value]) -> dict[str, Value]:
    plain: dict[str, Value] = {}
    for written, value in given.items():
        name = table["aliases"].get(written, written)
        if name in plain:
            raise Mistake(written, f"{written} and {name} are the same; give one of them")
        plain[name] = value
    return plain


def _read(table: Table, given: Mapping[str, Value]) -> dict[str, str]:
    known = table["hyperparameters"]
    found: dict[str, str] = {}
    for name, written in given.items():
        text = as_text(written)
        if name not in known:
            raise Mistake(name, f"unknown hyperparameter; {_advice(name, table)}")
        value = read_text(known[name], text)
        if value is None:
            demand = known[name]["demand"]
            near = _near(text, known[name].get("words", ()))
            raise Mistake(name, f"must be {demand}, got {_shown(written)}{near}")
        found[name] = value
    return found


def _advice(name: str, table: Table) -> str:
    near = difflib.get_close_matches(name, [*table["hyperparameters"], *table["aliases"]], n=1)
    return f"did you mean {near[0]}?" if near else "remove it"


def _not_one_of(given: str, known: Iterable[str]) -> str:
    return f"must be one of {', '.join(known)}, got {_shown(given)}{_near(given, known)}"


def _near(given: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(given, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _shown(value: Value) -> str:
    """Return a value as TOML has it: text in quotes, all else without."""
    text = shorten(as_text(value))
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str) else text


def _renamed(table: Table, values: Mapping[str, str]) -> dict[str, str]:
    """Return values by today's names, without those that have no effect."""
    kept = {name: text for name, text in values.items() if name not in table["without_effect"]}
    if kept.get("objective") in table["renamed_objectives"]:
        kept["objective"] = table["renamed_objectives"][kept["objective"]]
    if kept.get("tree_method") == "gpu_hist":
        kept = {"device": "cuda", **kept, "tree_method": "hist"}
    if kept.pop("use_dask_gpu_training", None) not in _NOT_CUDA:
        kept["device"] = "cuda"
    updaters = kept.get("updater", "").split(",")
    if "sync" in updaters:
        del kept["updater"]
        others = ",".join(word for word in updaters if word != "sync")
        kept |= {"updater": others} if others else {}
    return kept


def _metrics(table: Table, values: Mapping[str, str], objective: str) -> Iterable[str]:
    tuned = values.get(_TUNED, "")
    if tuned and not tuned.startswith("validation:"):
        raise Mistake(_TUNED, f"must be validation: and a metric, got {_shown(tuned)}")
    tuned = tuned.removeprefix("validation:")
    asked = [*split_names(values.get("eval_metric", "")), *split_names(tuned)]
    of_two = "_of_two_classes" if values.get("num_class") == "2" else ""
    fitting = table["objectives"][objective][f"metrics{of_two}"]
    for metric in dict.fromkeys(asked):
        name, at, parameter = metric.partition("@")
        if name not in fitting:
            listed = f"that fits {objective}: {', '.join(fitting)}"
            raise Mistake("eval_metric", f"must be one {listed}, got {_shown(metric)}")
        kind = table["metrics_with_parameter"].get(name)
        if at and kind is None:
            raise Mistake("eval_metric", f"{name} takes no @, got {_shown(metric)}; write {name}")
        if at and read_text(kind, parameter) is None:
            raise Mistake("eval_metric", f"{name}@ must be {kind['demand']}, got {_shown(metric)}")
        yield metric
