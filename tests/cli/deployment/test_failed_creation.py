"""A protected stack whose first creation failed does not stop the next deployment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.deployment import failed_creation
from cli.environments.environment import Environment
from cli.terminal.errors import Failure

GOOD = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
# A subscription without a protocol is refused when it is made.
BROKEN = {
    "Resources": {
        "S": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:none"},
        }
    }
}
NAME = "kiban-dev-Workbench"


@pytest.fixture
def formation(dev: Environment) -> Iterator[Any]:
    client = dev.aws("cloudformation")
    yield client
    try:
        client.update_termination_protection(StackName=NAME, EnableTerminationProtection=False)
    except ClientError:
        return
    client.delete_stack(StackName=NAME)
    client.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})


def create(formation: Any, template: dict[str, Any], *, protected: bool = True) -> None:
    formation.create_stack(
        StackName=NAME, TemplateBody=json.dumps(template), EnableTerminationProtection=protected
    )
    while describe(formation)["StackStatus"].endswith("IN_PROGRESS"):
        pass


def describe(formation: Any) -> dict[str, Any]:
    found: dict[str, Any] = formation.describe_stacks(StackName=NAME)["Stacks"][0]
    return found


def lift(dev: Environment) -> list[str]:
    lifted: list[str] = []
    failed_creation.unprotect_failed_creations(dev, lifted.append)
    return lifted


def test_a_protected_stack_that_was_rolled_back_can_be_deleted_afterwards(
    dev: Environment, formation: Any
) -> None:
    create(formation, BROKEN)
    assert describe(formation)["StackStatus"] == "ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        formation.delete_stack(StackName=NAME)

    assert lift(dev) == [NAME]

    assert not describe(formation)["EnableTerminationProtection"]
    formation.delete_stack(StackName=NAME)


def test_a_stack_that_is_there_stays_protected(dev: Environment, formation: Any) -> None:
    create(formation, GOOD)

    assert lift(dev) == []
    assert describe(formation)["EnableTerminationProtection"]


def test_an_unprotected_one_is_left_alone(dev: Environment, formation: Any) -> None:
    create(formation, BROKEN, protected=False)

    assert lift(dev) == []


def denied(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)


def test_who_may_not_lift_it_is_given_the_command(
    dev: Environment, formation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(formation, BROKEN)

    def refuse(**_: object) -> None:
        raise denied("UpdateTerminationProtection")

    with monkeypatch.context() as patch, pytest.raises(Failure) as failed:
        patch.setattr(formation, "update_termination_protection", refuse)
        lift(dev)

    assert str(failed.value).startswith(f"{NAME}: its first creation failed")
    assert str(failed.value).endswith(
        "aws cloudformation update-termination-protection --no-enable-termination-protection "
        f"--stack-name {NAME}"
    )


def test_a_role_that_may_only_deploy_is_not_stopped(
    dev: Environment, formation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise denied("DescribeStacks")

    with monkeypatch.context() as patch:
        patch.setattr(formation, "describe_stacks", refuse)
        assert lift(dev) == []
