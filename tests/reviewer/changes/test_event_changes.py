"""Other events and other times are named: more, fewer, and those that a rule makes itself."""

import json
from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.event_changes import is_within
from tests.reviewer.handmade import environment, findings, stack, told

RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
NARROW = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["data"]}}}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (NARROW, {"source": ["aws.s3"]}),
        (NARROW, {**NARROW, "source": ["aws.s3", "aws.states"]}),
        (NARROW, {**NARROW, "source": [{"prefix": ""}]}),
        ({"key": ["churn/a"]}, {"key": [{"prefix": "churn/"}]}),
        ({"key": [{"prefix": "churn/"}]}, {"key": [{"prefix": "c"}]}),
        ({"key": [{"wildcard": "churn/*"}]}, {"key": [{"wildcard": "*"}]}),
    ],
)
def test_a_pattern_that_matches_more_is_wider(narrow: dict[str, Any], wide: dict[str, Any]) -> None:
    assert is_within(narrow, wide) and not is_within(wide, narrow)
    few, many = ({"EventPattern": pattern} for pattern in (narrow, wide))

    assert [rule for rule, *_ in told(RULE, few, many)] == ["event-pattern-widened"]
    assert [rule for rule, *_ in told(RULE, many, few)] == ["event-pattern-narrowed"]


@pytest.mark.parametrize(
    "other", [{"source": ["aws.ec2"]}, {"source": [{"anything-but": ["aws.s3"]}]}, None]
)
def test_other_events_are_named(other: Any) -> None:
    new = {} if other is None else {"EventPattern": other}

    assert [rule for rule, *_ in told(RULE, {"EventPattern": NARROW}, new)] == [
        "event-pattern-changed"
    ]


def test_the_order_of_what_matches_means_nothing_but_that_of_bounds_does() -> None:
    def asked(old: list[Any], new: list[Any]) -> list[bool]:
        sides = [{"EventPattern": {"detail": {"a": items}}} for items in (old, new)]
        before, after = (environment(stack({"It": _rule(**side)})) for side in sides)
        return [one.needs_person for one in findings(before, after)]

    assert asked(["a", "b"], ["b", "a"]) == [False]
    assert asked([{"numeric": [">", 0, "<", 5]}], [{"numeric": ["<", 0, ">", 5]}]) == [True]


def _rule(**properties: Any) -> dict[str, Any]:
    return {"Type": RULE, "Properties": properties}


def _trained(pattern: dict[str, Any] | None) -> Assembly:
    """A rule that starts an intake that starts a training that writes to the bucket `Models`."""
    job = {"OutputDataConfig": {"S3OutputPath": "s3://${Models}/churn"}}
    training = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Arguments": job,
    }
    started = {"StateMachineArn": "${Training}"}
    resources: dict[str, Any] = {
        "Models": {"Type": "AWS::S3::Bucket", "Properties": _CLOSED},
        "Training": _machine({"Train": training}),
        "Intake": _machine({"Start": {"Type": "Task", "Resource": "x", "Arguments": started}}),
    }
    if pattern is not None:
        target = {"Id": "Intake", "Arn": {"Fn::GetAtt": ["Intake", "Arn"]}}
        resources["It"] = _rule(EventPattern=pattern, Targets=[target])
    return environment(stack(resources))


_CLOSED = {
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
}


def _machine(states: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps({"States": states})
    kind = "AWS::StepFunctions::StateMachine"
    return {"Type": kind, "Properties": {"DefinitionString": {"Fn::Sub": text}}}


_DATA = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["data"]}}}
_OWN = {"source": ["aws.s3"], "detail": {"bucket": {"name": [{"Ref": "Models"}]}}}
_JOBS = {"source": ["aws.sagemaker"]}


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (_OWN, "it writes to {Storage/Models}"),
        ({"source": ["aws.s3"]}, "it writes to {Storage/Models}"),
        (_JOBS, "it calls createTrainingJob.sync"),
        ({"source": ["aws.states"]}, "each execution is an event"),
        ({"detail-type": ["Anything"]}, "each execution is an event"),
    ],
)
@pytest.mark.parametrize("before", [_DATA, None])
def test_a_rule_that_starts_itself_is_named(pattern: Any, reason: str, before: Any) -> None:
    found = findings(_trained(before), _trained(pattern), "cost")

    said = f"what it starts may start it again, without an end: {reason}"
    assert [(one.rule, one.said) for one in found] == [("event-starts-itself", said)]


def test_a_rule_that_waits_for_others_does_not_start_itself() -> None:
    assert findings(_trained(None), _trained(_DATA), "cost") == []
    assert findings(_trained(_JOBS), _trained({**_JOBS, "detail-type": ["a"]}), "cost") == []


@pytest.mark.parametrize(
    ("seldom", "often"),
    [("rate(1 day)", "rate(1 hour)"), ("rate(2 hours)", "rate(90 minutes)")],
)
def test_another_rate_says_in_which_direction(seldom: str, often: str) -> None:
    slow, fast = ({"ScheduleExpression": one} for one in (seldom, often))

    assert told(SCHEDULE, slow, fast) == [("schedule-more-often", seldom, often)]
    assert told(SCHEDULE, fast, slow) == [("schedule-less-often", often, seldom)]


def test_another_time_of_day_is_named() -> None:
    old, new = ({"ScheduleExpression": f"cron(0 {hour} * * ? *)"} for hour in (3, 4))

    assert [rule for rule, *_ in told(SCHEDULE, old, new)] == ["schedule-changed"]


@pytest.mark.parametrize("kind", [RULE, SCHEDULE])
def test_what_starts_something_asks_when_it_comes_and_goes(kind: str) -> None:
    areas = ("resources", "safety")

    assert told(kind, None, {"State": "ENABLED"}, *areas) == [("trigger-added", "-", "there")]
    assert "trigger-removed" in {rule for rule, *_ in told(kind, {}, None, *areas)}
