"""Who may assume a role is narrow when it names this account, or one audience and one subject."""

from typing import Any

import pytest

from reviewer.rules.custom_rules import violations
from tests.reviewer.handmade import environment, stack

HERE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
AUD, SUB = "token.example.com:aud", "token.example.com:sub"
SERVICE = {"Service": "sagemaker.amazonaws.com"}
TOKEN = {"Federated": "arn:aws:iam::1:oidc-provider/token.example.com"}


def said(principal: dict[str, Any], condition: dict[str, Any] | None) -> list[str]:
    """What is said of a role with its own policy that this principal may assume."""
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition is not None:
        trust["Condition"] = condition
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "r"}
    role = {
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "ManagedPolicyArns": [{"Ref": "Policy"}],
    }
    policy = {"PolicyDocument": {"Statement": [statement]}}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy},
    }
    return [one.said for one in violations(environment(stack(resources)))]


@pytest.mark.parametrize(
    ("principal", "condition", "is_narrow"),
    [
        (SERVICE, HERE, True),
        (SERVICE, None, False),
        (SERVICE, {"StringEquals": {"aws:SourceArn": "a"}}, False),
        (TOKEN, {"StringEquals": {AUD: "a", SUB: "s"}}, True),
        (TOKEN, {"StringEquals": {AUD: "a"}}, False),
        (TOKEN, {"StringEquals": {SUB: "s"}}, False),
        (TOKEN, None, False),
        (TOKEN, HERE, False),
        ({"AWS": "444455556666"}, HERE, False),
        ({**SERVICE, "AWS": "444455556666"}, HERE, False),
        ({**TOKEN, **SERVICE}, {"StringEquals": {AUD: "a", SUB: "s"}}, False),
    ],
)
def test_a_role_is_for_this_account_or_for_one_token(
    principal: dict[str, Any], condition: dict[str, Any] | None, is_narrow: bool
) -> None:
    expected = [] if is_narrow else ["whoever may assume it is not limited to this account"]

    assert said(principal, condition) == expected
