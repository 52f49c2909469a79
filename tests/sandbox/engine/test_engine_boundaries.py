"""Roles of a stack carry a permissions boundary, which has to be a policy that is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.state.clients import ACCOUNT
from tests.sandbox.engine.stacks import Stacks, Template, template

TRUST: dict[str, Any] = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
}


def role(boundary: str | None) -> Template:
    properties = {"RoleName": "bounded", "AssumeRolePolicyDocument": TRUST}
    if boundary:
        properties["PermissionsBoundary"] = boundary
    return template({"Role": ("AWS::IAM::Role", properties)})


@pytest.fixture
def boundary(stacks: Stacks) -> str:
    """A policy that allows everything."""
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    made = stacks.aws("iam").create_policy(PolicyName="boundary", PolicyDocument=document)
    return str(made["Policy"]["Arn"])


def of_role(stacks: Stacks) -> str | None:
    found = stacks.aws("iam").get_role(RoleName="bounded")["Role"]
    arn: str | None = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return arn


def test_a_role_is_bounded_from_its_creation_and_freed_in_place(
    stacks: Stacks, boundary: str
) -> None:
    assert stacks.create("app", role(boundary)) == "CREATE_COMPLETE"
    assert of_role(stacks) == boundary

    assert stacks.update("app", role(None)) == "UPDATE_COMPLETE"
    assert of_role(stacks) is None

    assert stacks.update("app", role(boundary)) == "UPDATE_COMPLETE"
    assert of_role(stacks) == boundary


def test_a_boundary_that_is_no_policy_fails_the_stack_in_iams_words(stacks: Stacks) -> None:
    missing = f"arn:aws:iam::{ACCOUNT}:policy/missing"

    assert stacks.create("app", role(missing)) == "ROLLBACK_COMPLETE"
    assert f"Scope ARN: {missing} does not exist or is not attachable." in stacks.reason("app")


def test_a_running_role_keeps_what_it_has_when_the_new_boundary_is_missing(stacks: Stacks) -> None:
    missing = f"arn:aws:iam::{ACCOUNT}:policy/missing"
    stacks.create("app", role(None))

    assert stacks.update("app", role(missing)) == "UPDATE_ROLLBACK_COMPLETE"
    assert of_role(stacks) is None
