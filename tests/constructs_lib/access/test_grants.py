"""What a grant gives: exact actions on exact resources, answered for where a wildcard is left."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Validations
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from constructs_lib.access.permissions import Permissions
from constructs_lib.images.image_grants import ImageGrants
from constructs_lib.storage.bucket_grants import BucketGrants
from constructs_lib.storage.key_grants import KeyGrants
from stacks.platform import Platform
from tests.templates.environments import add_platform, add_stage, make_environment, new_app

Statements = list[dict[str, Any]]
Granting = Callable[[Platform, Permissions], object]


def granted(*grants: Granting) -> tuple[Statements, iam.ManagedPolicy]:
    """The statements of a policy in another stack after `grants`."""
    config = make_environment()
    stage = add_stage(new_app(), config)
    platform = add_platform(stage, config)
    stack = cdk.Stack(stage, "Grantee")
    permissions = Permissions(stack)
    for grant in grants:
        grant(platform, permissions)
    policy = permissions.make_policy(stack, "Policy", purpose="Takes grants in a test")
    template = Template.from_stack(stack).to_json()
    (statements,) = (
        body["Properties"]["PolicyDocument"]["Statement"]
        for body in template["Resources"].values()
        if body["Type"] == "AWS::IAM::ManagedPolicy"
    )
    return statements, policy


def actions(statements: Statements) -> set[str]:
    """Every action of `statements`, where IAM writes a list of one as the one."""
    listed: list[Sequence[str]] = [
        [one["Action"]] if isinstance(one["Action"], str) else one["Action"] for one in statements
    ]
    return {action for some in listed for action in some}


def reasons(policy: iam.ManagedPolicy) -> dict[str, str]:
    """What was acknowledged on the policy."""
    return {
        finding: reason
        for entry in policy.node.metadata
        if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY
        for finding, reason in entry.data.items()
    }


def test_reading_a_prefix_is_not_reading_the_bucket() -> None:
    statements, _ = granted(lambda p, who: p.storage.data.grant_read_prefix(who, "churn/"))

    assert actions(statements) == {"s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"}
    (listing,) = (one for one in statements if one["Action"] == "s3:ListBucket")
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "churn/*"}}
    (reading,) = (one for one in statements if one["Action"] == "s3:GetObject")
    assert json.dumps(reading["Resource"]).endswith('"/churn/*"]]}')


def test_writing_a_prefix_is_neither_reading_nor_deleting() -> None:
    statements, _ = granted(lambda p, who: p.storage.artifacts.grant_write_prefix(who, "churn/"))

    assert actions(statements) == {
        "s3:AbortMultipartUpload",
        "s3:GetBucketLocation",
        "s3:PutObject",
    }


def test_a_grant_on_a_bucket_leaves_the_key_alone() -> None:
    statements, _ = granted(lambda p, who: p.storage.data.grant_read_prefix(who, "churn/"))

    assert not [action for action in actions(statements) if action.startswith("kms:")]


def test_a_prefix_is_answered_for_with_the_call_that_needs_it() -> None:
    _, policy = granted(lambda p, who: p.storage.data.grant_read_prefix(who, "churn/"))

    ((finding, reason),) = reasons(policy).items()
    assert finding.startswith("AwsSolutions::AwsSolutions-IAM5[Resource::kiban-test-Storage:")
    assert finding.endswith("/churn/*]")
    assert reason.startswith("s3:GetObject")


@pytest.mark.parametrize(
    ("grant", "wanted"),
    [
        (lambda p, who: p.storage.key.grant_use(who), {"kms:Decrypt", "kms:GenerateDataKey"}),
        (lambda p, who: p.storage.key.grant_decrypt_only(who), {"kms:Decrypt"}),
        (
            lambda p, who: p.storage.key.grant_for_volumes(who),
            {"kms:CreateGrant", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"},
        ),
        (lambda p, who: p.registry.repository.grant_describe(who), {"ecr:DescribeImages"}),
        (
            lambda p, who: p.registry.repository.grant_pull(who),
            {
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetAuthorizationToken",
                "ecr:GetDownloadUrlForLayer",
            },
        ),
        (
            lambda p, who: p.registry.repository.grant_push(who),
            {
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:GetAuthorizationToken",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            },
        ),
        (
            lambda p, who: p.registry.image_build.grant_start(who),
            {"codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"},
        ),
        (
            lambda p, who: p.monitoring.topic.grant_publish_alert(who),
            {"kms:Decrypt", "kms:GenerateDataKey", "sns:Publish"},
        ),
    ],
    ids=["use", "decrypt", "volumes", "describe", "pull", "push", "build", "notice"],
)
def test_a_grant_is_exactly_its_calls(grant: Granting, wanted: set[str]) -> None:
    statements, _ = granted(grant)

    assert actions(statements) == wanted


def test_volumes_are_attached_by_aws_only() -> None:
    statements, _ = granted(lambda p, who: p.storage.key.grant_for_volumes(who))

    (creating,) = (one for one in statements if one["Action"] == "kms:CreateGrant")
    assert creating["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_only_signing_in_to_the_registry_has_no_resource() -> None:
    statements, policy = granted(lambda p, who: p.registry.repository.grant_pull(who))

    wide = [one["Action"] for one in statements if one["Resource"] == "*"]
    assert wide == ["ecr:GetAuthorizationToken"]
    assert list(reasons(policy)) == ["AwsSolutions::AwsSolutions-IAM5[Resource::*]"]


def test_a_wildcard_within_the_stack_is_named_after_the_resource() -> None:
    stack = cdk.Stack(new_app(), "Alone")
    permissions = Permissions(stack)
    arn = stack.format_arn(service="sagemaker", resource="training-job", resource_name="churn-*")

    permissions.acknowledge_wildcard(arn, "because")

    (finding,) = reasons(permissions.make_policy(stack, "Policy", purpose="Holds a wildcard"))
    assert "<AWS::Region>:<AWS::AccountId>:training-job/churn-*]" in finding


def test_each_wildcard_keeps_its_own_reason() -> None:
    stack = cdk.Stack(new_app(), "Alone")
    permissions = Permissions(stack)

    permissions.acknowledge_wildcard("*", "the first call takes no resource")
    permissions.acknowledge_wildcard(f"arn:aws:s3:::{stack.account}/*", "objects come later")

    found = reasons(permissions.make_policy(stack, "Policy", purpose="Holds two wildcards"))
    assert found == {
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "the first call takes no resource",
        "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:s3:::<AWS::AccountId>/*]": (
            "objects come later"
        ),
    }


def test_a_wildcard_that_cannot_be_named_is_refused() -> None:
    stack = cdk.Stack(new_app(), "Alone")
    permissions = Permissions(stack)
    permissions.acknowledge_wildcard(cdk.Fn.select(0, cdk.Fn.get_azs()), "because")

    with pytest.raises(TypeError, match="write the ARN with references"):
        permissions.make_policy(stack, "Policy", purpose="Holds a wildcard")


@pytest.mark.parametrize(
    "late",
    [
        lambda permissions: permissions.allow(["s3:GetObject"], ["*"]),
        lambda permissions: permissions.acknowledge_wildcard("*", "because"),
        lambda permissions: permissions.make_policy(
            permissions.stack, "Second", purpose="Comes late"
        ),
    ],
    ids=["grant", "reason", "policy"],
)
def test_what_comes_after_the_policy_is_refused_and_not_lost(
    late: Callable[[Permissions], object],
) -> None:
    stack = cdk.Stack(new_app(), "Alone")
    permissions = Permissions(stack)
    permissions.make_policy(stack, "Policy", purpose="Is made")

    with pytest.raises(RuntimeError, match="grant first, then make the role"):
        late(permissions)


@pytest.mark.parametrize("grants", [KeyGrants, BucketGrants, ImageGrants])
def test_grants_without_a_resource_are_refused_in_an_empty_subclass_too(grants: type) -> None:
    incomplete = type("Incomplete", (grants,), {})

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        incomplete()


def test_grants_answer_with_the_arn_of_the_resource_they_are_made_from() -> None:
    stack = cdk.Stack(new_app(), "Alone")
    repository = ecr.Repository.from_repository_name(stack, "Repository", "models")
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "models")
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:111122223333:key/one")

    assert ImageGrants(repository).arn == repository.repository_arn
    assert BucketGrants(bucket).arn == bucket.bucket_arn
    assert KeyGrants(key).arn == key.key_arn
