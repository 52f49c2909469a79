"""A safeguard that is weakened is named with both values; one that is strengthened is not."""

from typing import Any

import pytest

from tests.reviewer.handmade import Told, findings, nested, one, told
from tests.templates.environments import merged

ALARM, ENDPOINT = "AWS::CloudWatch::Alarm", "AWS::SageMaker::Endpoint"
BUCKET, BUDGET = "AWS::S3::Bucket", "AWS::Budgets::Budget"
RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
MACHINE, NOTEBOOK = "AWS::StepFunctions::StateMachine", "AWS::SageMaker::NotebookInstance"
_POLICY = "DeploymentConfig/BlueGreenUpdatePolicy"
_ROUTING = f"{_POLICY}/TrafficRoutingConfiguration"
_METADATA = "InstanceMetadataServiceConfiguration/MinimumInstanceMetadataServiceVersion"


def changed(kind: str, path: str, old: Any, new: Any, **same: Any) -> list[Told]:
    """What is told when one property changes and the others stay."""
    return told(kind, merged(same, nested(path, old)), merged(same, nested(path, new)), "safety")


@pytest.mark.parametrize(
    ("kind", "path", "weak", "strong", "rule"),
    [
        (ENDPOINT, f"{_ROUTING}/CanarySize/Value", 50, 10, "canary-widened"),
        (ENDPOINT, f"{_ROUTING}/LinearStepSize/Value", 50, 10, "canary-widened"),
        (ENDPOINT, f"{_ROUTING}/WaitIntervalInSeconds", 60, 600, "canary-shortened"),
        (BUDGET, "Budget/BudgetLimit/Amount", 200, 100, "budget-raised"),
        (BUDGET, "Budget/BudgetLimit/Amount", 200.5, 200, "budget-raised"),
    ],
)
def test_a_number_that_protects_less_is_named(
    kind: str, path: str, weak: float, strong: float, rule: str
) -> None:
    assert changed(kind, path, strong, weak) == [(rule, str(strong), str(weak))]
    assert changed(kind, path, weak, strong) == []
    assert changed(kind, path, weak, weak, Tags=[]) == []


@pytest.mark.parametrize("value", [None, "{Parameter}", True])
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (ENDPOINT, f"{_ROUTING}/CanarySize/Value"),
        (ENDPOINT, f"{_ROUTING}/WaitIntervalInSeconds"),
        (BUDGET, "Budget/BudgetLimit/Amount"),
    ],
)
def test_what_is_no_number_is_not_compared_as_one(kind: str, path: str, value: Any) -> None:
    same = nested(f"{_ROUTING}/Type", "CANARY") if kind == ENDPOINT else {}

    for sides in ((value, 5), (5, value)):
        assert {rule for rule, *_ in changed(kind, path, *sides, **same)} <= {"rollout-changed"}


@pytest.mark.parametrize(
    ("kind", "path", "safe", "unsafe", "expected"),
    [
        (ENDPOINT, "RetainAllVariantProperties", True, False, ("scale-not-retained", "on", "off")),
        (ENDPOINT, "RetainAllVariantProperties", True, None, ("scale-not-retained", "on", "off")),
        (BUCKET, "LoggingConfiguration", {"A": 1}, None, ("log-removed", "logged", "-")),
        (RULE, "State", "ENABLED", "DISABLED", ("trigger-off", "on", "off")),
        (RULE, "State", None, "DISABLED", ("trigger-off", "on", "off")),
        (SCHEDULE, "State", "ENABLED", "DISABLED", ("trigger-off", "on", "off")),
        (RULE, "DeadLetterConfig/Arn", "queue", None, ("dead-letters-off", "queue", "-")),
        (SCHEDULE, "Target/DeadLetterConfig/Arn", "q", None, ("dead-letters-off", "q", "-")),
        (NOTEBOOK, "LifecycleConfigName", "stop", None, ("auto-stop-removed", "stop", "-")),
    ],
)
def test_a_safeguard_that_is_switched_off_is_named(
    kind: str, path: str, safe: Any, unsafe: Any, expected: Told
) -> None:
    assert changed(kind, path, safe, unsafe) == [expected]
    assert changed(kind, path, unsafe, safe) == []
    assert told(kind, nested(path, unsafe), {**nested(path, unsafe), "Name": "n"}, "safety") == []
    assert told(kind, nested(path, safe), {**nested(path, safe), "Name": "n"}, "safety") == []


@pytest.mark.parametrize("version", ["1", None])
def test_a_notebook_whose_metadata_needs_no_token_is_named(version: str | None) -> None:
    old, new = (nested(_METADATA, one) for one in ("2", version))

    assert told(NOTEBOOK, old, new, "exposure") == [("metadata-v1", "2", "1")]
    assert told(NOTEBOOK, new, old, "exposure") == []


def test_a_target_that_goes_away_loses_no_event() -> None:
    there = {"Arn": "arn:x", "DeadLetterConfig": {"Arn": "queue"}, "Id": "One", "RoleArn": "r"}
    old: dict[str, Any] = {"Targets": [there]}
    new: dict[str, Any] = {"Targets": []}
    lines = "Arn: arn:x\nDeadLetterConfig/Arn: queue\nId: One\nRoleArn: r"

    assert told(RULE, old, new, "safety", "data") == [("target-removed", lines, "-")]
    assert told(RULE, new, old, "safety", "data") == [("target-added", "-", lines)]


