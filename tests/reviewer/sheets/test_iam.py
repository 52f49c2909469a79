"""Permissions in words: who may assume, who may do what on what, and what is refused."""

from typing import Any

import pytest

from reviewer.resolver import Resolver
from reviewer.sheets.iam import humanised, iam
from tests.reviewer.handmade import environment, stack

MACHINE = {"Service": "states.amazonaws.com"}
TRUST: dict[str, Any] = {"Effect": "Allow", "Principal": MACHINE, "Action": "sts:AssumeRole"}
READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "r"}


def sheet(
    *statements: dict[str, Any], trust: dict[str, Any] = TRUST, **resources: dict[str, Any]
) -> list[str]:
    """The lines of the sheet of one role with a policy of these statements."""
    role = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Description": "Trains."}
    policy = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [*statements]}}
    assembly = environment(
        stack(
            {
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
                **resources,
            }
        )
    )
    return iam(assembly, Resolver(assembly)).splitlines()


@pytest.mark.parametrize(
    ("statements", "summary"),
    [
        ([READ], "0 statements of theirs have a wildcard in the action, 0 are about every"),
        ([{**READ, "Action": "s3:*"}], "1 statement of theirs has a wildcard in the action, 0 are"),
        ([{**READ, "Resource": "*"}], "0 statements of theirs have a wildcard in the action, 1 is"),
        (
            [{**READ, "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"}] * 2,
            "2 statements of theirs have a wildcard in the action, 2 are about every resource",
        ),
    ],
)
def test_the_first_line_counts_what_is_wide(statements: list[Any], summary: str) -> None:
    lines = sheet(*statements)

    assert lines[0] == "# Permissions in kiban-x"
    assert lines[2].startswith(f"1 role. {summary}")


def test_a_role_says_what_it_is_for_who_may_be_it_and_what_it_may_do() -> None:
    lines = sheet({**READ, "Action": ["s3:GetObject", "s3:PutObject", "ecr:GetAuthorizationToken"]})

    at = lines.index("## Storage/Role")
    assert lines[at : at + 7] == [
        "## Storage/Role",
        "",
        "Trains.",
        "",
        "- `states.amazonaws.com` may assume it, without any condition.",
        "- ecr: may get authorization token on `r`.",
        "- s3: may get object and put object on `r`.",
    ]
    assert "| action | on | only when |" in lines
    assert "| `s3:GetObject` | `r` | - |" in lines


def test_a_refusal_is_told_from_a_permission_and_so_is_a_condition() -> None:
    only = {"StringEquals": {"aws:PrincipalAccount": "1"}}

    lines = sheet(
        READ,
        {**READ, "Effect": "Deny", "Resource": "*", "Condition": only},
        trust={**TRUST, "Condition": only},
    )

    assert "- s3: may get object on `r`." in lines
    said = "`aws:PrincipalAccount` is `1`"
    assert f"- s3: may **not** get object on **every resource**, only when {said}." in lines
    assert f"- `states.amazonaws.com` may assume it, only when {said}." in lines
    assert "| action | on | only when | effect |" in lines
    assert f"| `s3:GetObject` | `*` | {said} | refused |" in lines
    assert "| `s3:GetObject` | `r` | - |  |" in lines


def test_two_statements_that_say_the_same_are_one_row() -> None:
    assert sheet(READ, READ).count("| `s3:GetObject` | `r` | - |") == 1


def test_a_policy_that_no_role_carries_is_for_people() -> None:
    given = {"PolicyDocument": {"Statement": [READ]}, "Description": "For callers."}
    loose = {"Type": "AWS::IAM::ManagedPolicy", "Properties": given}

    alone, beside = sheet(READ), sheet(READ, Loose=loose)

    title = "## Policies that people and applications attach"
    assert title not in alone
    at = beside.index(title)
    assert beside[at + 2 : at + 7] == [
        "### Storage/Loose",
        "",
        "For callers.",
        "",
        "- s3: may get object on `r`.",
    ]


def test_what_a_resource_allows_by_itself_names_anybody_as_anybody() -> None:
    statements = [
        {**READ, "Principal": "*", "Resource": "*", "Effect": "Deny"},
        {**READ, "Principal": MACHINE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ]
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {}}
    given = {"Bucket": {"Ref": "Data"}, "PolicyDocument": {"Statement": statements}}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": given}

    lines = sheet(READ, Data=bucket, DataPolicy=policy)

    at = lines.index("### Storage/Data")
    assert lines[at + 2 :] == [
        "- anybody may **not** `s3:GetObject` on **every resource**.",
        "- `states.amazonaws.com` may `s3:GetObject` on `r` when `aws:SecureTransport` is true.",
    ]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("s3:GetObject", "get object"),
        ("ecr:BatchGetImage", "batch get image"),
        ("sts:AssumeRoleWithSAML", "assume role with SAML"),
        ("kms:GenerateDataKey", "generate data key"),
        ("s3:Get*", "**`s3:Get*`**"),
        ("policy:arn:aws:iam::aws:policy/X", "do everything that **`arn:aws:iam::aws:policy/X`**"),
    ],
)
def test_an_action_is_a_verb(action: str, words: str) -> None:
    assert humanised(action).startswith(words)
