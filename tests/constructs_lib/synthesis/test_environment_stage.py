"""Tags say what a thing is for, on everything that can carry one."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib.synthesis.environment_stage import EnvironmentStack, EnvironmentStage
from tests.templates.environments import make_environment, new_app


def tags_of(stack: cdk.Stack) -> dict[str, str]:
    (resource,) = Template.from_stack(stack).to_json()["Resources"].values()
    return {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}


def stack_in(*, model: str | None = None, **platform: Any) -> EnvironmentStack:
    config = make_environment(platform=platform)
    stage = EnvironmentStage(new_app(), config=config)
    stack = EnvironmentStack(stage, "Stack", config=config, model=model)
    sqs.Queue(stack, "Thing")
    return stack


def test_everything_carries_its_environment() -> None:
    assert tags_of(stack_in()) == {"kiban:environment": "kiban-test"}


def test_everything_carries_the_tags_of_the_file() -> None:
    tags = tags_of(stack_in(tags={"owner": "ml", "cost-center": "42"}))

    assert (tags["owner"], tags["cost-center"]) == ("ml", "42")


def test_the_file_cannot_forge_the_environment() -> None:
    with pytest.raises(
        ValueError, match="tag key 'kiban:environment' begins as the platform's own"
    ):
        stack_in(tags={"kiban:environment": "kiban-prod"})


def test_what_belongs_to_a_model_says_so() -> None:
    stack = stack_in(model="churn")

    assert tags_of(stack)["kiban:model"] == "churn"
    assert stack.tags.tag_values()["kiban:model"] == "churn"


def test_a_stack_says_which_one_of_which_environment_it_is() -> None:
    tags = stack_in().tags.tag_values()

    assert tags == {"kiban:environment": "kiban-test", "kiban:stack": "Stack"}


def test_an_environment_with_an_account_is_deployed_there_only() -> None:
    assert stack_in(account="111122223333").account == "111122223333"
    assert cdk.Token.is_unresolved(stack_in().account)


def test_a_stack_is_named_after_stage_and_purpose() -> None:
    assert stack_in().stack_name == "kiban-test-Stack"
