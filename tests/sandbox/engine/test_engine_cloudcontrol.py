"""Cloud Control's UpdateResource, by which `cdk deploy --hotswap` changes what a stack made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.engine.stacks import Stacks, template

MACHINE, QUEUE = "AWS::StepFunctions::StateMachine", "AWS::SQS::Queue"


@pytest.fixture
def queue(stacks: Stacks) -> str:
    """A queue of the stack `app`, by its address."""
    properties = {"QueueName": "jobs", "VisibilityTimeout": 10, "MessageRetentionPeriod": 600}
    stacks.create("app", template({"Queue": (QUEUE, properties)}))
    return stacks.resources("app")["Queue"]


def _update(stacks: Stacks, identifier: str, *patch: dict[str, Any], kind: str = QUEUE) -> Any:
    document = json.dumps(patch)
    event = stacks.aws("cloudcontrol").update_resource(
        TypeName=kind, Identifier=identifier, PatchDocument=document
    )["ProgressEvent"]
    assert event["OperationStatus"] == "IN_PROGRESS"
    token = event["RequestToken"]
    found = stacks.aws("cloudcontrol").get_resource_request_status(RequestToken=token)
    return found["ProgressEvent"]


def _replace(name: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": f"/{name}", "value": value}


def _retention(stacks: Stacks, url: str) -> str:
    asked = {"QueueUrl": url, "AttributeNames": ["MessageRetentionPeriod"]}
    found = stacks.aws("sqs").get_queue_attributes(**asked)["Attributes"]
    return str(found["MessageRetentionPeriod"])


def test_an_update_is_made_and_the_stack_learns_of_it_by_drift_alone(
    stacks: Stacks, queue: str
) -> None:
    event = _update(stacks, queue, _replace("MessageRetentionPeriod", 900))

    assert (event["OperationStatus"], event["Identifier"]) == ("SUCCESS", queue)
    assert _retention(stacks, queue) == "900"
    assert stacks.status("app") == "CREATE_COMPLETE"
    formation = stacks.aws("cloudformation")
    formation.detect_stack_drift(StackName="app")
    (drift,) = formation.describe_stack_resource_drifts(StackName="app")["StackResourceDrifts"]
    assert [one["PropertyPath"] for one in drift["PropertyDifferences"]] == [
        "/MessageRetentionPeriod"
    ]


def test_an_update_leaves_what_was_changed_by_hand_before(stacks: Stacks, queue: str) -> None:
    by_hand = {"MessageRetentionPeriod": "1200"}
    stacks.aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes=by_hand)

    _update(stacks, queue, _replace("VisibilityTimeout", 20))

    assert _retention(stacks, queue) == "1200"


def test_an_update_that_the_service_refuses_is_told_afterwards(stacks: Stacks) -> None:
    service = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [service | {"Action": "sts:AssumeRole"}]}
    definition = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True}}})
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    made = {
        "Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust}),
        "Machine": (MACHINE, {"DefinitionString": definition, "RoleArn": role}),
    }
    assert stacks.create("app", template(made)) == "CREATE_COMPLETE"
    arn = stacks.resources("app")["Machine"]

    event = _update(stacks, arn, _replace("DefinitionString", "{}"), kind=MACHINE)

    assert event["OperationStatus"] == "FAILED"
    assert "InvalidDefinition" in event["StatusMessage"]
    machine = stacks.aws("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert machine["definition"] == definition


def test_a_resource_that_somebody_deleted_is_not_found(stacks: Stacks, queue: str) -> None:
    stacks.aws("sqs").delete_queue(QueueUrl=queue)

    with pytest.raises(ClientError, match="was not found"):
        _update(stacks, queue, _replace("MessageRetentionPeriod", 900))


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (QUEUE, "QueueName", "NotUpdatableException"),
        (QUEUE, "Tags", "UnsupportedActionException"),
        ("AWS::S3::Bucket", "VersioningConfiguration", "UnsupportedActionException"),
        ("AWS::CloudWatch::Alarm", "Threshold", "ResourceNotFoundException"),
    ],
)
def test_what_cannot_be_updated_is_refused_at_once(
    stacks: Stacks, queue: str, kind: str, name: str, code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        _update(stacks, queue, _replace(name, "x"), kind=kind)

    assert refused.value.response["Error"]["Code"] == code


def test_an_update_that_nobody_asked_for_is_not_found(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="'none' cannot be found"):
        stacks.aws("cloudcontrol").get_resource_request_status(RequestToken="none")
