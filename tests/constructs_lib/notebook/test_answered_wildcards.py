"""Wildcards in the policies of a notebook with many models: each is answered for by a reason."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.notebook.experiment_role import ExperimentRole
from constructs_lib.notebook.many_models_access import ManyModelsAccess
from tests.constructs_lib.access.test_grants import reasons
from tests.templates.environments import add_platform, add_stage, make_environment, new_app
from tests.templates.model_stacks import flat

SERVICES = ("cloudwatch", "ec2", "ecr", "logs", "s3", "sagemaker", "states")

Answers = dict[str, tuple[set[str], dict[str, str]]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """The wildcards of each policy, and what is acknowledged on it."""
    models = {f"model-{number}": {"gate": {"minimum": 0.8}} for number in range(22)}
    config = make_environment(models=models, network={"mode": "private"})
    stage = add_stage(new_app(), config)
    platform = add_platform(stage, config)
    contexts = [platform.model_context(config, name) for name in config.models]
    stack = cdk.Stack(stage, "Many")
    policies = ManyModelsAccess(stack, "Access", contexts=contexts).policies
    role = ExperimentRole(stack, "Role", contexts=contexts)
    policies += [one for one in role.node.find_all() if isinstance(one, iam.ManagedPolicy)]
    template = Template.from_stack(stack).to_json()["Resources"]
    return {
        policy.node.path: (wildcards(template[id_of(stack, policy)]), reasons(policy))
        for policy in policies
    }


def id_of(stack: cdk.Stack, policy: iam.ManagedPolicy) -> str:
    resource = policy.node.default_child
    assert isinstance(resource, cdk.CfnElement)
    return str(stack.resolve(resource.logical_id))


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


def test_each_wildcard_has_a_reason_and_no_reason_lacks_its_wildcard(answers: Answers) -> None:
    assert len(answers) == 7
    for path, (found, told) in answers.items():
        assert len(told) == len(found), f"{path}: {sorted(found)} {sorted(told)}"
        assert all("[Resource::" in finding for finding in told), path


def test_a_reason_names_a_call_that_needs_the_wildcard(answers: Answers) -> None:
    for path, (_, told) in answers.items():
        for finding, reason in told.items():
            assert any(f"{service}:" in reason for service in SERVICES), f"{path}: {finding}"
