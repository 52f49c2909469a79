"""What another account may read of a model it deploys, in the four places that have to agree."""

from typing import Any

import pytest
from pydantic import ValidationError

from app import add_stacks
from compare.plain import plain
from compare.synthesis import documents
from tests.templates.environments import make_environment

STRANGER = "222233334444"
OTHER = "333344445555"


def statements(*accounts: str) -> dict[str, list[dict[str, Any]]]:
    """Every statement about another account, by the type of what carries it."""
    models = {"fraud": {"gate": {"minimum": 0.8}}}
    config = make_environment(sharing={"accounts": list(accounts)}, models=models)
    found: dict[str, list[dict[str, Any]]] = {}
    for stack in plain(documents(config, add_stacks), config).values():
        for resource in stack["Resources"].values():
            for document in ("PolicyDocument", "KeyPolicy", "RepositoryPolicyText"):
                policy = resource["Properties"].get(document, {})
                shared = [one for one in policy.get("Statement", []) if is_about_others(one)]
                if shared:
                    found.setdefault(resource["Type"], []).extend(shared)
            group = resource["Properties"].get("ModelPackageGroupPolicy")
            if group:
                found.setdefault(resource["Type"], []).extend(group["Statement"])
    return found


def is_about_others(statement: dict[str, Any]) -> bool:
    """A statement for accounts; services and our own roles have statements of their own."""
    return str(statement.get("Sid", "")).startswith("Shared")


def test_without_sharing_nothing_is_open_to_another_account() -> None:
    assert statements() == {}


def test_sharing_changes_four_policies_together() -> None:
    assert set(statements(STRANGER)) == {
        "AWS::ECR::Repository",
        "AWS::KMS::Key",
        "AWS::S3::BucketPolicy",
        "AWS::SageMaker::ModelPackageGroup",
    }


@pytest.mark.parametrize("accounts", [(STRANGER,), (STRANGER, OTHER)])
def test_only_the_named_accounts_are_admitted(accounts: tuple[str, ...]) -> None:
    arns = [f"arn:<partition>:iam::{account}:root" for account in accounts]
    expected = arns if len(arns) > 1 else arns[0]

    for kind, found in statements(*accounts).items():
        assert [one["Principal"] for one in found] == [{"AWS": expected}] * len(found), kind


def test_another_account_may_read_and_change_nothing() -> None:
    allowed = {
        action
        for found in statements(STRANGER).values()
        for one in found
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }

    assert allowed == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "kms:Decrypt",
        "s3:GetObject",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeModelPackageGroup",
        "sagemaker:ListModelPackages",
    }


def test_only_what_trainings_left_may_be_read() -> None:
    (one,) = statements(STRANGER)["AWS::S3::BucketPolicy"]

    assert {arn.partition("}/")[2] for arn in one["Resource"]} == {
        "churn/training/*",
        "churn/evaluation/*",
        "fraud/training/*",
        "fraud/evaluation/*",
    }


def test_the_key_decrypts_for_another_account_through_s3_only() -> None:
    (one,) = statements(STRANGER)["AWS::KMS::Key"]

    assert one["Condition"] == {"StringEquals": {"kms:ViaService": "s3.<region>.<suffix>"}}


def test_a_group_is_shared_with_its_own_versions_only() -> None:
    first, second = statements(STRANGER)["AWS::SageMaker::ModelPackageGroup"]

    for statement, model in ((first, "churn"), (second, "fraud")):
        assert [arn.rpartition(":")[2] for arn in statement["Resource"]] == [
            f"model-package-group/<stage>-{model}",
            f"model-package/<stage>-{model}/*",
        ]


@pytest.mark.parametrize(
    ("platform", "accounts", "told"),
    [
        ({}, [STRANGER, STRANGER], f"account {STRANGER} is named twice"),
        ({"account": STRANGER}, [STRANGER], "the environment's own account"),
        ({}, ["12"], "String should match pattern"),
    ],
)
def test_sharing_that_cannot_be_meant_is_refused(
    platform: dict[str, str], accounts: list[str], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        make_environment(platform=platform, sharing={"accounts": accounts})
