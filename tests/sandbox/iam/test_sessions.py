"""Which requests of a role's session are refused, and whom a role trusts with a token."""

import base64
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.iam import evaluation, permissions, role_check, sessions
from sandbox.iam.statements import Principal, parse

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

    def require(caller: Principal, action: str, resources: tuple[str, ...], given: Any) -> None:
        assert caller == Principal(ROLE)
        assert given["aws:RequestedRegion"] == "eu-west-1"
        found.append((action, list(resources)))

    monkeypatch.setattr(role_check, "require_of", require)
    return found


def test_an_address_of_version_2_is_held_to_the_role_that_signed_it(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def require(caller: Principal, action: str, resources: tuple[str, ...], given: Any) -> None:
        asked.append((caller, action, *resources))

    monkeypatch.setattr(role_check, "require_of", require)
    environ = request(PATH_INFO="/bucket/key") | {
        "HTTP_AUTHORIZATION": "",
        "QUERY_STRING": "AWSAccessKeyId=KEY&Signature=x&Expires=2000000000",
    }

    assert sessions.refusal(environ) is None
    assert asked == [(Principal(ROLE), "s3:GetObject", "arn:aws:s3:::bucket/key")]


@pytest.mark.parametrize("key", ["CDK", "PERSON", "123456789012"])
def test_people_and_the_cdks_own_roles_may_do_all(key: str, asked: list[Any]) -> None:
    assert sessions.refusal(request("states", key=key)) is None
    assert asked == []


def test_a_person_is_the_root_of_an_account_to_the_policies_of_resources(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    callers: list[Principal] = []
    monkeypatch.setattr(role_check, "require_of", lambda caller, *_: callers.append(caller))

    assert sessions.refusal(request(PATH_INFO="/b/k", key="123456789012")) is None
    assert sessions.refusal(request(PATH_INFO="/b/k", key="CDK")) is None
    assert callers == [Principal("arn:aws:iam::123456789012:root")]


def test_a_presigned_address_is_held_to_the_role_that_signed_it(asked: list[Any]) -> None:
    environ = request(PATH_INFO="/b/k")
    environ.pop("HTTP_AUTHORIZATION")
    scope = "KEY%2F20260531%2Feu-west-1%2Fs3%2Faws4_request"
    environ["QUERY_STRING"] = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}"
    sessions.refusal(environ)

    assert asked == [("s3:GetObject", ["arn:aws:s3:::b/k"])]


@pytest.mark.parametrize(
    ("method", "path", "action", "resource"),
    [
        ("GET", "/b/k/more", "s3:GetObject", "arn:aws:s3:::b/k/more"),
        ("HEAD", "/b/k", "s3:HeadObject", "arn:aws:s3:::b/k"),
        ("PUT", "/b/k", "s3:PutObject", "arn:aws:s3:::b/k"),
        ("DELETE", "/b/k", "s3:DeleteObject", "arn:aws:s3:::b/k"),
        ("POST", "/b/k", "s3:POST /b/k", "*"),
        ("GET", "/b", "s3:ListBucket", "arn:aws:s3:::b"),
        ("PUT", "/b/", "s3:CreateBucket", "arn:aws:s3:::b"),
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
            "Action=DescribeAlarmHistory&AlarmName=a",
            {},
            "cloudwatch:DescribeAlarmHistory",
            ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"],
        ),
        ("lambda", "", {"PATH_INFO": "/2015/functions"}, "lambda:GET /2015/functions", ["*"]),
        (
            "sagemaker",
            "1,2",
            {"PATH_INFO": "/endpoints/e/invocations", "REQUEST_METHOD": "POST"},
            "sagemaker:InvokeEndpoint",
            ["arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e"],
        ),
        (
            "sqs",
            '{"QueueUrl": "http://127.0.0.1:1/123456789012/letters"}',
            {"HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage"},
            "sqs:SendMessage",
            ["arn:aws:sqs:eu-west-1:123456789012:letters"],
        ),
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


@pytest.mark.aws_row("R40")
def test_what_the_role_may_not_do_is_refused_in_words_and_a_bug_is_not_hidden(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(caller: Principal, action: str, resources: Any, given: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, action)

    monkeypatch.setattr(role_check, "require_of", refuse)
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
    policy = parse({"Version": "2012-10-17", "Statement": statement})
    monkeypatch.setattr(evaluation, "trust_of", lambda arn: policy if arn == ROLE else ())
    body = f"Action=AssumeRoleWithWebIdentity&RoleArn={ROLE}&WebIdentityToken={text}"
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body.encode())}
    said = sessions.refusal(environ)
    assert said in (None, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    return said is None


@pytest.mark.parametrize(
    "statement",
    [
        trust(),
        trust(Condition={}),
        trust(Condition={"StringLike": {f"{ISSUER}:sub": "ma*"}}),
        trust(Action=["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]),
    ],
)
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
        trust(Condition={"StringLike": {f"{ISSUER}:sub": "other*"}}),
        trust(Condition={"StringEqualsIfExists": {f"{ISSUER}:ref": "x"}}),
        trust(Condition={"StringMatches": {f"{ISSUER}:sub": "main"}}),
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


@pytest.mark.parametrize(
    ("body", "resources"),
    [
        ("<Delete><Object><Key>a</Key></Object></Delete>", ["a"]),
        ("<Delete><Object><Key>a</Key><Key >b</Key></Object></Delete>", ["a", "b"]),
        ('<Delete xmlns="x"><Object><Key>s&#101;cret</Key></Object></Delete>', ["secret"]),
        ("<Delete><Object><Key><![CDATA[a]]></Key></Object></Delete>", ["a"]),
        ("no XML", ["*"]),
    ],
)
def test_objects_are_deleted_by_the_names_that_their_xml_means(
    body: str, resources: list[str], asked: list[Any]
) -> None:
    environ = request("s3", body, REQUEST_METHOD="POST", PATH_INFO="/b", QUERY_STRING="delete")

    assert sessions.refusal(environ) is None
    assert asked == [("s3:DeleteObject", [f"arn:aws:s3:::b/{one}"]) for one in resources]


def test_a_body_that_cannot_be_read_needs_the_right_to_everything(asked: list[Any]) -> None:
    environ = request("ssm", "{", HTTP_X_AMZ_TARGET="AmazonSSM.GetParameter")

    assert sessions.refusal(environ) is None
    assert asked == [("ssm:GetParameter", ["*"])]


def test_a_web_identity_whose_request_cannot_be_read_is_refused() -> None:
    form = "Action=AssumeRoleWithWebIdentity&RoleArn=r&DurationSeconds=long"
    environ = request("sts", form) | {"HTTP_AUTHORIZATION": ""}

    assert "Not authorized to perform" in str(sessions.refusal(environ))
