"""Findings about what starts something: wider patterns, own events as a trigger, other rates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.changes.finding import Finding, text
from reviewer.changes.resource_diff import ResourceDiff, look
from reviewer.changes.state_machines import STOPS_NOTEBOOK, definition, listed, resources_of

_RULE, _SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
# What a workflow calls, and the source of the events that AWS sends of it:
# https://docs.aws.amazon.com/eventbridge/latest/ref/events.html
_SOURCES = {
    "sagemaker": "aws.sagemaker",
    "codebuild": "aws.codebuild",
    "cloudformation": "aws.cloudformation",
}
_BUCKET = re.compile(r"s3://(\{[^{}]+\}|[^/'\"]+)")


def event_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Every rule and schedule that starts something at other events or other times."""
    machines = {f"{{{diff.path}}}": diff for diff in found if definition(diff.new)}
    for diff in found:
        if diff.type not in (_RULE, _SCHEDULE):
            continue
        if diff.after is None:
            yield from _removed(diff)
            continue
        if diff.type == _RULE:
            yield from _pattern(diff)
            yield from _own_events(diff, machines)
        if diff.stays:
            yield from _rate(diff)


def _removed(diff: ResourceDiff) -> Iterator[Finding]:
    if STOPS_NOTEBOOK in text(look(diff.old, "Target/Arn")):
        return  # What stops a notebook is a safeguard, and is spoken of as one.
    said = "what it started by itself no longer starts"
    yield Finding("trigger-removed", "safety", diff.path, said, "there", "-")


def _pattern(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("EventPattern")
    if not diff.stays or old == new:
        return
    sides = text(old), text(new)
    if _in_order(old) == _in_order(new):
        said = "the same values of its pattern in another order"
        yield Finding("changed", "resources", diff.path, said, *sides, False, ("EventPattern",))
        return
    if not isinstance(old, dict) or not isinstance(new, dict):
        rule, said = "event-pattern-changed", "it starts at other events, or at none"
    elif is_within(old, new):
        rule, said = "event-pattern-widened", "more events start it"
    elif is_within(new, old):
        rule, said = "event-pattern-narrowed", "fewer events start it"
    else:
        rule, said = "event-pattern-changed", "other events start it"
    yield Finding(rule, "safety", diff.path, said, *sides, covers=("EventPattern",))


def _in_order(pattern: Any) -> Any:
    """Return a pattern whose alternatives are sorted: each of them matches, in any order."""
    if isinstance(pattern, dict):
        # What is compared with a number is a list of signs and bounds.
        return {
            key: value if key == "numeric" else _in_order(value) for key, value in pattern.items()
        }
    if isinstance(pattern, list):
        return sorted((_in_order(one) for one in pattern), key=text)
    return pattern


def is_within(narrow: Any, wide: Any) -> bool:
    """Return whether every event that matches `narrow` surely matches `wide`.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """
    if isinstance(narrow, dict) and isinstance(wide, dict):
        return all(key in narrow and is_within(narrow[key], wide[key]) for key in wide)
    if isinstance(narrow, list) and isinstance(wide, list):
        return all(any(_is_one_within(one, other) for other in wide) for one in narrow)
    return bool(narrow == wide)


def _is_one_within(one: Any, other: Any) -> bool:
    if one == other or other in ({"prefix": ""}, {"wildcard": "*"}):
        return True
    prefix = other.get("prefix") if isinstance(other, dict) and len(other) == 1 else None
    start = one if isinstance(one, str) else one.get("prefix") if isinstance(one, dict) else None
    return isinstance(prefix, str) and isinstance(start, str) and start.startswith(prefix)


def _own_events(diff: ResourceDiff, machines: Mapping[str, ResourceDiff]) -> Iterator[Finding]:
    """Ask when what a rule starts makes the events that the rule waits for, and did not before."""
    if diff.stays and not any(
        path.startswith(("EventPattern", "Targets")) for path in diff.changed
    ):
        return
    now = _loop(diff.new, machines)
    if now and not (diff.stays and _loop(diff.old, machines)):
        said = f"what it starts may start it again, without an end: {now}"
        after = text(diff.new.get("EventPattern"))
        yield Finding("event-starts-itself", "cost", diff.path, said, "-", after)


def _loop(rule: Mapping[str, Any], machines: Mapping[str, ResourceDiff]) -> str:
    pattern = rule.get("EventPattern")
    started = [str(one.get("Arn")) for one in listed(rule.get("Targets")) if isinstance(one, dict)]
    if not isinstance(pattern, dict) or not set(started) & set(machines):
        return ""
    reached = _reached(started, machines)
    sources = pattern.get("source")
    for source, reason in _emitted(reached, pattern):
        if sources is None or is_within([source], sources):
            return reason
    return ""


def _reached(started: list[str], machines: Mapping[str, ResourceDiff]) -> list[dict[str, Any]]:
    """Return the definitions that are started, directly or by one another."""
    names, seen = list(started), set[str]()
    while names:
        name = names.pop()
        if name in seen or name not in machines:
            continue
        seen.add(name)
        body = text(definition(machines[name].new))
        names += [other for other in machines if f'"StateMachineArn": "{other}"' in body]
    return [definition(machines[name].new) for name in sorted(seen)]


def _emitted(reached: list[dict[str, Any]], pattern: Any) -> Iterator[tuple[str, str]]:
    """Yield the source of each kind of event that these workflows make, and why."""
    yield "aws.states", "each execution is an event"
    named = look(pattern, "detail/bucket/name")
    for body in reached:
        for bucket in sorted(set(_BUCKET.findall(text(body)))):
            if _is_output(body, bucket) and (named is None or is_within([bucket], named)):
                yield "aws.s3", f"it writes to {bucket}"
        for resource in resources_of(body):
            service = next((one for one in _SOURCES if f":{one}:" in resource), "")
            verb = resource.rpartition(":")[2]
            if service and not verb.startswith(("describe", "list", "get")):
                yield _SOURCES[service], f"it calls {verb}"


def _is_output(body: Any, bucket: str) -> bool:
    """Whether an output of a definition is in a bucket."""
    if isinstance(body, list):
        return any(_is_output(one, bucket) for one in body)
    if not isinstance(body, dict):
        return False
    return any(
        f"s3://{bucket}" in text(value)
        if key in ("S3OutputPath", "S3Output", "CheckpointConfig")
        else _is_output(value, bucket)
        for key, value in body.items()
    )


def _rate(diff: ResourceDiff) -> Iterator[Finding]:
    name = "ScheduleExpression"
    old, new = diff.both(name)
    was, now = _minutes(old), _minutes(new)
    if was is None or now is None or was == now:
        return
    if now < was:
        said, rule = "it starts more often", "schedule-more-often"
        yield Finding(rule, "cost", diff.path, said, str(old), str(new), covers=(name,))
    else:
        said, rule = "it starts less often", "schedule-less-often"
        yield Finding(rule, "safety", diff.path, said, str(old), str(new), covers=(name,))


def _minutes(expression: Any) -> int | None:
    found = _RATE.fullmatch(expression) if isinstance(expression, str) else None
    return int(found[1]) * _MINUTES[found[2]] if found else None
