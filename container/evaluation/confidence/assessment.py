"""How sure we are of every metric, of candidate and champion and of what lies between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from container.evaluation import quality
from container.evaluation.confidence import recomputed
from container.evaluation.confidence.intervals import LEVEL, Interval, bca, correlation, difference
from container.evaluation.confidence.recomputed import Recomputed
from container.evaluation.confidence.resampling import RESAMPLES, Replicas, Resampling
from container.evaluation.judgement import Judgement

# Rows of one query, and times of which some are cut off, are not drawn one by one.
_WITHOUT = ("ranking", "survival")


@dataclass(frozen=True)
class Confidence:
    """Intervals by metric, and the deviations of the numbers in statistics.json."""

    drawn_from: int
    candidate: Mapping[str, Interval] = field(default_factory=dict)
    champion: Mapping[str, Interval] = field(default_factory=dict)
    difference: Mapping[str, Interval] = field(default_factory=dict)
    deviations: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For evaluation.json; `difference` is candidate minus champion on the same rows."""
        document: dict[str, Any] = {
            "level": LEVEL,
            "resamples": RESAMPLES,
            "rows": self.drawn_from,
            "metrics": _bounds(self.candidate),
        }
        if self.champion:
            document["champion_metrics"] = _bounds(self.champion)
            document["difference"] = {
                name: {"value": each.value, "low": each.low, "high": each.high}
                for name, each in self.difference.items()
            }
        return document


def assess(candidate: Judgement, champion: Judgement | None) -> Confidence:
    """Resample the rows; metrics that nothing here can compute again stay without an interval."""
    resampling = Resampling(candidate.scored.rows)
    places, shrinkage = resampling.drawn_from, resampling.shrinkage
    if len(places) < 2 or candidate.scored.task.kind in _WITHOUT:
        return Confidence(len(places))
    sides = [Recomputed.of(each) for each in (candidate, champion) if each]
    described = candidate.scored.take(places)
    *replicas, of_quality = resampling.replicas(
        [
            *(side.statistic(places) for side in sides),
            lambda weights: quality.values(described, weights),
        ]
    )
    found = [
        recomputed.intervals(side, numbers, shrinkage)
        for side, numbers in zip(sides, replicas, strict=True)
    ]
    return Confidence(
        len(places),
        found[0],
        found[1] if champion else {},
        _differences(sides, replicas, found, shrinkage) if champion else {},
        {name: numbers.deviation * shrinkage for name, numbers in of_quality.items()},
    )


def _differences(
    sides: list[Recomputed],
    replicas: list[dict[str, Replicas]],
    found: list[dict[str, Interval]],
    shrinkage: float,
) -> dict[str, Interval]:
    between: dict[str, Interval] = {}
    for name in found[0]:
        if name not in found[1]:
            continue
        ours, theirs = (numbers[name] for numbers in replicas)
        if sides[0].is_bounded(name):
            between[name] = difference(found[0][name], found[1][name], correlation(ours, theirs))
        else:
            value = found[0][name].value - found[1][name].value
            between[name] = bca(ours.minus(theirs), value, shrinkage)
    return {name: interval for name, interval in between.items() if interval.is_finite}


def _bounds(intervals: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    return {name: {"low": each.low, "high": each.high} for name, each in intervals.items()}
