"""Pictures of regression: predicted against actual values, and residuals."""

import numpy as np
from matplotlib.axes import Axes

from container.evaluation.pictures.canvas import (
    CANDIDATE,
    GREY,
    PENS,
    legend_above,
    png,
    sheet,
)
from container.evaluation.results.model_comparison import ModelComparison, Side
from container.evaluation.results.number_format import rows_text
from container.evaluation.results.picture import ReportPicture
from container.metrics.scored import Floats

_CELLS = 36
_TENTHS = 10
_BARS = 40
# Percent; a single far label would squeeze all others into a corner.
_SHOWN = (0.5, 99.5)

_Limits = tuple[float, float]


def predicted_and_actual(comparison: ModelComparison) -> ReportPicture:
    """Draw cells with rows, and the mean of each decile of the predictions."""
    title = "Predicted and actual"
    figure, (pane,) = sheet(title, _subtitle(comparison), height=5.5)
    scored = comparison.candidate.scored
    limits = _limits(comparison)
    _draw_cells(pane, scored.scores, scored.labels, (limits, limits))
    for side in comparison.sides:
        _draw_tenths(pane, side, side.evaluated.scored.labels)
    pane.plot(limits, limits, ":", color=GREY, linewidth=1.2, label="predicted = actual")
    pane.set_ylim(limits)
    pane.set_aspect("equal")
    pane.set_ylabel("actual (unit of the label)")
    _finish(pane, limits)
    errors = "; ".join(f"{side.name}, {_error(side)}" for side in comparison.sides)
    alt = f"Predicted against actual numbers of {rows_text(scored.rows)}: {errors}."
    return ReportPicture("predicted-actual", title, alt, png(figure))


def residuals(comparison: ModelComparison) -> ReportPicture:
    """Draw actual minus predicted values, by prediction and as a histogram."""
    figure, (pane, below) = sheet("Residuals", _subtitle(comparison), height=5.8, heights=(1.5, 1))
    scored = comparison.candidate.scored
    errors = {side.name: _errors(side) for side in comparison.sides}
    reach = max(float(np.percentile(np.abs(each), _SHOWN[1])) for each in errors.values()) or 1.0
    limits = _limits(comparison)
    _draw_cells(pane, scored.scores, errors["candidate"], (limits, (-reach, reach)))
    for side in comparison.sides:
        _draw_tenths(pane, side, errors[side.name])
        _draw_histogram(below, side.name, errors[side.name], reach)
    pane.axhline(0, color=GREY, linestyle=":", linewidth=1.2)
    pane.set_ylim(-reach, reach)
    pane.set_ylabel("actual \N{MINUS SIGN} predicted")
    _finish(pane, limits)
    below.axvline(0, color=GREY, linestyle=":", linewidth=1.2)
    below.set_xlabel("actual \N{MINUS SIGN} predicted (unit of the label)")
    below.set_ylabel("% of rows")
    below.locator_params(axis="x", nbins=7)
    shown = "; ".join(
        f"{name}, mean {each.mean():.4g}, standard deviation {each.std():.4g}"
        for name, each in errors.items()
    )
    alt = f"Residuals of {rows_text(scored.rows)}: {shown}."
    return ReportPicture("residuals", "Residuals", alt, png(figure))


def _errors(side: Side) -> Floats:
    return side.evaluated.scored.labels - side.evaluated.scored.scores


def _error(side: Side) -> str:
    rmse = float(np.sqrt((_errors(side) ** 2).mean()))
    return f"root mean squared error {rmse:.4g}"


def _limits(comparison: ModelComparison) -> _Limits:
    candidate = comparison.candidate.scored
    every = np.concatenate(
        [candidate.labels, *(side.evaluated.scored.scores for side in comparison.sides)]
    )
    low, high = np.percentile(every, _SHOWN)
    margin = (high - low) * 0.04 or 1.0
    return float(low - margin), float(high + margin)


def _draw_cells(pane: Axes, across: Floats, up: Floats, limits: tuple[_Limits, _Limits]) -> None:
    """Draw counts in cells, never single rows: a report is shared more widely than the data."""
    counts, columns, lines = np.histogram2d(across, up, _CELLS, limits)
    held = np.argwhere(counts > 0)
    found = counts[counts > 0]
    pane.scatter(
        (columns[held[:, 0]] + columns[held[:, 0] + 1]) / 2,
        (lines[held[:, 1]] + lines[held[:, 1] + 1]) / 2,
        s=9 + 60 * found / found.max() if found.size else 9,
        color=CANDIDATE,
        alpha=0.25,
        linewidths=0,
    )


def _draw_tenths(pane: Axes, side: Side, values: Floats) -> None:
    """Draw the mean of `values` in each decile of the rows, by prediction."""
    scores = side.evaluated.scored.scores
    tenths = np.array_split(np.argsort(scores, kind="stable"), min(_TENTHS, len(scores)))
    pen = PENS[side.name]
    pane.plot(
        [scores[rows].mean() for rows in tenths],
        [values[rows].mean() for rows in tenths],
        pen.marker + pen.dashes,
        color=pen.colour,
        markersize=5.5,
        label=side.name,
    )


def _draw_histogram(pane: Axes, name: str, errors: Floats, reach: float) -> None:
    is_filled = name == "candidate"
    pane.hist(
        errors,
        np.linspace(-reach, reach, _BARS + 1).tolist(),
        weights=np.full(len(errors), 100 / len(errors)),
        histtype="stepfilled" if is_filled else "step",
        color=PENS[name].colour,
        alpha=0.45 if is_filled else 1,
        linestyle=PENS[name].dashes,
        linewidth=1.8,
    )


def _subtitle(comparison: ModelComparison) -> str:
    rows = rows_text(comparison.candidate.scored.rows)
    return f"{rows}; dots: the candidate's, lines: mean of each tenth"


def _finish(pane: Axes, limits: _Limits) -> None:
    pane.set_xlim(limits)
    pane.set_xlabel("predicted (unit of the label)")
    legend_above(pane, 3)
