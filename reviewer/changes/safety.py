"""Findings for removed or weakened safeguards: canaries, rollbacks, budgets, logs, triggers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cfn.catalogue import row
from cfn.values import mappings
from reviewer.changes.finding import Finding, text
from reviewer.changes.resource_diff import ResourceDiff, look
from reviewer.changes.state_machines import STOPS_NOTEBOOK, listed

_ROUTING = "DeploymentConfig/BlueGreenUpdatePolicy/TrafficRoutingConfiguration"


def safety_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Every safeguard that is removed or weakened."""
    for diff in found:
        if diff.after is None:
            yield from _removed(diff)
        elif diff.before is not None and diff.type in _CHECKS:
            yield from _CHECKS[diff.type](diff)


def _finding(
    rule: str, diff: ResourceDiff, said: str, before: Any = "", after: Any = "", covers: str = ""
) -> Finding:
    covered = (covers,) if covers else ()
    return Finding(rule, "safety", diff.path, said, text(before), text(after), covers=covered)


def _removed(diff: ResourceDiff) -> Iterator[Finding]:
    if (removal := row(diff.type).removal) is not None:
        purpose = look(diff.old, "AlarmDescription")
        said = f"{removal.says}: {purpose}" if purpose else removal.says
        yield _finding(removal.rule, diff, said, "there", "-")
    elif diff.type == "AWS::Scheduler::Schedule" and STOPS_NOTEBOOK in str(
        look(diff.old, "Target/Arn")
    ):
        yield _finding("auto-stop-removed", diff, "the notebook no longer stops at night")


