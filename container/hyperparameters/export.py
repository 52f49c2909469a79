"""JSON of what is checked of hyperparameters and metrics, for programs that do not import this.

`python -m container.hyperparameters.export` writes it anew; a test says when that is due.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from container.hyperparameters import kinds, metric_names
from container.hyperparameters.dependencies import RULES
from container.hyperparameters.kinds import Kind
from container.hyperparameters.metric_names import FOR_EVALUATION, fitting
from container.hyperparameters.objectives import OBJECTIVES, RENAMED_OBJECTIVES
from container.hyperparameters.table import ALIASES, TABLE, ReadBy
from container.metrics.directions import is_maximised

FILE = Path(__file__).with_name("table.json")


def exported_table() -> dict[str, Any]:
    """Return all tables as JSON values."""
    metrics = sorted(frozenset().union(*map(fitting, OBJECTIVES)))
    return {
        "hyperparameters": {name: _exported_kind(row.kind) for name, row in TABLE.items()},
        "without_effect": [n for n, row in TABLE.items() if row.reader is ReadBy.NOTHING],
        "aliases": ALIASES,
        "objectives": {
            name: {
                "task": each.task,
                "labels": each.labels,
                "metric": each.metric,
                "metrics": sorted(fitting(name)),
                "evaluated": list(FOR_EVALUATION[each.task]),
            }
            for name, each in OBJECTIVES.items()
        },
        "renamed_objectives": RENAMED_OBJECTIVES,
        "metrics_with_parameter": {
            name: _exported_kind(kind) for name, kind in metric_names._WITH_PARAMETER.items()
        },
        "maximised_metrics": [name for name in metrics if is_maximised(name)],
        "has_gpu_build": not _names_a_cpu_build(),
        "rules": [asdict(rule) for rule in RULES],
    }


def exported_text() -> str:
    """Return the content of the file."""
    return json.dumps(exported_table(), indent=1, ensure_ascii=False) + "\n"


def _names_a_cpu_build() -> bool:
    """Whether the image gets an XGBoost without CUDA, as requirements.txt says."""
    requirements = Path(__file__).parents[1] / "requirements.txt"
    return "xgboost-cpu" in requirements.read_text(encoding="utf-8")


def _exported_kind(kind: Kind) -> dict[str, Any]:
    """Return the type's name, what it demands, and what it is made of."""
    fields: dict[str, Any] = {"kind": type(kind).__name__, "demand": kind.demand, **vars(kind)}
    if isinstance(kind, kinds.MonotoneConstraints):
        fields["pattern"] = kinds._TUPLE.pattern
    if isinstance(kind, kinds.Whole | kinds.Real):
        is_whole = isinstance(kind, kinds.Whole)
        fields["largest"] = kinds._LARGEST_WHOLE if is_whole else kinds._LARGEST_REAL
    return fields


if __name__ == "__main__":
    FILE.write_text(exported_text(), encoding="utf-8")
