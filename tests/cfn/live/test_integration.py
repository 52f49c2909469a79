from typing import Any

import pytest

from cfn.live.readers import READERS
from tests.cfn.live.answers import Answers, read

TOPIC = {"Attributes": {"KmsMasterKeyId": "k", "DisplayName": "d", "Policy": '{"a": 1}'}}
QUEUE = {
    "Attributes": {
        "KmsMasterKeyId": "k",
        "MessageRetentionPeriod": "60",
        "RedrivePolicy": None,
        "Policy": '{"a": 1}',
    }
}
SCHEDULE = {
    "State": "ENABLED",
    "ScheduleExpression": "rate(1 day)",
    "ScheduleExpressionTimezone": "UTC",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "a"},
}


@pytest.mark.parametrize(
    ("kind", "operation", "answer", "expected"),
    [
        (
            "AWS::SNS::Topic",
            "get_topic_attributes",
            TOPIC,
            {"KmsMasterKeyId": "k", "DisplayName": "d"},
        ),
        ("AWS::SNS::TopicPolicy", "get_topic_attributes", TOPIC, {"PolicyDocument": {"a": 1}}),
        (
            "AWS::SQS::Queue",
            "get_queue_attributes",
            QUEUE,
            {"KmsMasterKeyId": "k", "MessageRetentionPeriod": "60", "RedrivePolicy": None},
        ),
        ("AWS::SQS::QueuePolicy", "get_queue_attributes", QUEUE, {"PolicyDocument": {"a": 1}}),
        ("AWS::Scheduler::Schedule", "get_schedule", {**SCHEDULE, "Name": "n"}, SCHEDULE),
        (
            "AWS::StepFunctions::StateMachine",
            "describe_state_machine",
            {
                "definition": '{"StartAt": "A"}',
                "roleArn": "r",
                "loggingConfiguration": {"destinations": [{"logGroupArn": "l"}]},
                "tracingConfiguration": {"enabled": True},
            },
            {
                "DefinitionString": {"StartAt": "A"},
                "RoleArn": "r",
                "LoggingConfiguration": {"Destinations": [{"LogGroupArn": "l"}]},
                "TracingConfiguration": {"Enabled": True},
            },
        ),
    ],
)
def test_a_resource_is_read_in_the_words_of_a_template(
    kind: str, operation: str, answer: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert read(kind, "one", **{operation: answer}) == expected


@pytest.mark.parametrize(
    ("identity", "bus", "name"), [("nightly", "default", "nightly"), ("own|told", "own", "told")]
)
def test_a_rule_is_one_of_its_bus(identity: str, bus: str, name: str) -> None:
    told = {"State": "ENABLED", "ScheduleExpression": None, "Description": "d"}
    aws = Answers(
        {
            "describe_rule": {**told, "EventPattern": '{"source": ["s"]}'},
            "list_targets_by_rule": {"Targets": [{"Id": "t"}]},
        }
    )

    assert READERS["AWS::Events::Rule"](aws, identity) == {
        **told,
        "EventPattern": {"source": ["s"]},
        "Targets": [{"Id": "t"}],
    }
    assert aws.asked == [
        ("events", "describe_rule", {"Name": name, "EventBusName": bus}),
        ("events", "list_targets_by_rule", {"Rule": name, "EventBusName": bus}),
    ]


@pytest.mark.parametrize("policy", [None, "", {}])
def test_a_policy_that_is_not_there_is_none(policy: Any) -> None:
    found = read(
        "AWS::SNS::TopicPolicy", "arn", get_topic_attributes={"Attributes": {"Policy": policy}}
    )

    assert found == {"PolicyDocument": None}


def test_a_role_is_read_with_all_that_is_attached_to_it() -> None:
    trust: dict[str, Any] = {"Statement": []}
    boundary = {"PermissionsBoundaryArn": "arn:b"}
    role = {
        "AssumeRolePolicyDocument": trust,
        "MaxSessionDuration": 3_600,
        "PermissionsBoundary": boundary,
        "Description": "d",
    }

    found = read(
        "AWS::IAM::Role",
        "job",
        get_role={"Role": role},
        list_attached_role_policies={"AttachedPolicies": [{"PolicyArn": "b"}, {"PolicyArn": "a"}]},
        list_role_policies={"PolicyNames": ["inline"]},
        get_role_policy={"PolicyDocument": {"a": 1}},
    )

    assert found == {
        "AssumeRolePolicyDocument": trust,
        "ManagedPolicyArns": ["a", "b"],
        "Policies": [{"PolicyName": "inline", "PolicyDocument": {"a": 1}}],
        "MaxSessionDuration": 3_600,
        "PermissionsBoundary": "arn:b",
        "Description": "d",
    }


def test_a_managed_policy_is_read_in_its_default_version() -> None:
    aws = Answers(
        {
            "get_policy": {"Policy": {"DefaultVersionId": "v3"}},
            "get_policy_version": {"PolicyVersion": {"Document": {"a": 1}}},
        }
    )

    assert READERS["AWS::IAM::ManagedPolicy"](aws, "arn:p") == {"PolicyDocument": {"a": 1}}
    assert aws.asked[1] == ("iam", "get_policy_version", {"PolicyArn": "arn:p", "VersionId": "v3"})
