"""EventBridge Scheduler: invokes targets when schedules are due; moto only stores them."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError
from moto.scheduler.models import scheduler_backends
from moto.utilities.arns import parse_arn

from sandbox.eventbridge import cron, events
from sandbox.iam import api_calls
from sandbox.operations import checked
from sandbox.state import clock, context
from sandbox.state.stores import Document, Place

if TYPE_CHECKING:
    from datetime import datetime

_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


@dataclass(frozen=True)
class _Role:
    role_arn: str | None


class ScheduleError(Exception):
    """A schedule that cannot fire; the text is one line."""


def fire(name: str, *, region: str | None = None, group: str | None = None) -> None:
    """Do now what the schedule `name` does when its time comes.

    Raises ScheduleError for an unknown name, and whatever the target's service raises.
    """
    here = context.current()
    place = Place(here.account, region or here.region)
    for schedule in _schedules(place):
        if schedule.name == name and group in (None, schedule.group_name):
            _fire(place, schedule)
            return
    known = ", ".join(sorted(schedule.name for schedule in _schedules(place))) or "none"
    raise ScheduleError(f"schedule {name!r} does not exist in {place.region}; there are: {known}")


def _schedules(place: Place) -> list[Any]:
    groups = scheduler_backends[place.account][place.region].schedule_groups
    return [s for group in list(groups.values()) for s in list(group.schedules.values())]


def _fire(place: Place, schedule: Any) -> None:
    target: Document = schedule.target
    moment = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    text = str(target.get("Input") or "{}")
    for marker, value in (
        ("<aws.scheduler.schedule-arn>", schedule.arn),
        ("<aws.scheduler.scheduled-time>", moment),
        ("<aws.scheduler.execution-id>", moment),
        ("<aws.scheduler.attempt-number>", "1"),
    ):
        text = text.replace(marker, value)
    error = ""
    try:
        _deliver(place, target, text)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
        raise
    finally:
        event = {"source": "aws.scheduler", "resources": [schedule.arn], "detail": text}
        delivery = events.Delivery(moment, schedule.name, target["Arn"], event, error)
        events.DELIVERIES.append(delivery)


def _deliver(place: Place, target: Document, text: str) -> None:
    arn = target["Arn"]
    if arn.startswith(_UNIVERSAL):
        service, _, action = arn.removeprefix(_UNIVERSAL).partition(":")
        call(place.region, service, action, json.loads(text), target.get("RoleArn"))
    elif parse_arn(arn).service == "states":
        parameters = {"StateMachineArn": arn, "Input": text}
        call(place.region, "sfn", "startExecution", parameters, target.get("RoleArn"))
    else:
        event = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}
        events.deliver(target, json.loads(text), event)


def undeliverable(arn: str) -> str:
    """Return in one line that a schedule's target does not answer here, or nothing."""
    if not arn.startswith(_UNIVERSAL):
        return events.undeliverable(arn)
    service, _, action = arn.removeprefix(_UNIVERSAL).partition(":")
    service = api_calls.BOTO_NAMES.get(service, service)
    with contextlib.suppress(UnknownServiceError):
        operation = api_calls.find(api_calls.client_for(context.current().region, service), action)
        action = operation.name if operation else action
    return "" if checked.answers(service, action) else checked.refusal(service, action)


def call(region: str, service: str, action: str, parameters: Document, role: str | None) -> None:
    """Call an API as a universal target does: PascalCase parameters, checked against the role."""
    api_calls.call(region, service, action, parameters, _Role(role))


def _due(schedule: Any, moment: datetime) -> bool:
    if schedule.state != "ENABLED":
        return False
    expression = str(schedule.schedule_expression)
    timezone = schedule.schedule_expression_timezone
    return cron.is_due(expression, timezone, schedule.creation_date, moment)


def tick(moment: datetime) -> None:
    """Fire every schedule that is due in the minute of `moment`."""
    for account, regions in list(scheduler_backends.items()):
        for region in list(regions):
            place = Place(account, region)
            for schedule in [s for s in _schedules(place) if _due(s, moment)]:
                try:
                    _fire(place, schedule)
                except Exception:  # noted in DELIVERIES; the next schedule must not suffer
                    continue
