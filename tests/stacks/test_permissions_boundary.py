"""With a permissions boundary in the file, every role carries it; without one, none does."""

from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources
from aws_cdk.assertions import Template

from app import add_stacks
from compare.synthesis import documents
from config.loader import environment_names, load_environment
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.templates.environments import ACCOUNT, make_environment, new_app

BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/teams/boundary"
HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User")


def bounded(config: EnvironmentConfig) -> EnvironmentConfig:
    platform = config.platform.model_copy(update={"permissions_boundary": BOUNDARY})
    return config.model_copy(update={"platform": platform})


def whole() -> EnvironmentConfig:
    """Every kind of stack there is, with everything in it that needs a role."""
    schedule = {"triggers": {"schedule": {"cron": "0 3 ? * SUN *"}, "alarms": ["returns"]}}
    return make_environment(
        network={"mode": "private"},
        delivery={"repository": "team/kiban", "provider": "github"},
        sharing={"accounts": ["444455556666"]},
        models={"churn": {"training": schedule}},
    )


def files() -> dict[str, EnvironmentConfig]:
    return {name: load_environment(name) for name in environment_names()} | {"whole": whole()}


def holders(templates: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each role with its stack, and the boundary it has."""
    for stack, template in templates.items():
        for name, body in template["Resources"].items():
            if body["Type"] in HOLDERS:
                yield f"{stack}/{name}", body["Properties"].get("PermissionsBoundary")


@pytest.mark.parametrize("name", files())
def test_every_role_of_every_stack_carries_the_boundary(name: str) -> None:
    found = dict(holders(documents(bounded(files()[name]), add_stacks)))

    assert len(found) > 10
    assert {role for role, boundary in found.items() if boundary != BOUNDARY} == set()


def test_without_a_boundary_no_template_has_the_property() -> None:
    found = dict(holders(documents(whole(), add_stacks)))

    assert len(found) > 10
    assert set(found.values()) == {None}


def test_the_role_that_deploys_carries_it_too() -> None:
    found = dict(holders(documents(bounded(whole()), add_stacks)))

    assert [name for name in found if name.startswith("Delivery/")]


def test_roles_that_the_cdk_adds_for_itself_carry_it() -> None:
    stage = EnvironmentStage(new_app(), config=bounded(make_environment()))
    stack = cdk.Stack(stage, "Any")
    s3.Bucket(stack, "Emptied", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True)
    call = custom_resources.AwsSdkCall(
        service="sts",
        action="getCallerIdentity",
        physical_resource_id=custom_resources.PhysicalResourceId.of("any"),
    )
    policy = custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
    custom_resources.AwsCustomResource(stack, "Asks", on_create=call, policy=policy)
    iam.CfnRole(stack, "Low", assume_role_policy_document={})

    found = dict(holders({"Any": Template.from_stack(stack).to_json()}))

    assert len(found) == 3, "the bucket's, the custom resource's, and the low-level one"
    assert set(found.values()) == {BOUNDARY}
