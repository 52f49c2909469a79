"""How many instances a policy wants: target tracking and step scaling, as pure arithmetic.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state.stores import Document

LOW_SHARE = 0.9
"""AlarmLow's threshold as a share of the target: "more than 10 percent lower" on that page."""


def track_out(current: int, value: float, target: float) -> int:
    """Return the capacity that brings a metric down to its target; AWS rounds up.

    AWS publishes no formula. Proportional it is by that page, "as fast as it can".
    """
    return max(math.ceil(current * value / target - 1e-9), current)


def track_in(current: int, value: float, target: float, least: int) -> int:
    """Return the capacity that a quiet metric leaves; `current` where less would bring it back up.

    Not less than what carries the load at the target, so that it never goes off again at once.
    """
    wanted = max(math.ceil(current * value / target - 1e-9), least)
    return min(wanted, current)


def step_of(steps: Sequence[Document], difference: float, *, is_above: bool) -> Document | None:
    """Return the step for how far a metric is from the threshold; None between all of them.

    Above it the lower bound belongs to a step, below it the upper bound.
    """
    for step in steps:
        low = float(step.get("MetricIntervalLowerBound", -math.inf))
        high = float(step.get("MetricIntervalUpperBound", math.inf))
        fits = low <= difference < high if is_above else low < difference <= high
        if fits:
            return step
    return None


def adjust(current: int, kind: str, amount: int, least_change: int = 0) -> int:
    """Return the capacity after an adjustment of one of the three types; never below 0.

    Of percents, more than 1 is rounded down, less than -1 towards zero, and what is between to 1
    or -1.
    """
    if kind == "ExactCapacity":
        return max(amount, 0)
    change: float = amount
    if kind == "PercentChangeInCapacity":
        exact = current * amount / 100
        change = math.trunc(exact)
        if 0 < abs(exact) < 1:
            change = math.copysign(1, exact)
        if change and abs(change) < least_change:
            change = math.copysign(least_change, change)
    return max(current + int(change), 0)
