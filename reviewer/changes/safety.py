"""Nets that catch a bad model, a bad deployment or a bill: alarms, canaries, rollbacks, logs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cfn.catalogue import row
from reviewer.changes.finding import Finding
from reviewer.changes.pairs import Pair, look

_ROUTING = "DeploymentConfig/BlueGreenUpdatePolicy/TrafficRoutingConfiguration"
_STOPS = "stopNotebookInstance"
_HIGHER_IS_LENIENT = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")


def safety_changes(found: list[Pair]) -> Iterator[Finding]:
    """Every net that is gone or has wider meshes."""
    for pair in found:
        if pair.after is None:
            yield from _removed(pair)
        elif pair.before is not None and pair.type in _CHECKS:
            yield from _CHECKS[pair.type](pair)


def _finding(rule: str, pair: Pair, said: str, before: Any = "", after: Any = "") -> Finding:
    return Finding(rule, "safety", pair.path, said, str(before), str(after))


def _removed(pair: Pair) -> Iterator[Finding]:
    if (removal := row(pair.type).removal) is not None:
        told = look(pair.old, "AlarmDescription")
        said = f"{removal.says}: {told}" if told else removal.says
        yield _finding(removal.rule, pair, said, "there", "-")
    elif pair.type == "AWS::Scheduler::Schedule" and _STOPS in str(look(pair.old, "Target/Arn")):
        yield _finding("auto-stop-removed", pair, "the notebook no longer stops at night")


def _alarm(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("AlarmActions")
    if old and not new:
        yield _finding("alarm-silenced", pair, "nobody hears it", "tells somebody", "-")
    if pair.both("ActionsEnabled")[1] is False and pair.both("ActionsEnabled")[0] is not False:
        yield _finding("alarm-silenced", pair, "its actions are off", "on", "off")
    was, now = pair.both("Threshold")
    higher = look(pair.new, "ComparisonOperator") in _HIGHER_IS_LENIENT
    if _is_number(was, now) and was != now and (now > was) == higher:
        yield _finding("alarm-weakened", pair, "it rings later", was, now)
    was, now = pair.both("EvaluationPeriods")
    if _is_number(was, now) and now > was:
        yield _finding("alarm-weakened", pair, "it takes longer to ring", was, now)


def _endpoint(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("DeploymentConfig")
    if old and not new:
        said = "a new version takes all traffic at once, and nothing rolls it back"
        yield _finding("canary-off", pair, said, _strategy(old), "ALL_AT_ONCE")
    elif old:
        yield from _deployment(pair)
    old, new = pair.both("RetainAllVariantProperties")
    if old is True and new is not True:
        said = "an update sets the number of machines back to the start"
        yield _finding("scale-not-retained", pair, said, "on", "off")


def _deployment(pair: Pair) -> Iterator[Finding]:
    old, new = (look(tree, "DeploymentConfig") for tree in (pair.old, pair.new))
    was, now = _strategy(old), _strategy(new)
    if was != now and now == "ALL_AT_ONCE":
        yield _finding("canary-off", pair, "a new version takes all traffic at once", was, now)
    alarms = [set(_alarms(tree)) for tree in (old, new)]
    if lost := sorted(alarms[0] - alarms[1]):
        said = f"no longer rolls an update back: {', '.join(lost)}"
        yield _finding("rollback-alarm-removed", pair, said, "rolls back", "-")
    for size in ("CanarySize/Value", "LinearStepSize/Value"):
        first, then = pair.both(f"{_ROUTING}/{size}")
        if _is_number(first, then) and then > first:
            yield _finding("canary-widened", pair, "more traffic tries a new version", first, then)
    first, then = pair.both(f"{_ROUTING}/WaitIntervalInSeconds")
    if _is_number(first, then) and then < first:
        yield _finding("canary-shortened", pair, "a new version is watched shorter", first, then)


def _strategy(config: Any) -> str:
    if look(config, "RollingUpdatePolicy"):
        return "ROLLING"
    return str(look(config, "BlueGreenUpdatePolicy/TrafficRoutingConfiguration/Type"))


def _alarms(config: Any) -> Iterator[str]:
    for alarm in look(config, "AutoRollbackConfiguration/Alarms") or []:
        yield str(alarm["AlarmName"])


def _logged(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("LoggingConfiguration")
    if old and not new:
        yield _finding("log-removed", pair, "its access is no longer logged", "logged", "-")


def _machine(pair: Pair) -> Iterator[Finding]:
    yield from _logged(pair)
    was, now = pair.both("LoggingConfiguration/Level")
    if was == "ALL" and now != "ALL" and now is not None:
        yield _finding("log-removed", pair, "executions are logged in part", was, now)
    for path, (first, then) in pair.changed.items():
        _, _, state = path.partition("/States/")
        if state.startswith("Gate") and then is not None and first is not None:
            yield _finding("gate-changed", pair, f"which versions pass: {state}", first, then)


def _rule(pair: Pair) -> Iterator[Finding]:
    if pair.both("State")[0] != "DISABLED" and pair.both("State")[1] == "DISABLED":
        yield _finding("trigger-off", pair, "it no longer starts anything", "on", "off")
    for path, (old, new) in pair.changed.items():
        if "DeadLetterConfig" in path and old and not new:
            yield _finding("dead-letters-off", pair, "events that fail are lost", old, "-")


def _notebook(pair: Pair) -> Iterator[Finding]:
    old, new = pair.both("LifecycleConfigName")
    if old and not new:
        yield _finding("auto-stop-removed", pair, "it no longer stops when idle", old, "-")
    key = "InstanceMetadataServiceConfiguration/MinimumInstanceMetadataServiceVersion"
    if pair.both(key)[0] == "2" and pair.both(key)[1] != "2":
        yield _finding("metadata-v1", pair, "its metadata answers without a token", "2", "1")


def _budget(pair: Pair) -> Iterator[Finding]:
    was, now = (look(tree, "Budget/BudgetLimit/Amount") for tree in (pair.old, pair.new))
    if _is_number(was, now) and now > was:
        yield _finding("budget-raised", pair, "a bigger bill raises no warning", was, now)


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


_CHECKS: Mapping[str, Callable[[Pair], Iterator[Finding]]] = {
    "AWS::Budgets::Budget": _budget,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Events::Rule": _rule,
    "AWS::S3::Bucket": _logged,
    "AWS::SageMaker::Endpoint": _endpoint,
    "AWS::SageMaker::NotebookInstance": _notebook,
    "AWS::Scheduler::Schedule": _rule,
    "AWS::StepFunctions::StateMachine": _machine,
}
