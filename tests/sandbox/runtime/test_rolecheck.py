from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.iam import role_check
from sandbox.iam.permissions import Call, needed
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, Cloud, allow, fresh

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def _read(key: str) -> dict[str, Any]:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": "bucket", "Key": key},
        "End": True,
    }
    return {"StartAt": "Read", "States": {"Read": state}}


def test_a_call_that_the_role_allows_is_made(empty_cloud: Cloud) -> None:
    empty_cloud.put("allowed/a.json", b"{}")
    role = empty_cloud.role(fresh("role"), allow("s3:GetObject", "arn:aws:s3:::bucket/allowed/*"))

    assert empty_cloud.run(_read("allowed/a.json"), role)["status"] == "SUCCEEDED"


def test_a_call_on_another_resource_is_denied_as_aws_denies_it(empty_cloud: Cloud) -> None:
    empty_cloud.put("secret/a.json", b"{}")
    role = empty_cloud.role(fresh("role"), allow("s3:GetObject", "arn:aws:s3:::bucket/allowed/*"))
    execution = empty_cloud.run(_read("secret/a.json"), role)

    assert execution["error"] == "S3.S3Exception"
    assert "is not authorized to perform: s3:GetObject" in execution["cause"]
    denial = role_check.Denial(role, "s3:GetObject", "arn:aws:s3:::bucket/secret/a.json")
    assert denial in role_check.DENIED


def test_a_role_without_the_action_is_denied(empty_cloud: Cloud) -> None:
    role = empty_cloud.role(fresh("role"), allow("s3:ListBucket"))

    assert empty_cloud.run(_read("any"), role)["error"] == "S3.S3Exception"


def test_a_role_that_does_not_exist_may_do_nothing(empty_cloud: Cloud) -> None:
    assert empty_cloud.run(_read("any"), _ROLE)["error"] == "S3.S3Exception"


def test_a_deny_wins_over_an_allow(empty_cloud: Cloud) -> None:
    deny = {"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/secret/*"}
    role = empty_cloud.role(fresh("role"), allow("s3:*"), deny)

    assert not role_check.allowed(role, "s3:GetObject", ["arn:aws:s3:::bucket/secret/a"])
    assert role_check.allowed(role, "s3:GetObject", ["arn:aws:s3:::bucket/open/a"])


def test_inline_policies_count_and_the_default_version_of_managed_ones(
    empty_cloud: Cloud,
) -> None:
    iam, name = empty_cloud.client("iam"), fresh("role")
    role = empty_cloud.role(name, allow("sns:Publish"))
    document = {"Version": "2012-10-17", "Statement": [allow("sqs:SendMessage")]}
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    document = {"Version": "2012-10-17", "Statement": [allow("ssm:GetParameter")]}
    iam.create_policy_version(
        PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        PolicyDocument=json.dumps(document),
        SetAsDefault=True,
    )

    assert role_check.allowed(role, "sqs:SendMessage", [])
    assert role_check.allowed(role, "ssm:GetParameter", [])
    assert not role_check.allowed(role, "sns:Publish", [])


def _bounded(cloud: Cloud, *boundary: dict[str, Any]) -> str:
    """A role that may read and write objects, within this boundary."""
    name = fresh("role")
    role = cloud.role(name, allow("s3:GetObject"), allow("s3:PutObject"))
    document = {"Version": "2012-10-17", "Statement": [*boundary]}
    made = cloud.client("iam").create_policy(
        PolicyName=f"{name}-boundary", PolicyDocument=json.dumps(document)
    )
    arn = made["Policy"]["Arn"]
    cloud.client("iam").put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    return role


def test_a_bounded_role_may_do_what_both_allow(empty_cloud: Cloud) -> None:
    here = "arn:aws:s3:::bucket/open/*"
    role = _bounded(empty_cloud, allow("s3:GetObject", here), allow("s3:DeleteObject"))

    assert role_check.allowed(role, "s3:GetObject", ["arn:aws:s3:::bucket/open/a"])
    assert not role_check.allowed(role, "s3:GetObject", ["arn:aws:s3:::bucket/secret/a"])
    assert not role_check.allowed(role, "s3:PutObject", ["arn:aws:s3:::bucket/open/a"])
    # A boundary grants nothing by itself.
    assert not role_check.allowed(role, "s3:DeleteObject", ["arn:aws:s3:::bucket/open/a"])


