"""Confidence intervals of all metrics, of candidate, champion and their difference."""

from container.evaluation.confidence.intervals import (
    Confidence,
    Interval,
    bca,
    correlation,
    difference,
)
from container.evaluation.confidence.resampling import BootstrapReplicates, Resampling
from container.evaluation.results import recomputed
from container.evaluation.results.evaluated_model import EvaluatedModel
from container.evaluation.results.recomputed import Recomputed
from container.metrics import quality

# Rows of one query, and times of which some are cut off, are not drawn one by one.
_WITHOUT = ("ranking", "survival")


def assess(candidate: EvaluatedModel, champion: EvaluatedModel | None) -> Confidence:
    """Resample the rows; metrics that nothing here can compute again stay without an interval."""
    resampling = Resampling(candidate.scored.rows)
    places, shrinkage = resampling.drawn_from, resampling.shrinkage
    if len(places) < 2 or candidate.scored.task.kind in _WITHOUT:
        return Confidence(len(places))
    sides = [Recomputed.of(each) for each in (candidate, champion) if each]
    described = candidate.scored.take(places)
    *replicates, of_quality = resampling.replicates(
        [
            *(side.statistic(places) for side in sides),
            lambda weights: quality.values(described, weights),
        ]
    )
    found = [
        recomputed.intervals(side, numbers, shrinkage)
        for side, numbers in zip(sides, replicates, strict=True)
    ]
    return Confidence(
        len(places),
        found[0],
        found[1] if champion else {},
        _differences(sides, replicates, found, shrinkage) if champion else {},
        {name: numbers.deviation * shrinkage for name, numbers in of_quality.items()},
    )


def _differences(
    sides: list[Recomputed],
    replicates: list[dict[str, BootstrapReplicates]],
    found: list[dict[str, Interval]],
    shrinkage: float,
) -> dict[str, Interval]:
    between: dict[str, Interval] = {}
    for name in found[0]:
        if name not in found[1]:
            continue
        ours, theirs = (numbers[name] for numbers in replicates)
        if sides[0].is_bounded(name):
            between[name] = difference(found[0][name], found[1][name], correlation(ours, theirs))
        else:
            value = found[0][name].value - found[1][name].value
            between[name] = bca(ours.minus(theirs), value, shrinkage)
    return {name: interval for name, interval in between.items() if interval.is_finite}
