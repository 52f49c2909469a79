"""Tables of the report: metrics, classes, confusion matrices and feature importance."""

import numpy as np

from container.evaluation.confidence.intervals import Interval
from container.evaluation.report.conclusion import direction, outcome
from container.evaluation.report.markup import Cell, Markup, table
from container.evaluation.results.model_comparison import ModelComparison, Side
from container.evaluation.results.number_format import NOTHING, grouped, number, rows_text, signed
from container.metrics import weighted
from container.metrics.averages import meaning
from container.metrics.curves import calibration
from container.metrics.scored import Floats

_MAX_CLASSES = 25
_MAX_FEATURES = 30


def metrics(comparison: ModelComparison) -> Markup:
    """Return the table of candidate, champion and their difference, each with its interval."""
    sides = comparison.sides
    head = ["metric", *(side.name for side in sides)]
    if len(sides) > 1:
        head.append("difference")
    rows = [_metric_row(comparison, name) for name in comparison.candidate.metrics]
    errors = [calibration(side.evaluated.scored) for side in sides]
    if errors[0]:
        shown = [Cell(number(each.expected_error)) if each else Cell(NOTHING) for each in errors]
        name = Cell("calibration error", "expected (ECE), lower is better")
        rows.append([name, *shown, *([Cell("")] if len(sides) > 1 else [])])
    rows_used = rows_text(comparison.candidate.scored.rows)
    return table(f"Metrics on {rows_used}, with 95 % intervals", head, rows)


def _metric_row(comparison: ModelComparison, name: str) -> list[Cell]:
    average = meaning(name, comparison.candidate.scored.task.class_name(1))
    note = "; ".join(filter(None, (average, direction(name))))
    cells = [Cell(_named(comparison, name), note)]
    cells += [_value(side, name) for side in comparison.sides]
    if comparison.champion is None:
        return cells
    difference = comparison.confidence.difference.get(name)
    if difference is None:
        return [*cells, Cell(NOTHING)]
    found = outcome(name, difference)
    text = f"{signed(difference.value)} {found or ''}".strip()
    return [*cells, Cell(text, _bounds(difference, signs=True), found or "")]


def _named(comparison: ModelComparison, name: str) -> str:
    quantiles = comparison.candidate.scored.task.quantiles
    if name == "coverage" and len(quantiles) > 1:
        return f"coverage (meant: {max(quantiles) - min(quantiles):.4g})"
    return name


def _value(side: Side, name: str) -> Cell:
    value, interval = side.evaluated.metrics.get(name), side.intervals.get(name)
    if value is None:
        return Cell(NOTHING)
    return Cell(number(value), _bounds(interval) if interval else "")


def _bounds(interval: Interval, *, signs: bool = False) -> str:
    shown = signed if signs else number
    return f"{shown(interval.low)} to {shown(interval.high)}"


def confusions(comparison: ModelComparison) -> list[Markup]:
    """Return one table of counts per model; none for more classes than fit."""
    task = comparison.candidate.scored.task
    if not task.is_classification or (task.classes or 0) > _MAX_CLASSES:
        return []
    return [_confusion(side) for side in comparison.sides]


def _confusion(side: Side) -> Markup:
    scored = side.evaluated.scored
    matrix, named = weighted.confusion(scored), scored.task.class_name
    head = ["true class", *(f"taken for {named(number)}" for number in range(len(matrix)))]
    rows = [
        [
            Cell(f"class {named(row)}"),
            *(
                Cell(grouped(count), "", "hit" if row == column else "")
                for column, count in enumerate(counts.tolist())
            ),
        ]
        for row, counts in enumerate(matrix)
    ]
    return table(f"Confusion matrix of the {side.name}, rows", head, rows)


def classes(comparison: ModelComparison) -> list[Markup]:
    """Return a table of precision and recall of each class."""
    task = comparison.candidate.scored.task
    if not task.is_classification:
        return []
    found = [_by_class(weighted.confusion(side.evaluated.scored)) for side in comparison.sides]
    rows = [
        [
            Cell(f"class {task.class_name(label)}"),
            Cell(grouped(ours[0])),
            *(
                Cell(f"{value:.3f}", f"champion {found[1][label][place]:.3f}" if found[1:] else "")
                for place, value in enumerate(ours[1:].tolist(), start=1)
            ),
        ]
        for label, ours in enumerate(found[0])
    ]
    head = ["class", "rows", "precision", "recall", "F1"]
    return [table("Each class of the candidate", head, rows)]


def _by_class(matrix: Floats) -> Floats:
    """Return rows, precision, recall and F1 [classes, 4]; 0 where nothing could be counted."""
    hits, support, taken = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    shares = [
        np.divide(part, whole, out=np.zeros_like(hits), where=whole > 0)
        for part, whole in ((hits, taken), (hits, support), (2 * hits, taken + support))
    ]
    return np.column_stack([support, *shares])


def importance(comparison: ModelComparison) -> list[Markup]:
    """Return a table of the candidate's most important features."""
    found = comparison.candidate.importance
    if found is None:
        return []
    ranked = found.ranked(_MAX_FEATURES)
    caption = (
        f"Mean absolute contribution to the raw score of the candidate: {len(ranked)} of "
        f"{len(found.features)} features, on {rows_text(found.rows)}"
    )
    rows = [[Cell(name), Cell(number(value))] for name, value in ranked]
    return [table(caption, ["feature", "contribution"], rows)]
