"""Another logical id asks nobody where nothing is kept, and where the two are equal."""

from typing import Any

import pytest

from tests.reviewer.handmade import environment, findings, stack

ALARM = "AWS::CloudWatch::Alarm"


def asks(
    kind: str, old: dict[str, Any], new: dict[str, Any], label: str = "Storage", **body: Any
) -> bool:
    before = environment(stack({"A": {"Type": kind, "Properties": old}}), stack({}, "Other"))
    made = {"B": {"Type": kind, "Properties": new, **body}}
    stacks = (
        [stack({}), stack(made, "Other")] if label == "Other" else [stack(made), stack({}, "Other")]
    )
    return any(item.needs_person for item in findings(before, environment(*stacks)))


def test_an_alarm_under_another_logical_id_asks_nobody() -> None:
    assert not asks(ALARM, {"Threshold": 1}, {"Threshold": 1})


@pytest.mark.parametrize(
    ("kind", "new", "more"),
    [
        (ALARM, {"Threshold": 2}, {}),
        (ALARM, {"Threshold": 1}, {"Condition": "Never"}),
        (ALARM, {"Threshold": 1}, {"label": "Other"}),
        ("AWS::SQS::Queue", {"Threshold": 1}, {}),
        ("AWS::Some::Thing", {"Threshold": 1}, {}),
    ],
)
def test_what_is_not_equal_or_keeps_something_asks(
    kind: str, new: dict[str, Any], more: dict[str, Any]
) -> None:
    assert asks(kind, {"Threshold": 1}, new, **more)
