import json
from typing import Any

import pytest

from tests.templates.event_rules import ALARMS, matches, rules
from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks


def arrival(key: str, *, version: str = "v-1", bucket: str = "data") -> dict[str, Any]:
    return {
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key, "version-id": version}},
    }


def alarm(name: str, state: str, identity: str = "1") -> dict[str, Any]:
    return {
        "id": identity,
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"alarmName": name, "state": {"value": state}},
    }


def started(event: dict[str, Any]) -> dict[str, Any]:
    """What the intake asks Step Functions for."""
    states = model_stacks(training=ALARMS).definition("intake")["States"]
    then = decide(states["WhatHappened"], states={"input": event})
    return dict(value(states[then]["Arguments"], states={"input": event}))


@pytest.mark.parametrize("version", ["v1", "2026-11-23", "a b"])
def test_a_marker_of_a_data_version_starts_a_training(version: str) -> None:
    event = arrival(f"churn/{version}/_READY")

    assert matches(rules(model_stacks())["aws.s3"], event)
    assert json.loads(started(event)["Input"]) == {"Reason": "data", "DataVersion": version}


@pytest.mark.parametrize(
    "key",
    [
        "churn/v1/train/rows.csv",
        "churn/v1/_READY.csv",
        "churn/_READY",
        "churner/v1/_READY",
        "other/churn/v1/_READY",
        "churn/training/job/output/model.tar.gz",
    ],
)
def test_no_other_object_matches_the_rule(key: str) -> None:
    assert not matches(rules(model_stacks())["aws.s3"], arrival(key))


def test_a_marker_in_another_bucket_matches_nothing() -> None:
    assert not matches(rules(model_stacks())["aws.s3"], arrival("churn/v1/_READY", bucket="logs"))


@pytest.mark.parametrize("key", ["churn/v1/deep/_READY", "churn//_READY"])
def test_a_marker_in_the_wrong_depth_starts_nothing(key: str) -> None:
    choice = model_stacks().definition("intake")["States"]["WhatHappened"]

    assert decide(choice, states={"input": arrival(key)}) == "NotForUs"


def test_the_same_upload_twice_is_one_name_and_a_new_upload_another() -> None:
    first, again, later = (
        started(arrival("churn/v1/_READY", version=version))["Name"]
        for version in ("v-1", "v-1", "v-2")
    )

    assert first == again
    assert first != later
    assert len(first) <= 80
    assert first.isalnum()


def test_a_name_that_is_known_is_success() -> None:
    states = model_stacks().definition("intake")["States"]

    for name in ("TrainOnData", "TrainOnAlarm"):
        caught = {e: c["Next"] for c in states[name]["Catch"] for e in c["ErrorEquals"]}
        assert caught == {"Sfn.ExecutionAlreadyExistsException": "StartedBefore"}
    assert states["StartedBefore"]["Type"] == "Succeed"


def test_an_alarm_of_the_file_trains_once_each_time_it_goes_off() -> None:
    rule = rules(model_stacks(training=ALARMS))["aws.cloudwatch"]

    assert matches(rule, alarm("churn-drift", "ALARM"))
    request = started(alarm("churn-drift", "ALARM", "1"))
    assert json.loads(request["Input"]) == {"Reason": "alarm churn-drift"}
    assert request["Name"] != started(alarm("churn-drift", "ALARM", "2"))["Name"]


@pytest.mark.parametrize("event", [alarm("churn-drift", "OK"), alarm("other", "ALARM")])
def test_other_alarms_and_recoveries_train_nothing(event: dict[str, Any]) -> None:
    assert not matches(rules(model_stacks(training=ALARMS))["aws.cloudwatch"], event)


@pytest.mark.parametrize(
    ("event", "other"),
    [
        (arrival("churn/v1/_READY"), "Object Deleted"),
        (alarm("churn-drift", "ALARM"), "CloudWatch Alarm Configuration Change"),
    ],
)
def test_an_event_of_another_kind_about_the_same_thing_starts_nothing(
    event: dict[str, Any], other: str
) -> None:
    rule = rules(model_stacks(training=ALARMS))[event["source"]]

    assert matches(rule, event)
    assert not matches(rule, event | {"detail-type": other})
    assert not matches(rule, event | {"source": "aws.other"})


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("Started", "started"),
        ("StartedBefore", "started before"),
        ("NotForUs", "not a marker of a data version"),
    ],
)
def test_an_intake_says_what_came_of_an_event(state: str, outcome: str) -> None:
    found = model_stacks().definition("intake")["States"][state]

    assert found["Output"] == {"Outcome": outcome}


def test_without_triggers_only_people_and_the_rollout_remain() -> None:
    stacks = model_stacks(training={"triggers": {"on_data": False}})

    assert set(rules(stacks)) == {"aws.sagemaker"}
    (sweep,) = stacks.trained("AWS::Scheduler::Schedule")
    assert sweep["Properties"]["ScheduleExpression"] == "rate(1 hour)"