def test_a_boundary_that_refuses_wins_and_is_named_in_awss_words(empty_cloud: Cloud) -> None:
    empty_cloud.put("secret/a.json", b"{}")
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/secret/*"}
    role = _bounded(empty_cloud, allow("*"), deny)
    execution = empty_cloud.run(_read("secret/a.json"), role)

    assert execution["error"] == "S3.S3Exception"
    assert "with an explicit deny in a permissions boundary" in execution["cause"]


def test_a_role_whose_boundary_is_gone_may_do_nothing(empty_cloud: Cloud) -> None:
    role = _bounded(empty_cloud, allow("*"))
    gone = f"arn:aws:iam::{ACCOUNT}:policy/gone"
    empty_cloud.client("iam").put_role_permissions_boundary(
        RoleName=role.rpartition("/")[2], PermissionsBoundary=gone
    )

    assert not role_check.allowed(role, "s3:GetObject", ["arn:aws:s3:::bucket/open/a"])


def test_starting_a_job_needs_the_right_to_pass_its_role(cloud: Cloud) -> None:
    role = cloud.role(fresh("role"), allow(["sagemaker:*", "events:*"]))
    parameters = cloud.training(fresh("job"), {})
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    execution = cloud.run({"StartAt": "Train", "States": {"Train": state}}, role)

    assert execution["error"] == "SageMaker.AmazonSageMakerException"
    assert "iam:PassRole" in execution["cause"]


def test_waiting_for_a_job_needs_the_right_to_tag_it(cloud: Cloud) -> None:
    actions = ["sagemaker:CreateTrainingJob", "events:*", "iam:PassRole"]
    parameters = cloud.training(fresh("job"), {})
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    role = cloud.role(fresh("role"), allow(actions))
    execution = cloud.run({"StartAt": "Train", "States": {"Train": state}}, role)

    assert "sagemaker:AddTags" in execution["cause"]


_PULL = allow(
    ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/models",
)
_LIST = allow("s3:ListBucket", "arn:aws:s3:::bucket")
_READ = allow("s3:GetObject", "arn:aws:s3:::bucket/data/*")
_WRITE = allow("s3:PutObject", ["arn:aws:s3:::bucket/training/*", "arn:aws:s3:::bucket/check*"])


@pytest.mark.parametrize(
    ("statements", "missing"),
    [
        ([_PULL, _LIST, _READ, _WRITE], None),
        ([_LIST, _READ, _WRITE], "ecr:BatchGetImage"),
        ([_PULL, _READ, _WRITE], "s3:ListBucket"),
        ([_PULL, _LIST, _WRITE], "s3:GetObject"),
        ([_PULL, _LIST, _READ], "s3:PutObject"),
    ],
)
def test_a_job_can_do_what_its_role_allows_and_nothing_else(
    cloud: Cloud, statements: list[dict[str, Any]], missing: str | None
) -> None:
    request = cloud.training(fresh("job"), {})
    request["RoleArn"] = cloud.role(fresh("role"), *statements)
    cloud.client("sagemaker").create_training_job(**request)
    reason = cloud.ended(request["TrainingJobName"]).get("FailureReason")

    assert (reason is None) is (missing is None), reason
    assert missing is None or f"not authorized to perform: {missing}" in str(reason)


def test_an_endpoint_reads_its_model_only_if_its_role_may(cloud: Cloud) -> None:
    artifact = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
    sagemaker, name = cloud.client("sagemaker"), fresh("unreadable")
    sagemaker.create_model(
        ModelName=name,
        PrimaryContainer={"Image": cloud.image, "ModelDataUrl": artifact},
        ExecutionRoleArn=cloud.role(fresh("role"), _PULL),
    )
    row = {"VariantName": "V", "ModelName": name, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**row, "InstanceType": "ml.c5.large"}]
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    assert "s3:GetObject" in cloud.settled(name)["FailureReason"]


@pytest.mark.parametrize(
    ("service", "operation", "params", "resource"),
    [
        ("sagemaker", "DescribeEndpoint", {"EndpointName": "E"}, "sagemaker:{}:endpoint/E"),
        ("ssm", "PutParameter", {"Name": "/a/b"}, "ssm:{}:parameter/a/b"),
        ("ecr", "DescribeImages", {"repositoryName": "r"}, "ecr:{}:repository/r"),
        ("codebuild", "BatchGetBuilds", {"ids": ["p:1"]}, "codebuild:{}:project/p"),
        ("events", "PutEvents", {"Entries": [{}]}, "events:{}:event-bus/default"),
    ],
)
def test_the_resource_of_a_call_is_told_from_its_parameters(
    service: str, operation: str, params: dict[str, Any], resource: str
) -> None:
    ((action, resources),) = needed(Call(service, operation, params, REGION, _ROLE))

    assert action == f"{service}:{operation}"
    assert resources == ["arn:aws:" + resource.format(f"{REGION}:{ACCOUNT}")]


def test_a_stack_is_matched_whatever_its_id() -> None:
    call = Call("cloudformation", "UpdateStack", {"StackName": "S"}, REGION, _ROLE)
    ((_, (resource,)),) = needed(call)

    assert resource.startswith(f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/S/")
