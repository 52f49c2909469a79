"""Wildcards in policies of environments that do not ship: each is answered for by a reason."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.notebook.experiment_role import ExperimentRole
from constructs_lib.notebook.many_models_access import ManyModelsAccess
from stacks.delivery import add_delivery
from tests.constructs_lib.access.test_grants import reasons
from tests.templates.environments import add_platform, add_stage, make_environment, new_app
from tests.templates.model_stacks import flat

SERVICES = ("cloudformation", "cloudwatch", "ec2", "ecr", "logs", "s3", "sagemaker", "states")


def many_models() -> list[cdk.Stack]:
    """A notebook with more models than its role can have policies."""
    models = {f"model-{number}": {"gate": {"minimum": 0.8}} for number in range(9)}
    config = make_environment(models=models, network={"mode": "private"})
    stage = add_stage(new_app(), config)
    platform = add_platform(stage, config)
    contexts = [platform.model_context(config, name) for name in config.models]
    stack = cdk.Stack(stage, "Many")
    ManyModelsAccess(stack, "Access", contexts=contexts)
    ExperimentRole(stack, "Role", contexts=contexts)
    return [stack]


def company() -> list[cdk.Stack]:
    """A repository that deploys, and a build in the network through a cache of other registries."""
    config = make_environment(
        delivery={"provider": "github", "repository": "team/kiban"},
        network={
            "mode": "private",
            "builds_inside": True,
            "package_index": "https://pypi.example.com/simple",
            "pull_through": "ecr-public",
        },
    )
    stage = add_stage(new_app(), config)
    add_delivery(stage, config)
    platform = add_platform(stage, config)
    delivery = stage.node.find_child("Delivery")
    assert isinstance(delivery, cdk.Stack)
    return [delivery, platform.registry]


def wildcards(body: dict[str, Any]) -> set[str]:
    statements = body["Properties"]["PolicyDocument"]["Statement"]
    resources = [
        resource
        for one in statements
        for resource in (
            one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
        )
    ]
    return {flat(one) for one in resources if "*" in flat(one)}


@pytest.mark.parametrize(("environment", "policies"), [(many_models, 5), (company, 2)])
def test_each_wildcard_has_a_reason_that_names_a_call(environment: Any, policies: int) -> None:
    seen = 0
    for stack in environment():
        template = Template.from_stack(stack).to_json()["Resources"]
        for policy in stack.node.find_all():
            if isinstance(policy, iam.ManagedPolicy):
                resource = policy.node.default_child
                assert isinstance(resource, iam.CfnManagedPolicy)
                found = wildcards(template[stack.resolve(resource.logical_id)])
                told = reasons(policy)
                seen += 1
                assert len(told) == len(found), f"{policy.node.path}: {sorted(found)}"
                for finding, reason in told.items():
                    assert "[Resource::" in finding
                    assert any(f"{service}:" in reason for service in SERVICES), finding
    assert seen == policies
