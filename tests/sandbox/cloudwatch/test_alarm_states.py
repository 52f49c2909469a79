"""The state of an alarm by its datapoints: AWS's own tables, oldest first as they are printed."""

from typing import Any

import pytest

from sandbox.cloudwatch.alarm_states import EXTRA_PERIODS, OPERATORS, Rule, judge
from sandbox.cloudwatch.reasons import explain

KEPT = "as it was"
MISSING = ("missing", "ignore", "breaching", "notBreaching")


def states(text: str, datapoints: int, periods: int = 3) -> list[str]:
    """The states for each way to treat what is missing; X breaches, 0 does not."""
    values = [{"0": 0.0, "X": 9.0, "-": None}[mark] for mark in text.split()][::-1]
    assert len(values) == periods + EXTRA_PERIODS
    return [
        judge(Rule("GreaterThanThreshold", 5, periods, datapoints, way), values, KEPT).state
        for way in MISSING
    ]


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
@pytest.mark.parametrize(
    ("text", "datapoints", "expected"),
    [
        ("0 - X - X", 3, ["OK", "OK", "OK", "OK"]),
        ("0 - - - -", 3, ["OK", "OK", "OK", "OK"]),
        ("- - - - -", 3, ["INSUFFICIENT_DATA", KEPT, "ALARM", "OK"]),
        ("0 X X - X", 3, ["ALARM"] * 4),
        ("- - X - -", 3, ["ALARM", KEPT, "ALARM", "OK"]),
        ("0 - X - X", 2, ["ALARM"] * 4),
        ("0 0 X 0 X", 2, ["ALARM"] * 4),
        ("0 - X - -", 2, ["OK", "OK", "ALARM", "OK"]),
        ("- - - - 0", 2, ["OK", "OK", "ALARM", "OK"]),
        ("- - - X -", 2, ["ALARM", KEPT, "ALARM", "OK"]),
        # The next datapoint may be a good one.
        ("- - - - X", 3, [KEPT, KEPT, "ALARM", "OK"]),
        ("- - - X -", 3, [KEPT, KEPT, "ALARM", "OK"]),
        ("X X 0 0 0", 3, ["OK"] * 4),
        ("0 0 X X X", 3, ["ALARM"] * 4),
    ],
)
def test_the_tables_of_aws(text: str, datapoints: int, expected: list[str]) -> None:
    assert states(text, datapoints) == expected


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", [6.0]),
        ("GreaterThanOrEqualToThreshold", [5.0, 6.0]),
        ("LessThanThreshold", [4.0]),
        ("LessThanOrEqualToThreshold", [4.0, 5.0]),
    ],
)
def test_the_threshold_belongs_to_one_side(comparison: str, breaching: list[float]) -> None:
    rule = Rule(comparison, 5.0, 1, 1)

    assert [value for value in (4.0, 5.0, 6.0) if rule.is_breaching(value)] == breaching
    assert comparison in OPERATORS


def reason(way: str = "missing", *values: Any, periods: int = 3, datapoints: int = 3) -> str:
    rule = Rule("GreaterThanThreshold", 5.0, periods, datapoints, way)
    begins = [1_796_025_600 - 60 * age for age in range(len(values))]
    return explain(rule, judge(rule, values, "OK"), values, begins)


def test_a_reason_is_in_the_words_of_aws() -> None:
    assert reason("missing", 9.0, 7.0, 6.0, None, None) == (
        "Threshold Crossed: 3 out of the last 3 datapoints [9.0 (30/11/26 08:00:00), "
        "7.0 (30/11/26 07:59:00), 6.0 (30/11/26 07:58:00)] were greater than the threshold (5.0) "
        "(minimum 3 datapoints for OK -> ALARM transition)."
    )
    assert reason("missing", 1.0, None, None, periods=1, datapoints=1) == (
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (30/11/26 08:00:00)] was not "
        "greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )
    assert reason("missing", *[None] * 5) == "Insufficient Data: 3 datapoints were unknown."
    assert reason("breaching", None, None, None, periods=1, datapoints=1) == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
        "treated as [Breaching]."
    )
    assert reason("notBreaching", *[None] * 5).endswith(
        "for 3 periods and 3 missing datapoints were treated as [NonBreaching]."
    )
    assert "(minimum 2 datapoints for ALARM -> OK transition)" in reason(
        "missing", 1.0, 2.0, 9.0, datapoints=2
    )
