"""EventBridge rules with a schedule: they send an event of their own when they are due.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends

from sandbox.eventbridge import cron, events
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from datetime import datetime

# Rule and expression -> seconds since 1970 from which its rate counts.
_BEGUN: dict[tuple[str, str], float] = {}


def tick(moment: datetime) -> None:
    """Send the events of every rule that is due in the minute of `moment`."""
    for account, regions in list(events_backends.items()):
        for region, backend in list(regions.items()):
            for rule in list(backend.event_buses["default"].rules.values()):
                if _is_due(rule, moment):
                    events.send(rule, _event(Place(account, region), rule, moment))


def forget() -> None:
    """Have every rate count anew."""
    _BEGUN.clear()


def _is_due(rule: Any, moment: datetime) -> bool:
    expression = rule.scheduled_expression
    if not expression or rule.state != "ENABLED":
        return False
    since = _BEGUN.setdefault((rule.arn, expression), moment.timestamp())
    return cron.is_due(expression, "UTC", since, moment)


def _event(place: Place, rule: Any, moment: datetime) -> dict[str, Any]:
    return {
        **events.envelope(place, "aws.events", "Scheduled Event", [rule.arn]),
        "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "detail": {},
    }
