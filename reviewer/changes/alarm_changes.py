"""Findings about alarms: whom they tell, on which side of a threshold they ring, and how soon."""

from collections.abc import Iterator
from typing import Any

from reviewer.changes.finding import Area, Finding, text
from reviewer.changes.resource_diff import ResourceDiff, Revision

_ALARMS = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::LogAlarm",
)
# What nobody hears any more, by the property that says whom it tells.
_ACTIONS = {
    "AlarmActions": "nobody hears it",
    "InsufficientDataActions": "nobody hears that it sees nothing",
    "OKActions": "nobody hears that it is over",
}
_ABOVE = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
_BELOW = ("LessThanThreshold", "LessThanOrEqualToThreshold")


def alarm_changes(after: Revision, found: list[ResourceDiff]) -> Iterator[Finding]:
    """Every alarm that tells fewer, does more than to tell, or rings later."""
    topics = {f"{{{item.path}}}" for item in after.assembly.resources("AWS::SNS::Topic")}
    for diff in found:
        if diff.type not in _ALARMS or diff.after is None:
            continue
        for name in _ACTIONS:
            yield from _actions(diff, name, topics)
        if diff.stays:
            yield from _enabled(diff)
            yield from _operator(diff)
            yield from _threshold(diff)
            yield from _datapoints(diff)


def _actions(diff: ResourceDiff, name: str, topics: set[str]) -> Iterator[Finding]:
    # An action may reboot a machine, run a function or open an incident.
    old, new = (_list(value) for value in diff.both(name))
    foreign = [one for one in new if one not in old and one not in topics]
    lost = [one for one in old if one not in new]
    sides = ("\n".join(old) or "-", "\n".join(new) or "-")
    if foreign:
        said = f"it does more than to tell a topic of ours: {', '.join(foreign)}"
        yield _finding("alarm-acts-elsewhere", diff, said, *sides, name, area="exposure")
    elif old and not new:
        yield _finding("alarm-silenced", diff, _ACTIONS[name], *sides, name)
    elif lost:
        said = f"it no longer tells {', '.join(lost)}"
        yield _finding("alarm-told-otherwise", diff, said, *sides, name)
    elif diff.stays and old != new:
        said = "more of ours hear it"
        yield _finding("alarm-told-more", diff, said, *sides, name, needs_person=False)


def _enabled(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("ActionsEnabled")
    if new is False and old is not False:
        yield _finding("alarm-silenced", diff, "its actions are off", "on", "off", "ActionsEnabled")


def _operator(diff: ResourceDiff) -> Iterator[Finding]:
    name = "ComparisonOperator"
    old, new = diff.both(name)
    if old == new:
        return
    side = next((one for one in (_ABOVE, _BELOW) if old in one and new in one), None)
    if side is None:
        is_opposite = all(one in (*_ABOVE, *_BELOW) for one in (old, new))
        said = "it rings on another side of its threshold"
        said += ", and is silent where it rang" if is_opposite else ""
        yield _finding("alarm-inverted", diff, said, old, new, name)
    elif new == side[0]:
        said = "it no longer rings at the threshold itself"
        yield _finding("alarm-weakened", diff, said, old, new, name)
    else:
        said = "it rings at the threshold itself, too"
        yield _finding("alarm-sharpened", diff, said, old, new, name, needs_person=False)


def _threshold(diff: ResourceDiff) -> Iterator[Finding]:
    was, now = diff.both("Threshold")
    operators = diff.both("ComparisonOperator")
    if not _is_number(was, now) or was == now or operators[0] != operators[1]:
        return
    if operators[1] not in (*_ABOVE, *_BELOW):
        return
    name = "Threshold"
    if (now > was) == (operators[1] in _ABOVE):
        yield _finding("alarm-weakened", diff, "it rings later", was, now, name)
    else:
        said = "it rings earlier"
        yield _finding("alarm-sharpened", diff, said, was, now, name, needs_person=False)


def _datapoints(diff: ResourceDiff) -> Iterator[Finding]:
    """Compare how many of how many datapoints have to be beyond the threshold.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    names = ("EvaluationPeriods", "DatapointsToAlarm")
    periods, needed = (diff.both(name) for name in names)
    if not _is_number(*periods) or not set(names) & set(diff.changed):
        return
    most = [of if some is None else some for some, of in zip(needed, periods, strict=True)]
    if not _is_number(*most):
        return
    sides = [f"{some} of {of}" for some, of in zip(most, periods, strict=True)]
    # Whatever made it ring does so still: in a window that is no shorter, or in a part of one in
    # which every datapoint counted.
    is_whole = most[0] == periods[0]
    is_earlier = most[1] <= most[0] and (periods[1] >= periods[0] or is_whole)
    if is_earlier:
        said = "it takes no more datapoints to ring"
        yield _finding("alarm-sharpened", diff, said, *sides, *names, needs_person=False)
    else:
        yield _finding("alarm-weakened", diff, "it takes longer to ring", *sides, *names)


def _finding(  # the values are shown as they stand in the template
    rule: str,
    diff: ResourceDiff,
    said: str,
    before: Any,
    after: Any,
    *covers: str,
    area: Area = "safety",
    needs_person: bool = True,
) -> Finding:
    return Finding(rule, area, diff.path, said, text(before), text(after), needs_person, covers)


def _list(value: Any) -> list[str]:
    return [text(one) for one in value] if isinstance(value, list) else []


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
