"""What EventBridge, Scheduler and Step Functions refuse: expressions, roles, a sixth target."""

from __future__ import annotations

import json
import re
import zoneinfo
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from moto.events.models import events_backends

from sandbox.eventbridge import events, schedules
from sandbox.refusals import existing
from sandbox.refusals.forms import Refused
from sandbox.stepfunctions import query_languages

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request

_MOST_TARGETS = 5
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
_LOG_DELIVERY = (
    *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"),
    *("ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"),
)
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\((.+)\)", re.DOTALL)
_FIELD = re.compile(r"[A-Za-z0-9*?/,#-]+")
_AT = "at(%Y-%m-%dT%H:%M:%S)"


def check_rule(request: Request) -> None:
    """Refuse a schedule that EventBridge cannot read: aws/aws-cdk#27618."""
    expression = request.params.get("ScheduleExpression")
    if expression and not (is_rate(expression) or is_cron(expression)):
        raise Refused("ValidationException", "Parameter ScheduleExpression is not valid.")


def check_targets(request: Request) -> None:
    """Refuse a sixth target of a rule, and a role that EventBridge cannot assume.

    Raises NotImplementedError for a target that nothing here delivers to.
    """
    region = request.place.region
    for target in request.params["Targets"]:
        if found := events.undeliverable(target["Arn"]):
            raise NotImplementedError(found)
        role = target.get("RoleArn")
        if role and not existing.is_trusting(role, "events", region):
            # Miserlou/Zappa#381
            raise Refused(
                "ValidationException",
                f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'.",
            )
    name = request.params.get("EventBusName", "default").rpartition("/")[2]
    bus = events_backends[request.place.account][region].event_buses.get(name)
    rule = bus.rules.get(request.params["Rule"]) if bus else None
    there = {one["Id"] for one in rule.targets} if rule else set()
    if len(there | {one["Id"] for one in request.params["Targets"]}) > _MOST_TARGETS:
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html, the model's words
        raise Refused(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        )


def check_schedule(request: Request) -> None:
    """Refuse a schedule that Scheduler cannot read, or that it may not run.

    Raises NotImplementedError for one that calls what does not answer here.
    """
    params = request.params
    expression = params["ScheduleExpression"]
    if not (is_rate(expression) or is_cron(expression) or _is_moment(expression)):
        # localstack/localstack#9284
        raise Refused("ValidationException", f"Invalid Schedule Expression {expression}.")
    zone = params.get("ScheduleExpressionTimezone")
    if zone and zone not in _time_zones():
        # The rule is documented, the words were found nowhere.
        raise Refused("ValidationException", f"Invalid Schedule Expression Timezone {zone}.")
    if not existing.is_trusting(params["Target"]["RoleArn"], "scheduler", request.place.region):
        # aws/aws-sdk-js-v3#6494
        raise Refused(
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role.",
        )
    if found := schedules.undeliverable(params["Target"]["Arn"]):
        raise NotImplementedError(found)


def check_machine(request: Request) -> None:
    """Refuse a role that Step Functions cannot assume; the words are not quoted anywhere."""
    role = request.params.get("roleArn")
    if role and not existing.is_trusting(role, "states", request.place.region):
        raise Refused(
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        )


def check_logging(request: Request) -> None:
    """Refuse logging by a role that may not set up the delivery of logs.

    In words that are in the text of two public repositories.
    """
    settings = request.params.get("loggingConfiguration") or {}
    role = request.params.get("roleArn")
    if not role or not settings.get("destinations") or settings.get("level", "OFF") == "OFF":
        return
    if not all(existing.may(role, f"logs:{action}", "*") for action in _LOG_DELIVERY):
        raise Refused(
            "AccessDeniedException",
            "The state machine IAM Role is not authorized to access the Log Destination",
        )


def check_definition(request: Request) -> None:
    """Refuse a definition that is none, or that mixes the query languages."""
    try:
        machine = json.loads(request.params.get("definition", ""))
    except (ValueError, RecursionError):
        # Missing in an update, or no JSON, which the interpreter says better.
        return
    found = next(query_languages.problems(machine), "") if isinstance(machine, dict) else ""
    if found:
        # cloudtools/troposphere#1450
        raise Refused(
            "InvalidDefinition",
            f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {found}'",
        )


@cache
def _time_zones() -> frozenset[str]:
    """Return every time zone; Python looks through the files of all of them for it."""
    return frozenset(zoneinfo.available_timezones())


def is_rate(expression: str) -> bool:
    """Return whether it is a rate; the unit of 1 is singular, and of more plural."""
    found = _RATE.fullmatch(expression)
    return found is not None and (found[1] == "1") is not bool(found[3])


def is_cron(expression: str) -> bool:
    """Return whether it has six fields, one day of which is `?`; what they say is not looked at.

    Commas behind fields are taken, too, by which such a rule never fires: boto/boto3#2876.
    """
    found = _CRON.fullmatch(expression)
    fields = [field.rstrip(",") for field in found[1].split()] if found else []
    if len(fields) != 6 or not all(map(_FIELD.fullmatch, fields)):
        return False
    return [fields[2], fields[4]].count("?") == 1


def _is_moment(expression: str) -> bool:
    try:
        datetime.strptime(expression, _AT)
    except ValueError:
        return False
    return True
