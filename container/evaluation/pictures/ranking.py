"""Pictures of ranking: ROC curve and precision-recall curve."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from container.evaluation.pictures.canvas import GREY, PENS, by_class, class_name, png, sheet
from container.evaluation.results.model_comparison import ModelComparison, Side
from container.evaluation.results.picture import ReportPicture
from container.metrics.curves import Ranking, ranking
from container.metrics.scored import Scored


def roc(comparison: ModelComparison) -> ReportPicture | None:
    """Draw the ROC curve; None for rows of one class."""
    figure, (pane,) = sheet("ROC curve", by_class(comparison.candidate.scored))
    shown: list[str] = []
    for side, found in _rankings(comparison):
        pen, label = PENS[side.name], _label(side)
        rates = found.false_positive_rates
        pane.plot(rates, found.recalls, pen.dashes, color=pen.colour, label=label)
        false_alarms, recall, _ = _at_threshold(side.evaluated.scored)
        pane.plot(false_alarms, recall, pen.marker, color=pen.colour, markersize=8)
        shown.append(label)
    if not shown:
        return None
    pane.plot([0, 1], [0, 1], ":", color=GREY, linewidth=1.2, label="chance, AUC 0.5")
    first, second = (class_name(comparison.candidate.scored, code) for code in (0, 1))
    pane.set_xlabel(f"false positive rate (share of class {first} taken for class {second})")
    pane.set_ylabel(f"true positive rate (share of class {second} found)")
    _finish(pane, comparison.candidate.scored, "lower right")
    return _picture("roc", "ROC curve", comparison, shown, png(figure))


def precision_recall(comparison: ModelComparison) -> ReportPicture | None:
    """Draw precision against recall, beside the share of class 1 as the baseline."""
    figure, (pane,) = sheet("Precision and recall", by_class(comparison.candidate.scored))
    shown: list[str] = []
    for side, found in _rankings(comparison):
        pen = PENS[side.name]
        average = float(np.diff(found.recalls) @ found.precisions[1:])
        label = f"{side.name}, average precision {average:.3f}"
        pane.step(
            found.recalls, found.precisions, pen.dashes, color=pen.colour, label=label, where="pre"
        )
        _, recall, precision = _at_threshold(side.evaluated.scored)
        pane.plot(recall, precision, pen.marker, color=pen.colour, markersize=8)
        shown.append(label)
    if not shown:
        return None
    share = float((comparison.candidate.scored.labels == 1).mean())
    pane.axhline(share, linestyle=":", color=GREY, linewidth=1.2, label=f"chance, {share:.3f}")
    second = class_name(comparison.candidate.scored, 1)
    pane.set_xlabel(f"recall (share of class {second} found)")
    pane.set_ylabel(f"precision (share of finds that are class {second})")
    _finish(pane, comparison.candidate.scored, "best")
    return _picture("precision-recall", "Precision and recall", comparison, shown, png(figure))


def _rankings(comparison: ModelComparison) -> list[tuple[Side, Ranking]]:
    pairs = [(side, ranking(side.evaluated.scored)) for side in comparison.sides]
    return [(side, found) for side, found in pairs if found]


def _at_threshold(scored: Scored) -> tuple[float, float, float]:
    """Return false positive rate, recall and precision at the model's own threshold."""
    taken, positive = scored.predicted == 1, scored.labels == 1
    hits = float((taken & positive).sum())
    precision = hits / taken.sum() if taken.any() else 1.0
    return float((taken & ~positive).sum() / (~positive).sum()), hits / positive.sum(), precision


def _label(side: Side) -> str:
    value, interval = side.evaluated.metrics.get("auc"), side.intervals.get("auc")
    if value is None:
        return side.name
    bounds = f" ({interval.low:.3f} to {interval.high:.3f})" if interval else ""
    return f"{side.name}, AUC {value:.3f}{bounds}"


def _finish(pane: Axes, scored: Scored, where: Literal["lower right", "best"]) -> None:
    threshold = scored.task.threshold
    text = "the model's own classes" if threshold is None else f"at the threshold {threshold:g}"
    pane.plot([], [], "o", color=GREY, markersize=8, label=text)
    pane.set_xlim(-0.02, 1.02)
    pane.set_ylim(-0.02, 1.04)
    pane.legend(loc=where)


def _picture(
    name: str, title: str, comparison: ModelComparison, shown: list[str], content: bytes
) -> ReportPicture:
    rows = by_class(comparison.candidate.scored)
    return ReportPicture(name, title, f"{title} on {rows}: {'; '.join(shown)}.", content)
