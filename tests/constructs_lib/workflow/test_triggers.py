"""Rules and schedules that start a state machine: retries and roles."""

from typing import Any

import pytest

from tests.templates.model_stacks import model_stacks

SCHEDULE = {"cron": "0 3 ? * SUN *"}


def targets(kind: str) -> list[dict[str, Any]]:
    """What the rules or the schedules of a model start."""
    stacks = model_stacks(training={"triggers": {"alarms": ["churn-drift"], "schedule": SCHEDULE}})
    found: list[dict[str, Any]] = []
    for body in stacks.trained(kind):
        properties = body["Properties"]
        found += properties.get("Targets") or [properties["Target"]]
    return found


@pytest.mark.parametrize(
    ("kind", "count", "hours", "attempts"),
    [("AWS::Events::Rule", 3, 6, 30), ("AWS::Scheduler::Schedule", 2, 1, 10)],
)
def test_a_start_that_fails_is_tried_again_for_hours(
    kind: str, count: int, hours: int, attempts: int
) -> None:
    found = targets(kind)

    assert len(found) == count
    for target in found:
        assert target["RetryPolicy"] == {
            "MaximumEventAgeInSeconds": hours * 3_600,
            "MaximumRetryAttempts": attempts,
        }


@pytest.mark.parametrize("kind", ["AWS::Events::Rule", "AWS::Scheduler::Schedule"])
def test_a_start_has_a_role_of_its_own(kind: str) -> None:
    for target in targets(kind):
        assert "Role" in target["RoleArn"]["Fn::GetAtt"][0]


@pytest.mark.parametrize("kind", ["AWS::Events::Rule", "AWS::Scheduler::Schedule"])
def test_what_starts_a_machine_is_on_and_keeps_to_its_time(kind: str) -> None:
    stacks = model_stacks(training={"triggers": {"alarms": ["churn-drift"], "schedule": SCHEDULE}})
    found = [body["Properties"] for body in stacks.trained(kind)]

    assert {one["State"] for one in found} == {"ENABLED"}
    if kind == "AWS::Scheduler::Schedule":
        assert [one["FlexibleTimeWindow"] for one in found] == [{"Mode": "OFF"}] * 2
        assert {one["ScheduleExpressionTimezone"] for one in found} == {"UTC"}
