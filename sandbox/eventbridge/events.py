"""EventBridge rules: matches events and delivers them to targets."""

from __future__ import annotations

import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.events import models
from moto.events.models import events_backends
from moto.utilities.arns import parse_arn

from sandbox.eventbridge import input_transformers, wildcards
from sandbox.iam import role_check
from sandbox.state import clock
from sandbox.state.stores import Document, Place


@dataclass(frozen=True)
class Event:
    """Something that happened: who says so, what, the details, the ARNs it is about."""

    source: str
    detail_type: str
    detail: Document
    resources: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand an event to a target; `error` is empty when it succeeded."""

    time: str
    rule: str
    target: str
    event: Document
    error: str


class Undeliverable(Exception):
    """A target that cannot take an event; `code` is EventBridge's ERROR_CODE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_TARGETS = ("events", "logs", "sns", "sqs", "states")
DELIVERIES: deque[Delivery] = deque(maxlen=1000)


def plain(value: Any) -> Any:
    """Return `value` as events carry it: only JSON, times as epoch milliseconds."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else str(value)


def envelope(place: Place, source: str, detail_type: str, resources: list[str]) -> Document:
    """Return an event of now without its detail."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": place.account,
        "time": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "region": place.region,
        "resources": resources,
    }


def put(place: Place, event: Event) -> None:
    """Send `event` to the default bus of `place`."""
    about = envelope(place, event.source, event.detail_type, event.resources)
    message = {**about, "detail": plain(event.detail)}
    bus = events_backends[place.account][place.region].event_buses["default"]
    for rule in list(bus.rules.values()):
        _send_to_targets(rule, message)


def _send_to_targets(rule: Any, original: Document, transform_input: bool = True) -> None:
    event = plain({k: v for k, v in original.items() if k not in ("ingestion-time", "replay-name")})
    if isinstance(event["time"], int | float):
        event["time"] = f"{datetime.fromtimestamp(event['time'], UTC):%Y-%m-%dT%H:%M:%SZ}"
    # moto: no pattern (a rule with only a schedule) would match everything.
    if rule.state != "ENABLED" or not rule.event_pattern.get_pattern():
        return
    if not rule.event_pattern.matches_event(event):
        return
    send(rule, event)


def send(rule: Any, event: Document) -> None:
    """Hand `event` to every target of a rule; what a target refuses goes to its queue."""
    for target in list(rule.targets):
        error = ""
        try:
            deliver(target, input_transformers.apply(target, event), event)
        except Exception as problem:  # a target must not stop the next one, whatever it is
            error = f"{type(problem).__name__}: {problem}"
            _dead_letter(rule, target, event, problem)
        DELIVERIES.append(Delivery(event["time"], rule.name, target["Arn"], event, error))


def undeliverable(arn: str) -> str:
    """Return in one line that nothing takes events for a target, or nothing."""
    service = [*arn.split(":"), "", "", ""][2]
    if service in _TARGETS:
        return ""
    return f"a {service or 'nameless'} target is not emulated ({arn}); use {', '.join(_TARGETS)}"


def deliver(target: Document, payload: Any, event: Document) -> None:
    """Hand `payload` to `target`; raises Undeliverable, or whatever the target's service raises."""
    arn = parse_arn(target["Arn"])
    text = payload if isinstance(payload, str) else json.dumps(payload)
    if arn.service == "states":
        _start_execution(target, arn, json.dumps(payload))
    elif arn.service == "sns":
        from moto.sns.models import sns_backends

        sns_backends[arn.account][arn.region].publish(text, arn=target["Arn"])
    elif arn.service == "sqs":
        _send_message(target, text)
    elif arn.service == "logs":
        _write_log(arn, text)
    elif arn.service == "events":
        entry = {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
            "EventBusName": arn.resource_id,
        }
        events_backends[arn.account][arn.region].put_events([entry])
    else:
        raise Undeliverable("NO_RESOURCE", f"sandbox: {undeliverable(target['Arn'])}")


def _start_execution(target: Document, arn: Any, payload: str) -> None:
    from moto.stepfunctions.models import stepfunctions_backends

    role_check.require(target.get("RoleArn"), "states:StartExecution", [target["Arn"]])
    backend = stepfunctions_backends[arn.account][arn.region]
    backend.start_execution(target["Arn"], str(uuid.uuid4()), payload)


def _send_message(target: Document, text: str, attributes: Document | None = None) -> None:
    from moto.sqs.models import sqs_backends

    arn = parse_arn(target["Arn"])
    sqs_backends[arn.account][arn.region].send_message(
        queue_name=arn.resource_id,
        message_body=text,
        message_attributes=attributes,
        group_id=target.get("SqsParameters", {}).get("MessageGroupId"),
    )


def _write_log(arn: Any, text: str) -> None:
    from sandbox.programs.log_streams import LogStream

    place = Place(arn.account, arn.region)
    group = arn.resource_id.removesuffix(":*")
    stream = LogStream(place, group, str(uuid.uuid4()))
    stream.write(text)
    stream.flush()


def _dead_letter(rule: Any, target: Document, event: Document, problem: Exception) -> None:
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if not queue:
        return
    code = getattr(problem, "code", "NO_RESOURCE")
    values = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": "NO_PERMISSIONS" if role_check.is_denial(problem) else str(code),
        "ERROR_MESSAGE": str(problem) or type(problem).__name__,
    }
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in values.items()
    }
    _send_message({"Arn": queue}, json.dumps(event), attributes)


def install() -> None:
    """Make moto's rules deliver, and match in linear time."""
    models.Rule.send_to_targets = _send_to_targets
    models.EventPattern._wildcard_match = staticmethod(wildcards.matches)
