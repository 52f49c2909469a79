"""The role for deployments trusts one place in one repository, and can do one thing."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from pydantic import ValidationError

from config.delivery import DeliveryConfig
from config.outputs import DEPLOY_ROLE_ARN
from stacks.delivery import add_delivery
from tests.templates.environments import add_stage, make_environment, new_app

GITHUB = "token.actions.githubusercontent.com"


def delivery(**settings: Any) -> dict[str, Any]:
    """The template of the stack for one repository."""
    table = {"provider": "github", "repository": "team/kiban", **settings}
    config = make_environment(environment="prod", delivery=table)
    stage = add_stage(new_app(), config)
    add_delivery(stage, config)
    stack = stage.node.find_child("Delivery")
    assert isinstance(stack, cdk.Stack)
    template: dict[str, Any] = dict(Template.from_stack(stack).to_json())
    return template


def only(template: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [body for body in template["Resources"].values() if body["Type"] == kind]
    assert len(found) == 1
    properties: dict[str, Any] = found[0]["Properties"]
    return properties


def trust(template: dict[str, Any]) -> dict[str, Any]:
    statements = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert len(statements) == 1
    statement: dict[str, Any] = statements[0]
    return statement


def test_github_is_trusted_for_exactly_one_repository_and_environment() -> None:
    statement = trust(delivery())

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(statement["Principal"]) == {"Federated"}
    assert statement["Condition"] == {
        "StringEquals": {
            f"{GITHUB}:aud": "sts.amazonaws.com",
            f"{GITHUB}:sub": "repo:team/kiban:environment:prod",
        }
    }


def test_gitlab_is_trusted_for_exactly_one_project_and_branch() -> None:
    statement = trust(delivery(provider="gitlab", repository="team/ml/kiban", branch="release"))

    assert statement["Condition"] == {
        "StringEquals": {
            "gitlab.com:aud": "https://gitlab.com",
            "gitlab.com:sub": "project_path:team/ml/kiban:ref_type:branch:ref:release",
        }
    }


def test_the_role_may_become_the_roles_of_the_bootstrap_and_describe_its_stacks() -> None:
    statements = only(delivery(), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]

    assert [statement["Action"] for statement in statements] == [
        "sts:AssumeRole",
        "cloudformation:DescribeStacks",
    ]
    assert "stack/kiban-prod-*/*" in str(statements[1]["Resource"])
    resources = str(statements[0]["Resource"])
    assert "*" not in resources
    for name in ("deploy", "file-publishing", "lookup"):
        assert f"role/cdk-hnb659fds-{name}-role-" in resources


def test_the_roles_are_those_of_the_bootstrap_that_the_app_is_synthesised_for() -> None:
    config = make_environment(delivery={"provider": "github", "repository": "team/kiban"})
    app = new_app()
    app.node.set_context("@aws-cdk/core:bootstrapQualifier", "other1")
    stage = add_stage(app, config)
    add_delivery(stage, config)
    stack = stage.node.find_child("Delivery")
    assert isinstance(stack, cdk.Stack)

    template = dict(Template.from_stack(stack).to_json())

    statement = only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"][0]
    assert "role/cdk-other1-deploy-role-" in str(statement["Resource"])
    version = template["Parameters"]["BootstrapVersion"]["Default"]
    assert version == "/cdk-bootstrap/other1/version"


def test_a_second_environment_of_an_account_uses_the_provider_of_the_first() -> None:
    template = delivery(creates_provider=False)

    kinds = {body["Type"] for body in template["Resources"].values()}
    assert "AWS::IAM::OIDCProvider" not in kinds
    assert f"oidc-provider/{GITHUB}" in str(trust(template)["Principal"])


def test_without_the_table_there_is_no_stack() -> None:
    config = make_environment()
    stage = add_stage(new_app(), config)

    add_delivery(stage, config)

    assert stage.node.try_find_child("Delivery") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"repository": "kiban"},
        {"repository": "team/*"},
        {"repository": "team/kiban:ref:refs/heads/main"},
        {"environment": "*"},
        {"branch": "*"},
        {"provider": "bitbucket"},
    ],
)
def test_a_trust_wider_than_one_place_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        DeliveryConfig.model_validate({"provider": "github", "repository": "a/b", **changes})


def test_the_pipeline_is_told_which_role_to_assume() -> None:
    told = delivery()["Outputs"]

    assert [*told] == [DEPLOY_ROLE_ARN]
    assert told[DEPLOY_ROLE_ARN]["Value"]["Fn::GetAtt"][1] == "Arn"


@pytest.mark.parametrize(
    ("provider", "url", "audience"),
    [
        ("github", f"https://{GITHUB}", "sts.amazonaws.com"),
        ("gitlab", "https://gitlab.com", "https://gitlab.com"),
    ],
)
def test_the_account_trusts_the_tokens_of_one_issuer_for_one_audience(
    provider: str, url: str, audience: str
) -> None:
    template = delivery(provider=provider)
    issuer = only(template, "AWS::IAM::OIDCProvider")

    assert (issuer["Url"], issuer["ClientIdList"]) == (url, [audience])
    (attached,) = only(template, "AWS::IAM::Role")["ManagedPolicyArns"]
    assert attached["Ref"].startswith("Role")


def test_a_file_names_another_environment_of_its_repository() -> None:
    conditions = trust(delivery(environment="live"))["Condition"]["StringEquals"]

    assert conditions[f"{GITHUB}:sub"] == "repo:team/kiban:environment:live"