@pytest.mark.parametrize(("old", "new"), [("first", "second"), ("", None), (None, "first")])
def test_dead_letters_that_go_elsewhere_are_not_lost(old: Any, new: Any) -> None:
    assert changed(RULE, "DeadLetterConfig/Arn", old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("LINEAR", "ALL_AT_ONCE", [("canary-off", "LINEAR", "ALL_AT_ONCE")]),
        ("LINEAR", "CANARY", [("rollout-changed", "Type: LINEAR", "Type: CANARY")]),
        ("ALL_AT_ONCE", "LINEAR", [("rollout-changed", "Type: ALL_AT_ONCE", "Type: LINEAR")]),
        ("ALL_AT_ONCE", "ALL_AT_ONCE", []),
    ],
)
def test_only_all_at_once_is_no_canary(old: str, new: str, expected: list[Told]) -> None:
    assert changed(ENDPOINT, f"{_ROUTING}/Type", old, new, EndpointConfigName="c") == expected


def test_a_rolling_update_that_becomes_all_at_once_is_named() -> None:
    rolling = nested("DeploymentConfig/RollingUpdatePolicy/MaximumBatchSize/Value", 1)
    at_once = nested(f"{_ROUTING}/Type", "ALL_AT_ONCE")

    assert told(ENDPOINT, rolling, at_once, "safety") == [("canary-off", "ROLLING", "ALL_AT_ONCE")]
    assert told(ENDPOINT, rolling, {}, "safety") == [("canary-off", "ROLLING", "ALL_AT_ONCE")]
    assert told(ENDPOINT, {}, rolling, "safety") == [
        ("rollout-changed", "-", "RollingUpdatePolicy/MaximumBatchSize/Value: 1")
    ]


def test_an_alarm_that_rolls_nothing_back_any_more_is_named() -> None:
    both, less = (
        nested("DeploymentConfig/AutoRollbackConfiguration/Alarms", [{"AlarmName": n} for n in ns])
        for ns in (["errors", "latency"], ["latency"])
    )

    (lost,) = findings(one(ENDPOINT, both), one(ENDPOINT, less), "safety")
    assert (lost.rule, lost.said) == (
        "rollback-alarm-removed",
        "no longer rolls an update back: errors",
    )
    assert told(ENDPOINT, less, both, "safety") == []


def test_a_new_resource_loses_no_safeguard() -> None:
    for kind in (RULE, ALARM, NOTEBOOK, ENDPOINT):
        new = {"State": "DISABLED", "ActionsEnabled": False, "InstanceType": "ml.t3.medium"}
        assert told(kind, None, new, "safety") == []


def test_a_type_without_safeguards_may_change() -> None:
    assert told("AWS::SNS::Topic", {"TopicName": "a"}, {"TopicName": "b"}, "safety") == []


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (ALARM, {}, [("alarm-removed", "there", "-")]),
        (BUDGET, {}, [("budget-removed", "there", "-")]),
        (
            SCHEDULE,
            {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:stopNotebookInstance"}},
            [("auto-stop-removed", "", "")],
        ),
        (
            SCHEDULE,
            {"Target": {"Arn": "arn:aws:states:::machine"}},
            [("trigger-removed", "there", "-")],
        ),
        ("AWS::SNS::Topic", {"Target": {"Arn": "stopNotebookInstance"}}, []),
    ],
)
def test_a_safeguard_that_goes_away_is_named(
    kind: str, properties: dict[str, Any], expected: list[Told]
) -> None:
    assert told(kind, properties, None, "safety") == expected


def test_an_alarm_that_goes_away_says_what_it_was_for() -> None:
    (named,) = findings(one(ALARM, {"AlarmDescription": "Errors."}), one(ALARM, None), "safety")
    (unnamed,) = findings(one(ALARM, {}), one(ALARM, None), "safety")

    assert (named.said, unnamed.said) == ("an alarm goes away: Errors.", "an alarm goes away")


def _warning(threshold: int, *, operator: str = "GREATER_THAN", to: str = "t") -> dict[str, Any]:
    return {
        "Notification": {"Threshold": threshold, "ComparisonOperator": operator},
        "Subscribers": [{"Address": to}],
    }


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [
        ([_warning(80)], [_warning(50)], False),
        ([_warning(80)], [_warning(80), _warning(100)], False),
        ([_warning(80), _warning(100)], [_warning(100), _warning(80)], False),
        ([_warning(80)], [_warning(500)], True),
        ([_warning(80), _warning(100)], [_warning(80), _warning(500)], True),
        ([_warning(80), _warning(100)], [_warning(50), _warning(90)], False),
        ([_warning(80)], [], True),
        ([_warning(80)], [_warning(80), _warning(80, to="someone@example.org")], True),
        ([_warning(80)], [_warning(80, to="someone@example.org")], True),
        ([_warning(80, operator="LESS_THAN")], [_warning(50, operator="LESS_THAN")], True),
        ([_warning(80)], 1, True),
    ],
)
def test_a_budget_that_warns_earlier_is_quiet_and_another_asks(
    old: Any, new: Any, asks: bool
) -> None:
    name = "NotificationsWithSubscribers"

    found = findings(one(BUDGET, {name: old}), one(BUDGET, {name: new}), "safety")

    assert [(it.rule, it.needs_person) for it in found] == [("budget-warns-otherwise", asks)]