def _endpoint(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("DeploymentConfig")
    if old and not new:
        said = "a new version takes all traffic at once, and nothing rolls it back"
        yield _finding("canary-off", diff, said, _strategy(old), "ALL_AT_ONCE", "DeploymentConfig")
    elif old:
        yield from _deployment(diff)
    old, new = diff.both("RetainAllVariantProperties")
    if old is True and new is not True:
        said = "an update sets the number of machines back to the start"
        name = "RetainAllVariantProperties"
        yield _finding("scale-not-retained", diff, said, "on", "off", name)


def _deployment(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = (look(tree, "DeploymentConfig") for tree in (diff.old, diff.new))
    was, now = _strategy(old), _strategy(new)
    if was != now and now == "ALL_AT_ONCE":
        said = "a new version takes all traffic at once"
        yield _finding("canary-off", diff, said, was, now, "DeploymentConfig")
    alarms = [set(_alarms(tree)) for tree in (old, new)]
    if lost := sorted(alarms[0] - alarms[1]):
        said = f"no longer rolls an update back: {', '.join(lost)}"
        path = "DeploymentConfig/AutoRollbackConfiguration"
        yield _finding("rollback-alarm-removed", diff, said, "rolls back", "-", path)
    if now == "ALL_AT_ONCE":
        return  # There are no steps whose size or length could change.
    for size in ("CanarySize/Value", "LinearStepSize/Value"):
        first, then = diff.both(f"{_ROUTING}/{size}")
        if _is_number(first, then) and then > first:
            said, path = "more traffic tries a new version", f"{_ROUTING}/{size}"
            yield _finding("canary-widened", diff, said, first, then, path)
    path = f"{_ROUTING}/WaitIntervalInSeconds"
    first, then = diff.both(path)
    if _is_number(first, then) and then < first:
        said = "a new version is watched shorter"
        yield _finding("canary-shortened", diff, said, first, then, path)


def _strategy(config: Any) -> str:
    if look(config, "RollingUpdatePolicy"):
        return "ROLLING"
    return str(look(config, "BlueGreenUpdatePolicy/TrafficRoutingConfiguration/Type"))


def _alarms(config: Any) -> Iterator[str]:
    for alarm in mappings(look(config, "AutoRollbackConfiguration/Alarms")):
        yield str(alarm.get("AlarmName"))


def _logged(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("LoggingConfiguration")
    if old and not new:
        said = "its access is no longer logged"
        yield _finding("log-removed", diff, said, "logged", "-", "LoggingConfiguration")


def _rule(diff: ResourceDiff) -> Iterator[Finding]:
    if diff.both("State")[0] != "DISABLED" and diff.both("State")[1] == "DISABLED":
        yield _finding("trigger-off", diff, "it no longer starts anything", "on", "off", "State")
    for path, (old, new) in diff.changed.items():
        # A target that goes away fails no more.
        target = diff.changed.get(f"{path.partition('DeadLetterConfig')[0]}Arn")
        is_gone = target is not None and target[1] is None
        if "DeadLetterConfig" in path and old and not new and not is_gone:
            yield _finding("dead-letters-off", diff, "events that fail are lost", old, "-", path)


def _notebook(diff: ResourceDiff) -> Iterator[Finding]:
    old, new = diff.both("LifecycleConfigName")
    if old and not new:
        said = "it no longer stops when idle"
        yield _finding("auto-stop-removed", diff, said, old, "-", "LifecycleConfigName")
    key = "InstanceMetadataServiceConfiguration/MinimumInstanceMetadataServiceVersion"
    if diff.both(key)[0] == "2" and diff.both(key)[1] != "2":
        said = "its metadata answers without a token (IMDSv1)"
        yield replace(_finding("metadata-v1", diff, said, "2", "1", key), area="exposure")


def _budget(diff: ResourceDiff) -> Iterator[Finding]:
    path = "Budget/BudgetLimit/Amount"
    was, now = diff.both(path)
    if _is_number(was, now) and now > was:
        said = "a bigger bill raises no warning"
        yield _finding("budget-raised", diff, said, was, now, path)
    name = "NotificationsWithSubscribers"
    old, new = (listed(value) for value in diff.both(name))
    if old == new:
        return
    if _are_kept(old, new) and all(
        any(_subscribers(one) == _subscribers(other) for other in old) for one in new
    ):
        yield replace(_warning(diff, "it warns earlier, or more often"), needs_person=False)
    else:
        yield _warning(diff, "it warns others, later or not at all")


def _are_kept(old: list[Any], new: list[Any]) -> bool:
    """Whether each warning is there still, or another for it alone that comes no later."""
    left = [one for one in new if one not in old]
    for other in (one for one in old if one not in new):
        instead = next((one for one in left if _warns_no_later(one, other)), None)
        if instead is None:
            return False
        left.remove(instead)
    return True


def _warning(diff: ResourceDiff, said: str) -> Finding:
    name = "NotificationsWithSubscribers"
    old, new = diff.both(name)
    return _finding("budget-warns-otherwise", diff, said, text(old), text(new), name)


def _warns_no_later(one: Any, other: Any) -> bool:
    """Whether `one` warns the same people as `other`, at the same amount or at a lower one."""
    same = ("ComparisonOperator", "NotificationType", "ThresholdType")
    bounds = [look(item, "Notification/Threshold") for item in (one, other)]
    return (
        _is_number(*bounds)
        and bounds[0] <= bounds[1]
        and look(one, "Notification/ComparisonOperator") == "GREATER_THAN"
        and all(
            look(one, f"Notification/{key}") == look(other, f"Notification/{key}") for key in same
        )
        and _subscribers(one) == _subscribers(other)
    )


def _subscribers(notification: Any) -> Any:
    found = look(notification, "Subscribers")
    return sorted(found, key=text) if isinstance(found, list) else found


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


_CHECKS: Mapping[str, Callable[[ResourceDiff], Iterator[Finding]]] = {
    "AWS::Budgets::Budget": _budget,
    "AWS::Events::Rule": _rule,
    "AWS::S3::Bucket": _logged,
    "AWS::SageMaker::Endpoint": _endpoint,
    "AWS::SageMaker::NotebookInstance": _notebook,
    "AWS::Scheduler::Schedule": _rule,
}
