"""Which requests of a role's session are refused, and whom a role trusts with a token."""

import base64
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.iam import permissions, role_check, sessions

ROLE = "arn:aws:iam::123456789012:role/job"
BOOTSTRAP = "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-us-east-1"
ISSUER = "gitlab.com"
PROVIDER = f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"


def request(service: str = "s3", body: str = "", key: str = "KEY", **more: str) -> dict[str, Any]:
    signed = f"AWS4 Credential={key}/20260531/eu-west-1/{service}/aws4_request, Signature=x"
    return {
        "HTTP_AUTHORIZATION": signed,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body.encode()),
        **more,
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What was required of the role of the key KEY; CDK is the key of a bootstrap's role."""
    keys = {
        "KEY": SimpleNamespace(role_arn=ROLE),
        "CDK": SimpleNamespace(role_arn=BOOTSTRAP),
        "PERSON": SimpleNamespace(),
    }
    backends = {
        "000000000000": {"aws": SimpleNamespace(access_keys={})},
        "123456789012": {"aws": SimpleNamespace(access_keys=keys)},
    }
    monkeypatch.setattr(sessions, "iam_backends", backends)
    found: list[tuple[str, list[str]]] = []

    def require(role_arn: str, action: str, resources: list[str]) -> None:
        assert role_arn == ROLE
        found.append((action, resources))

    monkeypatch.setattr(role_check, "require", require)
    return found


@pytest.mark.parametrize("key", ["CDK", "PERSON", "123456789012"])
def test_people_and_the_cdks_own_roles_may_do_all(key: str, asked: list[Any]) -> None:
    assert sessions.refusal(request(key=key)) is None
    assert asked == []


@pytest.mark.parametrize(
    ("method", "path", "action", "resource"),
    [
        ("GET", "/b/k/more", "s3:GetObject", "arn:aws:s3:::b/k/more"),
        ("HEAD", "/b/k", "s3:HeadObject", "arn:aws:s3:::b/k"),
        ("PUT", "/b/k", "s3:PutObject", "arn:aws:s3:::b/k"),
        ("DELETE", "/b/k", "s3:DeleteObject", "arn:aws:s3:::b/k"),
        ("POST", "/b/k", "s3:", "arn:aws:s3:::b/k"),
        ("GET", "/b", "s3:ListBucket", "arn:aws:s3:::b"),
        ("PUT", "/b/", "s3:ListBucket", "arn:aws:s3:::b"),
    ],
)
def test_a_request_to_s3_needs_the_action_of_its_method(
    method: str, path: str, action: str, resource: str, asked: list[Any]
) -> None:
    sessions.refusal(request(REQUEST_METHOD=method, PATH_INFO=path))

    assert asked == [(action.replace("HeadObject", "GetObject"), [resource])]


@pytest.mark.parametrize(
    ("service", "body", "more", "action", "resources"),
    [
        (
            "sagemaker",
            '{"EndpointName": "e"}',
            {"HTTP_X_AMZ_TARGET": "SageMaker.DescribeEndpoint"},
            "sagemaker:DescribeEndpoint",
            ["arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e"],
        ),
        (
            "states",
            "",
            {"HTTP_X_AMZ_TARGET": "AWSStepFunctions.ListStateMachines"},
            "states:ListStateMachines",
            ["*"],
        ),
        (
            "monitoring",
            "Action=DescribeAlarms&AlarmName=a",
            {},
            "cloudwatch:DescribeAlarms",
            ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"],
        ),
        ("lambda", "", {"PATH_INFO": "/2015/functions"}, "lambda:GET /2015/functions", ["*"]),
    ],
)
def test_a_request_needs_the_action_of_its_operation(
    service: str,
    body: str,
    more: dict[str, str],
    action: str,
    resources: list[str],
    asked: list[Any],
) -> None:
    environ = request(service, body, **more)

    assert sessions.refusal(environ) is None
    assert asked == [(action, resources)]
    assert environ["wsgi.input"].read().decode() == body


def test_who_asks_who_it_is_needs_no_right(asked: list[Any]) -> None:
    assert sessions.refusal(request("sts", "Action=GetCallerIdentity")) is None
    assert asked == []


def test_what_the_role_may_not_do_is_refused_in_words_and_a_bug_is_not_hidden(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(role_arn: str, action: str, resources: list[str]) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, action)

    monkeypatch.setattr(role_check, "require", refuse)
    assert sessions.refusal(request(PATH_INFO="/b/k")) == "not you"

    def fail(call: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(permissions, "needed", fail)
    with pytest.raises(KeyError):
        sessions.refusal(request(PATH_INFO="/b/k"))


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


def trust(**more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": {"StringEquals": {f"{ISSUER}:aud": "me", f"{ISSUER}:sub": "main"}},
        **more,
    }


GOOD = token(iss=f"https://{ISSUER}", aud="me", sub="main")


def assumed(statement: dict[str, Any], text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(role_check, "trust_of", lambda arn: [statement] if arn == ROLE else [])
    body = f"Action=AssumeRoleWithWebIdentity&RoleArn={ROLE}&WebIdentityToken={text}"
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body.encode())}
    said = sessions.refusal(environ)
    assert said in (None, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    return said is None


@pytest.mark.parametrize("statement", [trust(), {**trust(), "Condition": {}}])
def test_a_role_trusts_a_token_that_fulfils_its_conditions(
    statement: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert assumed(statement, GOOD, monkeypatch)


@pytest.mark.parametrize(
    "statement",
    [
        trust(Effect="Deny"),
        trust(Action="sts:AssumeRole"),
        trust(Principal="*"),
        trust(Principal={"Service": "s"}),
        trust(Principal={"Federated": PROVIDER + "x"}),
        trust(Condition={"StringEquals": {f"{ISSUER}:sub": "other"}}),
        trust(Condition={"StringEquals": {f"{ISSUER}:sub": "main", f"{ISSUER}:ref": "x"}}),
    ],
)
def test_a_role_does_not_trust_it_otherwise(
    statement: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not assumed(statement, GOOD, monkeypatch)


@pytest.mark.parametrize(
    "text",
    ["", "no-dots", "a.!!!.c", "a.bm90IGpzb24.c", "a.W10.c", token(iss=f"https://{ISSUER}")],
)
def test_a_token_that_says_nothing_of_use_is_not_trusted(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not assumed(trust(), text, monkeypatch)
