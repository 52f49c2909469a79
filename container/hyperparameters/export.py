"""JSON of what is checked of hyperparameters and metrics, for programs that do not import this.

`python -m container.hyperparameters.export` writes it anew; a test says when that is due. What is
code here (a largest number, the metrics of an objective) is found by asking that code.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from container.contract.errors import InputError
from container.hyperparameters import kinds, metric_names
from container.hyperparameters.dependencies import RULES
from container.hyperparameters.kinds import Kind
from container.hyperparameters.metric_names import COMPUTED, FOR_EVALUATION, fitting
from container.hyperparameters.objectives import OBJECTIVES, RENAMED_OBJECTIVES
from container.hyperparameters.parsing import parse
from container.hyperparameters.table import ALIASES, TABLE, ReadBy

FILE = Path(__file__).with_name("table.json")

_OTHER_DIGITS = ("\u0663", "\u0660.\u0665")
_MOST = {"Whole": 10**98, "Real": 1e308}


def exported_table() -> dict[str, Any]:
    """Return all tables as JSON values."""
    return {
        "hyperparameters": {name: _exported_kind(row.kind) for name, row in TABLE.items()},
        "without_effect": [n for n, row in TABLE.items() if row.reader is ReadBy.NOTHING],
        "aliases": ALIASES,
        "objectives": {name: _exported_objective(name) for name in OBJECTIVES},
        "renamed_objectives": RENAMED_OBJECTIVES,
        "metrics_with_parameter": {
            name: _exported_kind(kind) for name, kind in metric_names._WITH_PARAMETER.items()
        },
        "has_gpu_build": not _names_a_cpu_build(),
        "rules": [asdict(rule) for rule in RULES],
    }


def exported_text() -> str:
    """Return the content of the file."""
    return json.dumps(exported_table(), indent=1, ensure_ascii=False) + "\n"


def _exported_objective(name: str) -> dict[str, Any]:
    objective = OBJECTIVES[name]
    return {
        "task": objective.task,
        "labels": objective.labels,
        "metric": objective.metric,
        "metrics": list(_accepted_metrics(name, classes="3")),
        "metrics_of_two_classes": list(_accepted_metrics(name, classes="2")),
        "evaluated": list(FOR_EVALUATION[objective.task]),
    }


def _accepted_metrics(objective: str, classes: str) -> Iterable[str]:
    """Yield the metrics that a training with this objective accepts, sorted."""
    given = {"num_round": "1", "objective": objective}
    if OBJECTIVES[objective].task == "multiclass":
        given["num_class"] = classes
    if OBJECTIVES[objective].task == "quantiles":
        given["quantile_alpha"] = "0.5"
    for metric in sorted(COMPUTED.union(*map(fitting, OBJECTIVES))):
        if _is_accepted({**given, "eval_metric": metric}):
            yield metric


def _is_accepted(given: Mapping[str, str]) -> bool:
    try:
        parse(given)
    except InputError:
        return False
    return True


def _names_a_cpu_build() -> bool:
    """Whether the image gets an XGBoost without CUDA, as requirements.txt says."""
    requirements = Path(__file__).parents[1] / "requirements.txt"
    return "xgboost-cpu" in requirements.read_text(encoding="utf-8")


def _exported_kind(kind: Kind) -> dict[str, Any]:
    """Return the type's name, what it demands, and what it is made of."""
    name = type(kind).__name__
    fields: dict[str, Any] = {"kind": name, "demand": kind.demand, **vars(kind)}
    if isinstance(kind, kinds.MonotoneConstraints):
        fields["pattern"] = kinds._TUPLE.pattern
    if isinstance(kind, kinds.Real | kinds.Reals):
        fields["ascii"] = not any(_reads(kind, text) for text in _OTHER_DIGITS)
    if name in _MOST and _MOST[name] in kinds.NumberRange(fields["interval"]):
        fields["largest"] = _largest(kind, _MOST[name])
    return fields


def _largest(kind: Kind, most: float) -> float | None:
    """Return the largest number that is read, by halving; None where `most` is."""
    if _reads(kind, str(most)):
        return None
    whole = isinstance(most, int)
    low: float = 2 if whole else 2.0
    while True:
        middle = (low + most) // 2 if whole else (low + most) / 2
        if middle in (low, most):
            return low
        low, most = (middle, most) if _reads(kind, str(middle)) else (low, middle)


def _reads(kind: Kind, text: str) -> bool:
    try:
        kind.read("", text)
    except InputError:
        return False
    return True


if __name__ == "__main__":
    FILE.write_text(exported_text(), encoding="utf-8")
