"""Which action and which resource a role needs for a call."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.cloudcontrol.api import UPDATED
from sandbox.iam.permissions import PASSED, Call, needed
from sandbox.operations import checked
from sandbox.requests import rest_operations

ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def needs(service: str, operation: str, **params: Any) -> list[tuple[str, list[str]]]:
    return needed(Call(service, operation, params, REGION, ROLE))


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("service", "parameter", "action", "resource"),
    [
        ("sagemaker", "TrainingJobName", "sagemaker:X", "training-job/n"),
        ("sagemaker", "ProcessingJobName", "sagemaker:X", "processing-job/n"),
        ("sagemaker", "TransformJobName", "sagemaker:X", "transform-job/n"),
        ("sagemaker", "HyperParameterTuningJobName", "sagemaker:X", "hyper-parameter-tuning-job/n"),
        ("sagemaker", "EndpointName", "sagemaker:X", "endpoint/n"),
        ("sagemaker", "EndpointConfigName", "sagemaker:X", "endpoint-config/n"),
        ("sagemaker", "ModelName", "sagemaker:X", "model/n"),
        ("sagemaker", "ModelPackageName", "sagemaker:X", "model-package/n"),
        ("sagemaker", "ModelPackageArn", "sagemaker:X", "model-package/n"),
        ("sagemaker-runtime", "EndpointName", "sagemaker:X", "endpoint/n"),
        ("ecr", "repositoryName", "ecr:X", "repository/n"),
        (
            *("cloudformation", "StackName", "cloudformation:X"),
            "stack/n/00000000-0000-0000-0000-000000000000",
        ),
        ("stepfunctions", "stateMachineArn", "states:X", "stateMachine:n"),
        ("stepfunctions", "executionArn", "states:X", "execution:n"),
        ("sns", "TopicArn", "sns:X", "n"),
        ("sts", "RoleArn", "sts:X", "n"),
        ("cloudwatch", "AlarmName", "cloudwatch:X", "alarm:n"),
        ("logs", "logGroupName", "logs:X", "log-group:n"),
    ],
)
def test_a_call_needs_its_action_on_what_it_names(
    service: str, parameter: str, action: str, resource: str
) -> None:
    whole = arn(action.partition(":")[0], resource)

    assert needs(service, "X", **{parameter: "n"}) == [(action, [whole])]
    assert needs(service, "X", **{parameter: whole}) == [(action, [whole])]
    assert needs(service, "X") == [(action, [])]
    assert needs(service, "X", **{parameter: ["n"]}) == [(action, [])]
    assert needs("other", "X", **{parameter: "n"}) == [("other:X", [])]


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("GetObject", "s3:GetObject"),
        ("HeadObject", "s3:GetObject"),
        ("ListObjects", "s3:ListBucket"),
        ("ListObjectsV2", "s3:ListBucket"),
        ("HeadBucket", "s3:ListBucket"),
        ("ListObjectVersions", "s3:ListBucketVersions"),
    ],
)
def test_an_operation_of_s3_needs_the_action_that_iam_calls_otherwise(
    operation: str, action: str
) -> None:
    assert needs("s3", operation, Bucket="b", Key="k") == [(action, ["arn:aws:s3:::b/k"])]
    assert needs("s3", operation, Bucket="b") == [(action, ["arn:aws:s3:::b"])]
    assert needs("s3", operation) == [(action, [])]


def test_a_copy_reads_and_writes() -> None:
    assert needs("s3", "CopyObject", Bucket="b", Key="k") == [
        ("s3:PutObject", ["arn:aws:s3:::b/k"]),
        ("s3:GetObject", []),
    ]


@pytest.mark.parametrize(
    ("service", "operation", "parameter"),
    [
        ("sagemaker", "CreateTrainingJob", "RoleArn"),
        ("sagemaker", "CreateProcessingJob", "RoleArn"),
        ("sagemaker", "CreateModel", "ExecutionRoleArn"),
        ("cloudformation", "CreateChangeSet", "RoleARN"),
        ("cloudformation", "CreateStack", "RoleARN"),
        ("cloudformation", "DeleteStack", "RoleARN"),
        ("cloudformation", "UpdateStack", "RoleARN"),
    ],
)
@pytest.mark.aws_row("R188", "R212")
def test_whoever_hands_on_a_role_needs_to_pass_it(
    service: str, operation: str, parameter: str
) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/other"

    assert ("iam:PassRole", [other]) in needs(service, operation, **{parameter: other})
    assert len(needs(service, operation)) == 1
    assert len(needs(service, "Other", **{parameter: other})) == 1


@pytest.mark.aws_row("R114")
def test_whoever_writes_tags_in_sagemaker_needs_an_action_of_its_own() -> None:
    job = arn("sagemaker", "training-job/n")

    assert needs("sagemaker", "X", TrainingJobName="n", Tags=[{"Key": "k"}]) == [
        ("sagemaker:X", [job]),
        ("sagemaker:AddTags", [job]),
    ]
    assert len(needs("sagemaker", "X", TrainingJobName="n", Tags=[])) == 1
    assert len(needs("ecr", "X", repositoryName="n", Tags=[{"Key": "k"}])) == 1


def test_a_version_that_does_not_exist_yet_is_named_by_its_group() -> None:
    expected = [arn("sagemaker", "model-package/g/1"), arn("sagemaker", "model-package-group/g")]

    assert needs("sagemaker", "X", ModelPackageGroupName="g")[0][1] == expected
    group = arn("sagemaker", "model-package-group/g")
    assert needs("sagemaker", "X", ModelPackageGroupName=group)[0][1] == expected


@pytest.mark.parametrize(
    ("service", "params", "resources"),
    [
        ("ssm", {"Name": "/a/b"}, ["parameter/a/b"]),
        ("ssm", {"Names": ["a", "/b"]}, ["parameter/a", "parameter/b"]),
        ("ssm", {"Name": 3}, []),
        ("s3", {"Bucket": 3, "Key": "k"}, []),
        ("events", {"Entries": [{"EventBusName": "b"}, {}]}, ["event-bus/b", "event-bus/default"]),
        ("events", {"Entries": []}, []),
        ("codebuild", {"projectName": "p"}, ["project/p"]),
        ("codebuild", {"id": "p:1234"}, ["project/p"]),
        ("codebuild", {"ids": ["p:1", "x/q:2"]}, ["project/p", "project/q"]),
        ("codebuild", {}, []),
    ],
)
def test_a_service_that_names_things_in_its_own_way(
    service: str, params: dict[str, Any], resources: list[str]
) -> None:
    assert needs(service, "X", **params) == [(f"{service}:X", [arn(service, r) for r in resources])]


def test_a_bus_by_its_address_stays_as_it_is() -> None:
    bus = arn("events", "event-bus/b")

    assert needs("events", "X", Entries=[{"EventBusName": bus}]) == [("events:X", [bus])]


def test_a_stream_needs_both_actions_that_are_documented() -> None:
    endpoint = arn("sagemaker", "endpoint/churn")
    found = needs(
        "sagemaker-runtime", "InvokeEndpointWithResponseStream", EndpointName="churn", Body=b""
    )

    assert found == [
        ("sagemaker:InvokeEndpointWithResponseStream", [endpoint]),
        ("sagemaker:InvokeEndpoint", [endpoint]),
    ]


@pytest.mark.parametrize("kind", UPDATED)
def test_an_update_by_cloud_control_needs_what_the_service_itself_would_ask_for(kind: str) -> None:
    (own, *services) = needs("cloudcontrol", "UpdateResource", TypeName=kind, Identifier="n")

    assert own == ("cloudformation:UpdateResource", [])
    assert services
    assert all(resources == [] for _, resources in services), "no name is an ARN: all are needed"


def test_an_update_of_a_state_machine_is_held_to_its_arn_and_passes_the_role_that_it_gets() -> None:
    machine = arn("states", "stateMachine:m")
    asked = {"TypeName": "AWS::StepFunctions::StateMachine", "Identifier": machine}
    patch = '[{"op": "replace", "path": "/RoleArn", "value": "arn:aws:iam::1:role/r"}]'

    found = needs("cloudcontrol", "UpdateResource", **asked, PatchDocument="[]")
    assert found[1:] == [("states:UpdateStateMachine", [machine])]
    for given in (patch, patch.replace("RoleArn", "\\u0052oleArn"), "no JSON"):
        with_role = needs("cloudcontrol", "UpdateResource", **asked, PatchDocument=given)
        assert with_role[2:] == [("iam:PassRole", [])]


def roles_of(shape: Any, path: str = "", seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The parameters of a request that name a role."""
    kind = shape.type_name if shape is not None else ""
    if kind == "list":
        yield from roles_of(shape.member, path, seen)
    if kind != "structure" or shape.name in seen:
        return
    for name, member in shape.members.items():
        if member.type_name == "string" and "role" in name.lower():
            yield path + name
        yield from roles_of(member, f"{path}{name}.", seen | {shape.name})


def test_every_operation_that_is_given_a_role_needs_the_right_to_pass_it() -> None:
    found = set()
    for service, operations in checked.names().items():
        model = rest_operations.model(service)
        for name in operations:
            if name in model.operation_names and service not in ("iam", "sts"):
                shape = model.operation_model(name).input_shape
                found |= {(service, name) for _ in roles_of(shape)}

    # A service-linked role needs none; of Cloud Control the patch is looked at.
    without = {
        ("application-autoscaling", "RegisterScalableTarget"),
        ("cloudcontrol", "UpdateResource"),
    }
    assert found - PASSED.keys() == without
