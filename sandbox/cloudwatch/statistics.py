"""Statistics of a datapoint: the five of CloudWatch, and percentiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.cloudwatch.metrics import Datapoint

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
PLAIN = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def is_known(statistic: str) -> bool:
    """Return whether a statistic is computed here: trimmed means and their like are not."""
    return statistic in PLAIN or _PERCENTILE.fullmatch(statistic) is not None


def value_of(point: Datapoint, statistic: str) -> float | None:
    """Return a statistic; None where it cannot be known: a percentile of statistic sets."""
    if statistic == "Average":
        return point.total / point.count if point.count else None
    plain = {
        "Sum": point.total,
        "SampleCount": point.count,
        "Minimum": point.least,
        "Maximum": point.most,
    }
    if statistic in plain:
        return plain[statistic]
    matched = _PERCENTILE.fullmatch(statistic)
    return _percentile(point, float(matched[1])) if matched else None


def _percentile(point: Datapoint, percent: float) -> float | None:
    if point.values is None:
        # AWS has it where all values of a statistic set are equal.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
        # cloudwatch_concepts.html#Percentiles
        return point.least if point.least == point.most else None
    rank, passed = percent / 100 * point.count, 0.0
    for value in sorted(point.values):
        passed += point.values[value]
        if passed >= rank:
            # Values of many datapoints are rounded, and the extremes are not.
            return min(max(value, point.least), point.most)
    return None
