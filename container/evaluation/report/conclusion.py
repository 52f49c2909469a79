"""Conclusion of a comparison: is the candidate better, and is that significant?"""

from dataclasses import dataclass
from typing import Literal

from container.evaluation.confidence.intervals import Interval
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import number, rows_text, signed
from container.metrics.directions import is_maximised

Outcome = Literal["better", "worse", "unclear"]

# Neither more nor less of them is better.
_WITHOUT_DIRECTION = ("coverage", "interval_width")


@dataclass(frozen=True)
class Conclusion:
    """`outcome` is None when there is nothing to compare with."""

    outcome: Outcome | None
    title: str
    text: str


def conclude(comparison: ModelComparison) -> Conclusion:
    """Return the conclusion by the first metric with an interval of the difference."""
    rows = rows_text(comparison.candidate.scored.rows)
    error = comparison.champion_error
    if error:
        title = _CHANGES_SCHEMA if error.changes_schema else "The champion could not be evaluated"
        return Conclusion(None, title, f"{error.text}. {_alone(comparison, rows)}")
    if comparison.champion is None:
        return Conclusion(None, "No champion to compare with", _alone(comparison, rows))
    for name, difference in comparison.confidence.difference.items():
        found = outcome(name, difference)
        if found:
            text = f"{_between(comparison, name, difference, rows)} {_all_in_all(comparison)}"
            return Conclusion(found, _TITLES[found], text)
    return Conclusion(None, "No metric tells them apart", _alone(comparison, rows))


def outcome(name: str, difference: Interval) -> Outcome | None:
    """Interpret an interval of candidate minus champion; None for metrics without direction."""
    if name in _WITHOUT_DIRECTION:
        return None
    if difference.low <= 0 <= difference.high:
        return "unclear"
    return "better" if (difference.low > 0) == is_maximised(name) else "worse"


def direction(name: str) -> str:
    """Return `higher is better`, `lower is better`, or nothing."""
    if name in _WITHOUT_DIRECTION:
        return ""
    return "higher is better" if is_maximised(name) else "lower is better"


_CHANGES_SCHEMA = (
    "Takes other columns or has another task than the champion: requests that work today may fail"
)
_TITLES: dict[Outcome, str] = {
    "better": "Better than the champion",
    "worse": "Worse than the champion",
    "unclear": "No clear difference from the champion",
}


def _between(comparison: ModelComparison, name: str, difference: Interval, rows: str) -> str:
    ours = comparison.candidate.metrics[name]
    theirs = comparison.champion.metrics[name] if comparison.champion else 0.0
    return (
        f"{name} is {number(ours)} against the champion's {number(theirs)} ({direction(name)}) on "
        f"the same {rows}. With 95 % confidence the difference of {signed(difference.value)} lies "
        f"between {signed(difference.low)} and {signed(difference.high)}."
    )


def _all_in_all(comparison: ModelComparison) -> str:
    found = [outcome(name, each) for name, each in comparison.confidence.difference.items()]
    counts = {kind: found.count(kind) for kind in _TITLES}
    shown = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"All metrics: {shown}."


def _alone(comparison: ModelComparison, rows: str) -> str:
    for name, value in comparison.candidate.metrics.items():
        interval = comparison.confidence.candidate.get(name)
        bounds = (
            f", with 95 % confidence between {number(interval.low)} and {number(interval.high)}"
            if interval
            else ""
        )
        return f"The candidate's {name} is {number(value)}{bounds}, on {rows}."
    return f"No metric is defined on these {rows}."
