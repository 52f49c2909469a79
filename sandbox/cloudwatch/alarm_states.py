"""The state of a metric alarm, from its datapoints and what stands for those that are missing.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

EXTRA_PERIODS = 2
"""Older periods that are looked at when newer ones are missing: in AWS's examples 5 for 3."""

OPERATORS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off: `most` of `periods` datapoints beyond the threshold."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str = "missing"

    def is_breaching(self, value: float) -> bool:
        """Return whether a value is beyond the threshold."""
        return OPERATORS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """A state; the periods, newest first, whose values led to it; how many were missing."""

    state: str
    used: tuple[int, ...] = ()
    missing: int = 0


def judge(rule: Rule, values: Sequence[float | None], current: str) -> Verdict:
    """Return the state after the values of the last periods, newest first; None is missing.

    There are `EXTRA_PERIODS` more than the rule has.
    """
    real = [age for age, value in enumerate(values) if value is not None][: rule.periods]
    breaching = [age for age in real if rule.is_breaching(values[age] or 0.0)]
    fine = tuple(age for age in real if age not in breaching)
    missing = rule.periods - len(real)
    if not real:
        states = {"breaching": ALARM, "notBreaching": OK, "ignore": current}
        return Verdict(states.get(rule.missing, INSUFFICIENT), (), missing)
    filled = missing if rule.missing == "breaching" else 0
    if len(breaching) + filled >= rule.datapoints:
        return Verdict(ALARM, tuple(breaching), missing)
    if fine or not missing or rule.missing in ("breaching", "notBreaching"):
        return Verdict(OK, fine, missing)
    # Nothing but breaching datapoints, and too few of them: what is old enough is no accident.
    if rule.missing == "missing" and max(breaching) + 1 >= rule.datapoints:
        return Verdict(ALARM, tuple(breaching), missing)
    return Verdict(current, (), missing)
