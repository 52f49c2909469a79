"""Calls of any API with a role: how services and operations are found."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.iam import api_calls, casing, role_check
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.state import clients, context

ROLE = "arn:aws:iam::222233334444:role/job"


@pytest.mark.parametrize(
    ("named", "service"),
    [
        ("sfn", "stepfunctions"),
        ("states", "stepfunctions"),
        ("eventbridge", "events"),
        ("cloudwatchlogs", "logs"),
        ("sagemakerruntime", "sagemaker-runtime"),
        ("applicationautoscaling", "application-autoscaling"),
        ("s3", "s3"),
    ],
)
def test_a_service_is_found_by_the_name_that_a_state_gives_it(
    named: str, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="http://here"))
    monkeypatch.setattr(api_calls, "_client", lambda *given: given)

    assert api_calls.client_for("r", named) == (service, "r", None, "http://here", "unknown")
    role: Any = SimpleNamespace(role_arn=ROLE)
    assert api_calls.client_for("r", named, role) == (service, "r", ROLE, "http://here", "unknown")


@pytest.mark.parametrize(("role", "account"), [(ROLE, "222233334444"), (None, clients.ACCOUNT)])
def test_a_client_acts_in_the_account_of_its_role(role: str | None, account: str) -> None:
    client = api_calls._client("sts", "eu-west-1", role, "http://127.0.0.1:1", "secret")

    assert client._request_signer._credentials.access_key == account
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.read_timeout == 120
    assert client.meta.config.parameter_validation is True


def test_a_call_with_a_role_is_checked_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(role_arn: str, action: str, resources: list[str], given: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": role_arn}}, action)

    monkeypatch.setattr(role_check, "require", refuse)
    client = api_calls._client("sts", "eu-west-1", ROLE, "http://127.0.0.1:1", "secret")

    with pytest.raises(ClientError, match=ROLE):
        client.get_caller_identity()


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        ("getCallerIdentity", "GetCallerIdentity"),
        ("GETCALLERIDENTITY", "GetCallerIdentity"),
        ("get_caller_identity", "GetCallerIdentity"),
        ("getCaller", None),
    ],
)
def test_an_operation_is_found_in_any_case(action: str, operation: str | None) -> None:
    client = api_calls._client("sts", "eu-west-1", None, "http://127.0.0.1:1", "secret")

    found = api_calls.find(client, action)

    assert (found.name if found else None) == operation


def test_an_operation_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="http://127.0.0.1:1"))

    with pytest.raises(casing.UnknownField, match="sts:fly does not exist"):
        api_calls.call("eu-west-1", "sts", "fly", {}, None)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was required of a role; IAM knows one role, which may do nothing to `secret`."""
    found: list[Any] = []

    def require(role_arn: str, action: str, resources: list[str], given: Any) -> None:
        found.append((role_arn, action, resources))
        if "secret" in resources[0]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, action)
        if "bug" in resources[0]:
            raise KeyError

    monkeypatch.setattr(role_check, "require", require)
    monkeypatch.setattr(role_check, "exists", lambda arn: arn == ROLE)
    return found


def test_a_job_needs_its_roles_right_to_an_object(checked: list[Any]) -> None:
    Caller("r", ROLE).need_object("s3:GetObject", "b", "open/k")

    assert checked == [(ROLE, "s3:GetObject", ["arn:aws:s3:::b/open/k"])]
    with pytest.raises(NotAllowed, match="ClientError: AccessDenied: not you"):
        Caller("r", ROLE).need_object("s3:GetObject", "b", "secret/k")
    with pytest.raises(KeyError):
        Caller("r", ROLE).need_object("s3:GetObject", "b", "bug")


def test_a_service_of_aws_has_no_role_that_would_be_asked(checked: list[Any]) -> None:
    Caller("r", None).need("s3:GetObject", "secret")

    assert checked == []
