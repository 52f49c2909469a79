"""When EventBridge Scheduler fires a schedule."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from sandbox.eventbridge import schedules

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
