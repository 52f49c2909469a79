"""Reference page of hyperparameters in Markdown, generated from the table."""

from collections.abc import Iterable

from container.hyperparameters.metric_names import COMPUTED, fitting
from container.hyperparameters.objectives import OBJECTIVES, RENAMED_OBJECTIVES
from container.hyperparameters.table import ALIASES, SECTIONS, Spec
from container.metrics.averages import meaning
from container.metrics.directions import is_maximised


def hyperparameter_reference() -> str:
    """Return the whole page: hyperparameters by section, other names, objectives, metrics."""
    sections = [
        f"## {title}\n\n{_table(('name', 'must be', 'default', 'meaning'), map(_cells, rows))}"
        for title, rows in SECTIONS.items()
    ]
    return "\n\n".join(["# Hyperparameters", *sections, _other_names(), _objectives(), _metrics()])


def _cells(row: Spec) -> tuple[str, ...]:
    return f"`{row.name}`", row.kind.demand, row.default, row.meaning


def _other_names() -> str:
    rows = [(f"`{old}`", f"`{new}`") for old, new in {**ALIASES, **RENAMED_OBJECTIVES}.items()]
    return f"## Other names\n\n{_table(('name', 'means'), rows)}"


def _objectives() -> str:
    rows = [
        (f"`{name}`", each.task, each.labels, f"`{each.metric}`")
        for name, each in OBJECTIVES.items()
    ]
    return f"## Objectives\n\n{_table(('objective', 'task', 'labels', 'metric'), rows)}"


def _metrics() -> str:
    names = sorted(frozenset().union(*(fitting(objective) for objective in OBJECTIVES)))
    rows = [
        (
            f"`{name}`",
            "largest" if is_maximised(name) else "smallest",
            "this container" if name in COMPUTED else "XGBoost",
            meaning(name, "1"),
            ", ".join(f"`{objective}`" for objective in OBJECTIVES if name in fitting(objective)),
        )
        for name in names
    ]
    return (
        f"## Metrics\n\n{_table(('metric', 'best', 'computed by', 'average', 'objectives'), rows)}"
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
