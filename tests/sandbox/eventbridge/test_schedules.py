"""When EventBridge Scheduler fires a schedule."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.eventbridge import events, schedules
from sandbox.state import context

MADE = datetime(2026, 5, 31, 3, 15, 40, tzinfo=UTC)


def is_due(expression: str, moment: datetime, *, state: str = "ENABLED", zone: str = "UTC") -> bool:
    schedule = SimpleNamespace(
        state=state,
        schedule_expression=expression,
        schedule_expression_timezone=zone,
        creation_date=MADE.timestamp(),
    )
    return schedules._due(schedule, moment)


@pytest.mark.parametrize(
    ("minutes", "due"), [(-5, False), (0, False), (4, False), (5, True), (6, False), (10, True)]
)
def test_a_rate_is_due_at_each_multiple_after_its_creation(minutes: int, due: bool) -> None:
    moment = MADE.replace(second=0) + timedelta(minutes=minutes)

    assert is_due("rate(5 minutes)", moment) is due


@pytest.mark.parametrize(
    ("expression", "zone", "due"),
    [
        ("at(2026-05-31T03:15:00)", "UTC", True),
        ("at(2026-05-31T12:15:00)", "Asia/Tokyo", True),
        ("at(2026-05-31T03:16:00)", "UTC", False),
        ("at(2026-05-31T03:15:00)", "Asia/Tokyo", False),
        ("cron(15 3 * * ? *)", "UTC", True),
        ("cron(15 12 * * ? *)", "Asia/Tokyo", True),
        ("cron(16 3 * * ? *)", "UTC", False),
    ],
)
def test_a_moment_is_that_of_the_schedules_time_zone(expression: str, zone: str, due: bool) -> None:
    assert is_due(expression, MADE, zone=zone) is due


def test_a_schedule_that_is_switched_off_is_never_due() -> None:
    assert is_due("at(2026-05-31T03:15:00)", MADE, state="DISABLED") is False


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was fired of three schedules in two groups."""
    found: list[Any] = []
    named = [
        SimpleNamespace(name=name, group_name=group)
        for name, group in (("a", "one"), ("b", "one"), ("b", "two"))
    ]
    here = SimpleNamespace(account="123456789012", region="us-east-1")
    monkeypatch.setattr(context, "current", lambda: here)
    monkeypatch.setattr(schedules, "_schedules", lambda place: named)

    def fire(place: Any, one: Any) -> None:
        found.append((place.region, one.name, one.group_name))

    monkeypatch.setattr(schedules, "_fire", fire)
    return found


@pytest.mark.parametrize(
    ("name", "group", "expected"),
    [("a", None, "one"), ("b", None, "one"), ("b", "one", "one"), ("b", "two", "two")],
)
def test_a_schedule_is_fired_by_its_name_and_group(
    name: str, group: str | None, expected: str, fired: list[Any]
) -> None:
    schedules.fire(name, group=group)

    assert fired == [("us-east-1", name, expected)]


@pytest.mark.parametrize(("name", "group"), [("c", None), ("a", "two")])
def test_a_schedule_that_is_not_there_is_told_with_those_that_are(
    name: str, group: str | None, fired: list[Any]
) -> None:
    with pytest.raises(schedules.ScheduleError, match="in eu-west-1; there are: a, b, b"):
        schedules.fire(name, group=group, region="eu-west-1")
    assert fired == []


@pytest.mark.parametrize(
    ("arn", "service", "action"),
    [
        ("arn:aws:scheduler:::aws-sdk:sagemaker:stopJob", "sagemaker", "stopJob"),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:m", "sfn", "startExecution"),
    ],
)
def test_a_target_is_called_with_its_role(
    arn: str, service: str, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(schedules, "call", lambda *given: called.append(given))
    place: Any = SimpleNamespace(region="r")

    schedules._deliver(place, {"Arn": arn, "RoleArn": "role"}, '{"a": 1}')

    ((region, *asked, parameters, role),) = called
    assert (region, asked, role) == ("r", [service, action], "role")
    own = {"StateMachineArn": arn, "Input": '{"a": 1}'}
    assert parameters == ({"a": 1} if service == "sagemaker" else own)


def test_another_target_is_delivered_to(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(events, "deliver", lambda *given: told.append(given))
    place: Any = SimpleNamespace(region="r")

    schedules._deliver(place, {"Arn": "arn:aws:sqs:r:1:q"}, "{}")

    assert told[0][:2] == ({"Arn": "arn:aws:sqs:r:1:q"}, {})
