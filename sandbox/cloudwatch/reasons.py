"""StateReason of a metric alarm, in AWS's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.cloudwatch.alarm_states import ALARM, INSUFFICIENT, OK, OPERATORS

if TYPE_CHECKING:
    from sandbox.cloudwatch.alarm_states import Rule, Verdict

_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def explain(
    rule: Rule, verdict: Verdict, values: Sequence[float | None], begins: Sequence[int]
) -> str:
    """Return why an alarm has its state; `values` and `begins` of its periods, newest first."""
    missing = _count(verdict.missing, "datapoint")
    if verdict.state == INSUFFICIENT:
        return f"Insufficient Data: {missing} {_was(verdict.missing)} unknown."
    if not verdict.used:
        periods = _count(verdict.missing, "period")
        return (
            f"Threshold Crossed: no datapoints were received for {periods} and "
            f"{missing.replace(' ', ' missing ', 1)} {_was(verdict.missing)} treated as "
            f"[{_TREATED.get(rule.missing, 'Missing')}]."
        )
    words = OPERATORS[rule.comparison][1]
    least = rule.datapoints
    change = f"{OK} -> {ALARM}"
    if verdict.state == OK:
        words, change = f"not {words}", f"{ALARM} -> {OK}"
        least = rule.periods - rule.datapoints + 1
    shown = ", ".join(
        f"{values[age]} ({datetime.fromtimestamp(begins[age], UTC):%d/%m/%y %H:%M:%S})"
        for age in verdict.used
    )
    number = len(verdict.used)
    return (
        f"Threshold Crossed: {number} out of the last {rule.periods} datapoints [{shown}] "
        f"{_was(number)} {words} the threshold ({rule.threshold}) "
        f"(minimum {_count(least, 'datapoint')} for {change} transition)."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
