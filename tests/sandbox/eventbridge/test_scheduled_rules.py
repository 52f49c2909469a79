"""A rule with a schedule sends an event of its own when it is due, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.eventbridge import events, scheduled_rules

START = datetime(2026, 5, 31, 3, 15, tzinfo=UTC)
ARN = "arn:aws:events:us-east-1:123456789012:rule/r"


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The one rule of an account; what it has sent is in `sent`."""
    one = SimpleNamespace(arn=ARN, scheduled_expression="rate(5 minutes)", state="ENABLED", sent=[])
    backend = SimpleNamespace(event_buses={"default": SimpleNamespace(rules={"r": one})})
    backends = {"123456789012": {"us-east-1": backend}}
    monkeypatch.setattr(scheduled_rules, "events_backends", backends)
    monkeypatch.setattr(events, "send", lambda sender, event: sender.sent.append(event))
    yield one
    scheduled_rules.forget()


def minutes_sent(rule: Any, until: int = 12) -> list[int]:
    for minute in range(until):
        scheduled_rules.tick(START + timedelta(minutes=minute))
    times = [datetime.fromisoformat(event["time"]) for event in rule.sent]
    return [int((time - START) / timedelta(minutes=1)) for time in times]


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("rate(5 minutes)", [5, 10]),
        ("rate(1 hour)", []),
        ("cron(18 3 * * ? *)", [3]),
        ("cron(18 4 * * ? *)", []),
        (None, []),
    ],
)
def test_it_is_due_as_its_expression_says(
    expression: str | None, minutes: list[int], rule: Any
) -> None:
    rule.scheduled_expression = expression

    assert minutes_sent(rule) == minutes


def test_one_that_is_switched_off_sends_nothing(rule: Any) -> None:
    rule.state = "DISABLED"

    assert minutes_sent(rule) == []


def test_a_new_rate_counts_from_the_minute_it_is_seen_first(rule: Any) -> None:
    assert minutes_sent(rule, until=4) == []
    rule.scheduled_expression = "rate(2 minutes)"
    for minute in range(4, 8):
        scheduled_rules.tick(START + timedelta(minutes=minute))

    assert [event["time"] for event in rule.sent] == ["2026-05-31T03:21:00Z"]


def test_the_event_is_eventbridges(rule: Any) -> None:
    minutes_sent(rule, until=6)

    (event,) = rule.sent
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-05-31T03:20:00Z",
        "region": "us-east-1",
        "resources": [ARN],
        "detail": {},
    }
