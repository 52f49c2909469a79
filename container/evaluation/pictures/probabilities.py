"""Pictures of probabilities: calibration, and scores by true class."""

import numpy as np
from matplotlib.axes import Axes

from container.evaluation.confidence.intervals import wilson
from container.evaluation.pictures.canvas import (
    CLASS_0,
    CLASS_1,
    GREY,
    PENS,
    Pen,
    by_class,
    class_name,
    legend_above,
    png,
    sheet,
)
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import grouped
from container.evaluation.results.picture import ReportPicture
from container.metrics.curves import Calibration, calibration
from container.metrics.scored import Floats, Scored

_BARS = 40
_OF_TAKEN = "probability of the class taken"


def reliability(comparison: ModelComparison) -> ReportPicture | None:
    """Draw predicted against observed frequencies per decile, and the rows of each decile."""
    title, subtitle = "Calibration", by_class(comparison.candidate.scored)
    figure, (pane, below) = sheet(title, subtitle, height=5.8, heights=(3, 1))
    shown: list[str] = []
    for side in comparison.sides:
        found = calibration(side.evaluated.scored)
        if found:
            error = f"{found.expected_error:.3f}"
            label = f"{side.name}, ECE {error}"
            _draw_calibration(pane, below, found, PENS[side.name], label)
            shown.append(f"{side.name}, expected calibration error (ECE) {error}")
    if not shown:
        return None
    second = class_name(comparison.candidate.scored, 1)
    promised = f"probability of class {second}" if comparison.kind == "binary" else _OF_TAKEN
    pane.plot([0, 1], [0, 1], ":", color=GREY, linewidth=1.2, label="perfectly calibrated")
    pane.set_ylabel("share that came true (bars: 95 %)")
    pane.set_ylim(-0.04, 1.04)
    legend_above(pane, 2)
    below.set_yscale("log")
    below.yaxis.set_major_formatter(lambda count, _: grouped(count))
    below.margins(y=0.25)
    below.set_ylabel("rows (log)")
    below.set_xlabel(promised)
    for each in (pane, below):
        each.set_xlim(-0.02, 1.02)
    return ReportPicture(
        "calibration", title, f"Calibration, {subtitle}: {'; '.join(shown)}.", png(figure)
    )


def _draw_calibration(pane: Axes, below: Axes, found: Calibration, pen: Pen, label: str) -> None:
    bounds = [
        wilson(float(share), float(count))
        for share, count in zip(found.happened, found.counts, strict=True)
    ]
    low, high = (
        [each.value - each.low for each in bounds],
        [each.high - each.value for each in bounds],
    )
    # The area of a mark is the share of the rows, so that few rows look small.
    pane.scatter(
        found.promised,
        found.happened,
        s=18 + 160 * found.counts / found.counts.max(),
        marker=pen.marker,
        color=pen.colour,
        zorder=3,
    )
    pane.errorbar(
        found.promised,
        found.happened,
        yerr=[low, high],
        fmt=pen.marker + pen.dashes,
        color=pen.colour,
        alpha=0.6,
        label=label,
        markersize=4,
        linewidth=1.2,
        capsize=2.5,
    )
    below.plot(
        found.promised, found.counts, pen.marker + pen.dashes, color=pen.colour, markersize=4.5
    )


def by_true_class(comparison: ModelComparison) -> ReportPicture | None:
    """Draw the distribution of the scores of each class, and the threshold between them."""
    sides = comparison.sides
    title = "Scores by true class"
    subtitle, heights = by_class(comparison.candidate.scored), (1.0,) * len(sides)
    figure, panes = sheet(title, subtitle, height=2.0 + 2.0 * len(sides), heights=heights)
    edges = _edges([side.evaluated.scored for side in sides])
    for pane, side in zip(panes, sides, strict=True):
        scored = side.evaluated.scored
        _draw_scores(pane, scored, edges)
        pane.set_ylabel(f"{side.name}'s, % of the class" if len(sides) > 1 else "% of the class")
    panes[-1].set_xlabel(_score_label(comparison.candidate.scored))
    legend_above(panes[0], 3)
    middles = "; ".join(f"{side.name}, {_medians(side.evaluated.scored)}" for side in sides)
    alt = f"Histograms of the scores of {subtitle}. Medians: {middles}."
    return ReportPicture("scores", title, alt, png(figure))


def _medians(scored: Scored) -> str:
    each = []
    for label in np.unique(scored.labels).tolist():
        middle = np.median(scored.scores[scored.labels == label])
        each.append(f"{middle:.3f} of class {class_name(scored, label)}")
    return " and ".join(each)


def _edges(all_scored: list[Scored]) -> Floats:
    graded = [each for each in all_scored if each.task.threshold != 0]
    if graded:
        return np.linspace(0, 1, _BARS + 1)
    lowest = min(float(each.scores.min()) for each in all_scored)
    highest = max(float(each.scores.max()) for each in all_scored)
    return np.linspace(lowest, max(highest, lowest + 1e-6), _BARS + 1)


def _score_label(scored: Scored) -> str:
    found = f"class {class_name(scored, 1)}"
    return f"score (log-odds of {found})" if scored.task.threshold == 0 else f"score of {found}"


def _draw_scores(pane: Axes, scored: Scored, edges: Floats) -> None:
    for label, colour, is_filled in ((0, CLASS_0, True), (1, CLASS_1, False)):
        scores = scored.scores[scored.labels == label]
        if len(scores):
            pane.hist(
                scores,
                edges.tolist(),
                weights=np.full(len(scores), 100 / len(scores)),
                histtype="stepfilled" if is_filled else "step",
                color=colour,
                linewidth=2,
                label=f"class {class_name(scored, label)}",
            )
    if scored.task.threshold is not None:
        pane.axvline(
            scored.task.threshold, linestyle=":", color=GREY, linewidth=1.4, label="threshold"
        )
