"""What a role's policies allow, as IAM evaluates identity-based policies."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.eventbridge.events import DELIVERIES
from sandbox.iam import evaluation, role_check

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
TRUE = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalTag/team": "red"}}
FALSE = {"Bool": {"aws:SecureTransport": "false"}}
UNKNOWN = {"StringEquals": {"aws:SourceIp": "10.0.0.1"}}
THERE, ELSEWHERE = "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **more}


def without(name: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in statement(**more).items() if key != name}


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The roles of the account, by name."""
    found: dict[str, Any] = {}
    backends = {ACCOUNT: {"aws": SimpleNamespace(roles=found)}}
    monkeypatch.setattr(evaluation, "iam_backends", backends)
    return found


def role(*statements: Any, **more: Any) -> Any:
    policy = {"Statement": list(statements)}
    tags = [{"Key": "team", "Value": "red"}]
    usual: dict[str, Any] = {"managed_policies": {}, "permissions_boundary_arn": None, "tags": tags}
    return SimpleNamespace(arn=ROLE, policies={"p": json.dumps(policy)}, **usual | more)


@pytest.mark.parametrize(
    ("statements", "there", "elsewhere"),
    [
        ([], False, False),
        ([statement()], True, True),
        ([statement(Resource=THERE)], True, False),
        ([statement(Resource=[ELSEWHERE, THERE])], True, True),
        ([without("Resource")], True, True),
        ([without("Resource", NotResource=ELSEWHERE)], True, False),
        ([without("Resource", NotResource=[ELSEWHERE, THERE])], False, False),
        ([statement(Action="s3:Put*")], False, False),
        ([statement(Action=["s3:Put*", "s3:Get*"])], True, True),
        ([statement(Action="S3:GETOBJECT")], True, True),
        ([statement(Action="s3:GetObjec?")], True, True),
        ([statement(Action="s3:GetObject?")], False, False),
        ([statement(Action="s3.GetObject")], False, False),
        ([without("Action", NotAction="s3:Get*")], False, False),
        ([without("Action", NotAction=["iam:*", "s3:Put*"])], True, True),
        ([statement("Deny")], False, False),
        ([statement(), statement("Deny", Resource=THERE)], False, True),
        ([statement("Deny", Resource=THERE), statement()], False, True),
        ([statement(), statement("Deny", Resource=THERE, Condition=UNKNOWN)], False, True),
        ([statement(), statement("Deny", Resource=THERE, Condition=FALSE)], True, True),
        ([statement(Condition=UNKNOWN)], False, False),
        ([statement(Condition=TRUE)], True, True),
        ([statement(), statement(Action="s3:Put*")], True, True),
    ],
)
def test_a_role_may_do_what_a_policy_allows_and_none_denies(
    statements: list[Any], there: bool, elsewhere: bool, roles: dict[str, Any]
) -> None:
    roles["job"] = role(*statements)

    assert role_check.allowed(ROLE, "s3:GetObject", [THERE]) is there
    assert role_check.allowed(ROLE, "s3:GetObject", [ELSEWHERE]) is elsewhere


def test_one_of_several_resources_is_enough_and_none_is_any(roles: dict[str, Any]) -> None:
    roles["job"] = role(statement(Resource=THERE))

    assert role_check.allowed(ROLE, "s3:GetObject", [ELSEWHERE, THERE])
    assert role_check.allowed(ROLE, "s3:GetObject", [])
    assert not role_check.allowed(ROLE, "s3:PutObject", [])


def test_the_default_version_of_a_managed_policy_counts_and_no_other(roles: dict[str, Any]) -> None:
    versions = [
        SimpleNamespace(version_id=f"v{number}", document={"Statement": statement(Action=action)})
        for number, action in ((1, "s3:PutObject"), (2, "s3:GetObject"))
    ]
    managed = SimpleNamespace(versions=versions, default_version_id="v2")
    roles["job"] = role(managed_policies={"m": managed})

    assert role_check.allowed(ROLE, "s3:GetObject", [THERE])
    assert not role_check.allowed(ROLE, "s3:PutObject", [THERE])


@pytest.mark.parametrize(
    "arn", [f"arn:aws:iam::{ACCOUNT}:role/other", "arn:aws:iam::", "job", "a:b:c:d::e", ""]
)
def test_a_role_that_does_not_exist_may_do_nothing(arn: str, roles: dict[str, Any]) -> None:
    roles["job"] = role(statement())

    assert not role_check.exists(arn)
    assert role_check.exists(ROLE)
    assert not role_check.allowed(arn, "s3:GetObject", [THERE])
    assert evaluation.trust_of(arn) == ()


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("several", [False, True])
def test_a_trust_policy_is_read_however_it_is_kept(
    as_text: bool, several: bool, roles: dict[str, Any]
) -> None:
    one = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document: Any = {"Statement": [one] if several else one}
    kept = json.dumps(document) if as_text else document
    roles["job"] = role(assume_role_policy_document=kept)

    assert [found.document for found in evaluation.trust_of(ROLE)] == [one]


@pytest.mark.parametrize(
    ("arn", "resources", "named", "resource"),
    [
        (ROLE, [THERE], ROLE, THERE),
        (ROLE, [], ROLE, "*"),
        (None, [THERE, ELSEWHERE], "(no role)", THERE),
    ],
)
def test_what_is_not_allowed_is_refused_in_the_words_of_aws_and_listed(
    arn: str | None, resources: list[str], named: str, resource: str, roles: dict[str, Any]
) -> None:
    roles["job"] = role(statement(Action="s3:PutObject"))

    with pytest.raises(ClientError) as caught:
        role_check.require(arn, "s3:GetObject", resources)

    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        f"User: {named} is not authorized to perform: s3:GetObject on resource: {resource} "
        "because no identity-based policy allows the s3:GetObject action"
    )
    assert role_check.DENIED[-1] == role_check.Denial(named, "s3:GetObject", resource)
    assert role_check.is_denial(caught.value)


def test_what_is_allowed_is_not_listed(roles: dict[str, Any]) -> None:
    roles["job"], before = role(statement()), len(role_check.DENIED)

    role_check.require(ROLE, "s3:GetObject", [THERE])

    assert len(role_check.DENIED) == before


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "Call")


@pytest.mark.parametrize(
    ("error", "denied"),
    [
        (failed("AccessDenied"), True),
        (failed("AccessDeniedException"), True),
        (failed("NoSuchKey"), False),
        (ValueError("AccessDenied"), False),
    ],
)
def test_a_denial_is_told_from_other_errors(error: Exception, denied: bool) -> None:
    assert role_check.is_denial(error) is denied


def test_a_loop_of_denials_or_of_events_fills_no_memory() -> None:
    assert role_check.DENIED.maxlen == DELIVERIES.maxlen == 1000
