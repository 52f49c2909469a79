"""`doctor` says whether the policy that shall bound every role is there."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from cli.environments.boundary_check import check_boundary
from cli.environments.environment import Environment
from sandbox.state.clients import ACCOUNT
from tests.cli.service import Service, environment, refused

ALLOWED = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def bounded(dev: Environment, arn: str) -> Environment:
    platform = dev.config.platform.model_copy(update={"permissions_boundary": arn})
    return Environment(dev.config.model_copy(update={"platform": platform}), dev.connection)


@pytest.fixture
def boundary(dev: Environment) -> Iterator[str]:
    """A policy of the account."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]})
    iam = dev.aws("iam")
    arn = iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    yield str(arn)
    iam.delete_policy(PolicyArn=arn)


def test_a_file_without_a_boundary_is_not_asked_about(dev: Environment) -> None:
    assert check_boundary(dev) == []


def test_a_boundary_that_is_there_is_fit(dev: Environment, boundary: str) -> None:
    (found,) = check_boundary(bounded(dev, boundary))

    assert (found.level, found.note) == ("ok", boundary)


def test_a_boundary_that_is_not_there_fails_with_the_setting(dev: Environment) -> None:
    (found,) = check_boundary(bounded(dev, f"arn:aws:iam::{ACCOUNT}:policy/none"))

    assert found.level == "fail"
    assert "platform.permissions_boundary in config/dev.toml" in found.advice


def test_a_policy_of_another_account_fails(dev: Environment) -> None:
    (found,) = check_boundary(bounded(dev, "arn:aws:iam::444455556666:policy/none"))

    assert found.level == "fail"
    assert f"another account than {ACCOUNT}" in found.note


def test_who_may_not_read_policies_is_warned_and_not_refused() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    service = Service(
        get_caller_identity=[{"Account": ACCOUNT}], get_policy=[refused("AccessDenied", "no right")]
    )
    platform = SimpleNamespace(permissions_boundary=arn)

    (found,) = check_boundary(environment(service, config=SimpleNamespace(platform=platform)))

    assert (found.level, found.note, found.advice) == ("warn", "no right", "ask for iam:GetPolicy")
