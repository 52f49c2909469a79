"""Decisions over several policies: who must allow, who may deny, and AWS's words for each."""

from typing import Any

import pytest

from sandbox.iam.authorization import Policies, reason_against
from sandbox.iam.statements import Principal, Request, parse

OWN, OTHER = "123456789012", "222233334444"
ROLE = f"arn:aws:iam::{OWN}:role/job"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/job/one"
IDENTITY = "because no identity-based policy allows the s3:GetObject action"
RESOURCE = "because no resource-based policy allows the s3:GetObject action"
BOUNDARY = "because no permissions boundary allows the s3:GetObject action"
UNKNOWN = {"StringEquals": {"unheard:of": "x"}}


def policy(effect: str = "Allow", **more: Any) -> Any:
    row = {"Effect": effect, "Action": "s3:Get*", "Resource": "*", **more}
    return parse({"Version": "2012-10-17", "Statement": row})


def to(principal: Any, effect: str = "Allow", **more: Any) -> Any:
    return policy(effect, Principal=principal, **more)


def asked(caller: str = ROLE, **policies: Any) -> str | None:
    principal = Principal(caller, session=SESSION) if caller.startswith("arn") else None
    request = Request(
        principal or Principal(caller, "Service"), "s3:GetObject", ("arn:aws:s3:::b/k",), {}
    )
    return reason_against(request, Policies(**policies))


ROOT = {"AWS": f"arn:aws:iam::{OWN}:root"}


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ({}, IDENTITY),
        ({"identity": policy()}, None),
        ({"identity": policy(Condition=UNKNOWN)}, IDENTITY),
        ({"identity": policy() + policy("Deny")}, "with an explicit deny in an identity-"),
        ({"identity": policy() + policy("Deny", Condition=UNKNOWN)}, "with an explicit deny in an"),
        ({"identity": policy(), "boundary": ()}, BOUNDARY),
        ({"identity": policy(), "boundary": policy()}, None),
        ({"boundary": policy()}, IDENTITY),
        ({"identity": policy(), "boundary": policy() + policy("Deny")}, "with an explicit deny in"),
        # In one account a resource's policy suffices where it names the caller itself.
        ({"resource": to({"AWS": ROLE})}, None),
        ({"resource": to({"AWS": SESSION})}, None),
        ({"resource": to("*")}, None),
        ({"resource": to({"AWS": ROLE}), "boundary": ()}, BOUNDARY),
        ({"resource": to(ROOT)}, IDENTITY),
        ({"resource": to({"AWS": ROLE + "s"})}, IDENTITY),
        ({"resource": to({"AWS": ROLE}, Condition=UNKNOWN)}, IDENTITY),
        ({"identity": policy(), "resource": to(ROOT, "Deny")}, "with an explicit deny in a res"),
        ({"identity": policy(), "resource": to({"AWS": OTHER}, "Deny")}, None),
        # Keys and roles let in nobody whom their policies do not.
        ({"identity": policy(), "always_decides": True}, RESOURCE),
        ({"identity": policy(), "resource": to(ROOT), "always_decides": True}, None),
        ({"resource": to(ROOT), "always_decides": True}, IDENTITY),
        # Between accounts both must allow.
        ({"identity": policy(), "owner": OTHER}, RESOURCE),
        ({"identity": policy(), "owner": OTHER, "resource": to(ROOT)}, None),
        ({"owner": OTHER, "resource": to({"AWS": ROLE})}, IDENTITY),
        ({"owner": OTHER, "resource": to(ROOT)}, IDENTITY),
    ],
)
def test_a_role_is_refused_with_the_reason_that_aws_gives(
    policies: dict[str, Any], reason: str | None
) -> None:
    found = asked(**policies)

    assert found is None if reason is None else str(found).startswith(reason)


def test_the_root_needs_no_policy_of_its_own_but_heeds_those_of_resources() -> None:
    root = ROOT["AWS"]

    assert asked(root) is None
    assert str(asked(root, resource=to("*", "Deny"))).startswith("with an explicit deny in a res")
    assert asked(root, owner=OTHER) == RESOURCE
    assert asked(root, owner=OTHER, resource=to({"AWS": OWN})) is None
    assert asked(root, always_decides=True) == RESOURCE


def test_a_service_needs_a_policy_that_names_it() -> None:
    assert asked("events.amazonaws.com") == RESOURCE
    assert asked("events.amazonaws.com", resource=to({"Service": "events.amazonaws.com"})) is None
    assert asked("events.amazonaws.com", resource=to({"Service": "sns.amazonaws.com"})) == RESOURCE
    assert asked("events.amazonaws.com", resource=to({"AWS": "*"})) == RESOURCE


@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_a_deny_for_everybody_is_for_services_too(everybody: Any) -> None:
    named = to({"Service": "events.amazonaws.com"})

    refused = asked("events.amazonaws.com", resource=named + to(everybody, "Deny"))
    assert str(refused).startswith("with an explicit deny in a resource-based policy")
    other = to({"AWS": ROLE}, "Deny")
    assert asked("events.amazonaws.com", resource=named + other) is None


def test_not_principal_spares_whom_it_names() -> None:
    spared = parse({"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "*"}})

    assert asked(identity=policy(), resource=spared) is None
    other = f"arn:aws:iam::{OWN}:role/other"
    request = Request(Principal(other), "s3:GetObject", (), {})
    found = reason_against(request, Policies(identity=policy(), resource=spared))
    assert found == "with an explicit deny in a resource-based policy"


def test_a_variable_in_a_resource_that_is_not_known_allows_nothing_and_denies() -> None:
    mine = {"Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}

    assert asked(identity=policy(**mine)) == IDENTITY
    assert str(asked(identity=policy() + policy("Deny", **mine))).startswith("with an explicit")
