"""Picture of feature importance, of candidate and champion."""

import numpy as np

from container.evaluation.pictures.canvas import PENS, png, sheet, shorten
from container.evaluation.results.importance import Importance
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import rows_text
from container.evaluation.results.picture import ReportPicture

_MAX = 15


def feature_importance(comparison: ModelComparison) -> ReportPicture | None:
    """Return bars for the candidate's most important features, and the champion's beside them."""
    ours = comparison.candidate.importance
    if ours is None:
        return None
    ranked = ours.ranked(_MAX)
    title, of_all = "Feature importance", f"{len(ranked)} of {len(ours.features)} features"
    figure, (pane,) = sheet(
        title, f"{of_all}; {rows_text(ours.rows)}", height=1.5 + 0.29 * len(ranked)
    )
    places = np.arange(len(ranked))
    theirs = comparison.champion.importance if comparison.champion else None
    rivals = _of_same_features(theirs, [name for name, _ in ranked])
    thickness = 0.7 if rivals is None else 0.4
    pane.barh(
        places - (0 if rivals is None else 0.2),
        [value for _, value in ranked],
        thickness,
        color=PENS["candidate"].colour,
        label="candidate",
    )
    if rivals is not None:
        pane.barh(places + 0.2, rivals, 0.32, color=PENS["champion"].colour, label="champion")
        pane.legend(loc="lower right")
    pane.set_yticks(places, [shorten(name) for name, _ in ranked])
    pane.set_ylim(len(ranked) - 0.4, -0.6)
    pane.grid(axis="y", visible=False)
    pane.tick_params(axis="y", length=0)
    pane.set_xlabel("mean absolute contribution to the raw score")
    first = ", ".join(f"{name} {value:.3g}" for name, value in ranked[:3])
    alt = f"Mean absolute contributions of {of_all} on {rows_text(ours.rows)}; first: {first}."
    return ReportPicture("importance", title, alt, png(figure))


def _of_same_features(found: Importance | None, names: list[str]) -> list[float] | None:
    if found is None:
        return None
    values = dict(zip(found.features, found.overall.tolist(), strict=True))
    return [values[name] for name in names] if set(names) <= set(values) else None
