"""Picture of the confusion matrix."""

import numpy as np
from matplotlib.axes import Axes

from container.evaluation.pictures.canvas import (
    CHAMPION,
    INK,
    by_class,
    class_name,
    png,
    sheet,
)
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import grouped
from container.evaluation.results.picture import ReportPicture
from container.metrics import weighted
from container.metrics.scored import Floats, Scored

# More classes than this leave no room for two numbers, or for any.
_MAX_WITH_CHAMPION, _MAX_WITH_NUMBERS = 6, 15
_DARK = 0.55


def confusion(comparison: ModelComparison) -> ReportPicture | None:
    """Draw the matrix; colour: the share of the true class; numbers: rows of both models."""
    matrix = weighted.confusion(comparison.candidate.scored)
    champion = weighted.confusion(comparison.champion.scored) if comparison.champion else None
    if len(matrix) > _MAX_WITH_CHAMPION:
        champion = None
    rows = by_class(comparison.candidate.scored)
    note = "; small numbers: champion" if champion is not None else ""
    figure, (pane,) = sheet("Confusion matrix", rows + note, height=5.0)
    totals = matrix.sum(axis=1, keepdims=True)
    shares = np.divide(matrix, totals, out=np.zeros_like(matrix), where=totals > 0)
    image = pane.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    bar = figure.colorbar(image, ax=pane, shrink=0.8, format=lambda share, _: f"{share:.0%}")
    bar.set_label("share of the true class's rows")
    bar.outline.set_visible(False)
    if len(matrix) <= _MAX_WITH_NUMBERS:
        _write_numbers(pane, matrix, shares, champion)
    pane.set_xlabel("class taken")
    pane.set_ylabel("true class")
    pane.set_xticks(range(len(matrix)))
    pane.set_yticks(range(len(matrix)))
    if len(matrix) <= _MAX_WITH_NUMBERS:
        _write_names(pane, comparison.candidate.scored, len(matrix))
    pane.grid(False)
    pane.spines[:].set_visible(False)
    pane.tick_params(length=0)
    hits = np.trace(matrix) / matrix.sum()
    alt = (
        f"Confusion matrix of the candidate on {rows}; "
        f"{hits:.1%} lie on the diagonal. The numbers are in the table."
    )
    return ReportPicture("confusion", "Confusion matrix", alt, png(figure))


def _write_names(pane: Axes, scored: Scored, classes: int) -> None:
    if scored.task.class_names:
        names = [class_name(scored, code) for code in range(classes)]
        pane.set_xticklabels(names, rotation=30, ha="right", rotation_mode="anchor")
        pane.set_yticklabels(names)


def _write_numbers(pane: Axes, matrix: Floats, shares: Floats, champion: Floats | None) -> None:
    size = 12 if len(matrix) <= _MAX_WITH_CHAMPION else 7.5
    for row, column in np.ndindex(matrix.shape):
        count = float(matrix[row, column])
        colour = "white" if shares[row, column] > _DARK else INK
        lift = -0.12 if champion is not None else 0
        pane.text(
            column,
            row + lift,
            grouped(count),
            color=colour,
            fontsize=size,
            ha="center",
            va="center",
        )
        if champion is not None:
            text = grouped(float(champion[row, column]))
            shown = "white" if shares[row, column] > _DARK else CHAMPION
            pane.text(column, row + 0.22, text, color=shown, fontsize=9, ha="center", va="center")
