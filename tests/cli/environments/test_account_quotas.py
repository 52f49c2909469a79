"""Quotas beside SageMaker's: what a new account lacks is said before anything is deployed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk.assertions import Template
from botocore.stub import Stubber

from app import add_stacks
from cli.environments import account_quotas
from cli.environments.account_quotas import Additions, additions_of, compare_quota
from cli.environments.environment import Environment
from config.schema import EnvironmentConfig
from config.stack_names import all_stacks
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from tests.templates.environments import make_environment, new_app

BUILDS = {"ServiceCode": "codebuild", "QuotaCode": "L-9D07B6EF"}
RULES = {"ServiceCode": "events", "QuotaCode": "L-244521F2"}
VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
KINDS = {
    "AWS::IAM::Role": "roles",
    "AWS::IAM::ManagedPolicy": "policies",
    "AWS::Events::Rule": "rules",
    "AWS::EC2::VPC": "vpcs",
}


@pytest.fixture
def quotas() -> Iterator[tuple[Any, Stubber]]:
    # The sandbox knows few quotas, and a real account must not be needed: AWS's answers are played.
    client = boto3.client(
        "service-quotas",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )
    with Stubber(client) as aws:
        yield client, aws


def answer(aws: Stubber, asked: dict[str, str], value: float) -> None:
    aws.add_response("get_service_quota", {"Quota": {"Value": value}}, asked)


def private(dev: Environment) -> Environment:
    network = dev.config.network.model_copy(update={"mode": "private"})
    return Environment(dev.config.model_copy(update={"network": network}), dev.connection)


def check(env: Environment, client: Any) -> dict[str, tuple[str, str]]:
    found = list(account_quotas.check_account_quotas(env, client))
    return {item.subject: (item.level, item.note) for item in found}


def test_an_account_without_builds_fails_and_is_told_where_to_ask(
    dev: Environment, quotas: tuple[Any, Stubber]
) -> None:
    client, aws = quotas
    answer(aws, BUILDS, 0)
    answer(aws, RULES, 300)

    found = {item.subject: item for item in account_quotas.check_account_quotas(dev, client)}

    assert found["CodeBuild builds"].level == "fail"
    assert found["CodeBuild builds"].note == "0 Linux/Small builds allowed, 1 needed"
    assert "AWS CodeBuild" in found["CodeBuild builds"].advice


def test_one_build_is_enough(dev: Environment, quotas: tuple[Any, Stubber]) -> None:
    client, aws = quotas
    answer(aws, BUILDS, 1)
    answer(aws, RULES, 300)

    assert check(dev, client)["CodeBuild builds"][0] == "ok"


def test_without_a_value_of_the_accounts_awss_default_counts(
    dev: Environment, quotas: tuple[Any, Stubber]
) -> None:
    client, aws = quotas
    aws.add_client_error("get_service_quota", "NoSuchResourceException", expected_params=BUILDS)
    aws.add_response("get_aws_default_service_quota", {"Quota": {"Value": 0}}, BUILDS)
    answer(aws, RULES, 300)

    assert check(dev, client)["CodeBuild builds"][0] == "fail"


def test_a_quota_that_nobody_lists_is_not_taken_for_zero(
    dev: Environment, quotas: tuple[Any, Stubber]
) -> None:
    client, aws = quotas
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        aws.add_client_error(operation, "NoSuchResourceException", expected_params=BUILDS)
    answer(aws, RULES, 300)

    assert check(dev, client)["CodeBuild builds"][0] == "warn"


def test_a_quota_that_may_not_be_read_is_a_warning_and_the_others_are_read(
    dev: Environment, quotas: tuple[Any, Stubber]
) -> None:
    client, aws = quotas
    aws.add_client_error("get_service_quota", "AccessDeniedException", "no")
    answer(aws, RULES, 1)

    found = check(dev, client)

    assert found["CodeBuild builds"][0] == "warn"
    assert "GetServiceQuota is not allowed" in found["CodeBuild builds"][1]
    assert found["IAM roles"][0] == "ok"


def test_rules_of_the_whole_account_are_counted(
    dev: Environment, quotas: tuple[Any, Stubber]
) -> None:
    client, aws = quotas
    answer(aws, BUILDS, 1)
    # Training-churn is deployed, so that nothing more is needed.
    answer(aws, RULES, 0)
    used = len(dev.aws("events").list_rules()["Rules"])

    level, note = check(dev, client)["EventBridge rules"]

    assert note == f"{used} of 0 used, 0 more needed"
    assert level == ("fail" if used else "ok")


def test_a_private_network_needs_a_vpc_more(dev: Environment, quotas: tuple[Any, Stubber]) -> None:
    client, aws = quotas
    answer(aws, BUILDS, 1)
    answer(aws, RULES, 300)
    used = len(dev.aws("ec2").describe_vpcs()["Vpcs"])
    answer(aws, VPCS, used)

    level, note = check(private(dev), client)["VPCs"]

    assert (level, note) == ("fail", f"{used} of {used} used, 1 more needed")


def test_a_managed_network_needs_no_vpc(dev: Environment, quotas: tuple[Any, Stubber]) -> None:
    client, aws = quotas
    answer(aws, BUILDS, 1)
    answer(aws, RULES, 300)

    assert "VPCs" not in check(dev, client)


@pytest.mark.parametrize(("used", "level"), [(988, "ok"), (989, "fail"), (1_000, "fail")])
def test_roles_must_fit_beside_those_of_the_account(used: int, level: str) -> None:
    found = compare_quota("IAM roles", used, 12, 1_000.0)

    assert found.level == level
    assert found.note == f"{used} of 1000 used, 12 more needed"
    assert (f"request {used + 12}" in found.advice) == (level == "fail")


def test_stacks_that_are_deployed_add_nothing(dev: Environment) -> None:
    missing = [part for part, stack in dev.stacks().items() if stack is None]

    assert set(missing) == {"Monitoring", "Registry", "Workbench"}
    assert additions_of(dev.config, missing) == Additions(roles=4, policies=13)


EVERYTHING: dict[str, Any] = {
    "network": {"mode": "private"},
    "delivery": {"provider": "github", "repository": "owner/name"},
    "sharing": {"accounts": ["222233334444"]},
    "monitoring": {"emails": ["a@example.com"], "monthly_budget_usd": 10},
}
TRIGGERS = {"on_data": True, "schedule": {"cron": "0 3 * * ? *"}, "alarms": ["drift"]}


def several_models(count: int) -> EnvironmentConfig:
    model = {
        "gate": {"metric": "auc", "minimum": 0.8},
        "endpoint": {"instance_type": "ml.m5.large", "capture": {"percent": 10}},
        "training": {"triggers": TRIGGERS, "spot": True},
    }
    return make_environment(**EVERYTHING, models={f"m{number}": model for number in range(count)})


@pytest.mark.parametrize("count", [1, 12])
def test_no_stack_adds_more_than_is_said_of_it(count: int) -> None:
    config = several_models(count)
    stage = EnvironmentStage(new_app(), config=config)
    add_stacks(stage, config)

    for part in all_stacks(config):
        stack = stage.node.find_child(part)
        assert isinstance(stack, cdk.Stack)
        resources = Template.from_stack(stack).to_json()["Resources"].values()
        found = Counter(KINDS.get(one["Type"]) for one in resources)
        said = additions_of(config, [part])
        for kind in KINDS.values():
            assert found[kind] <= getattr(said, kind), (part, kind)
