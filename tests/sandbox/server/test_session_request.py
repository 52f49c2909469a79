"""Whom the sandbox gives a session of a role that trusts a service alone."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from sandbox.iam.role_sessions import REQUEST_PATH
from sandbox.server.server import Sandbox

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/notebook"
MAY_ALL = f"arn:aws:iam::{ACCOUNT}:role/all"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "sagemaker.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        iam = running.client("iam")
        for name, action in (("notebook", "sns:ListTopics"), ("all", "*")):
            trust = json.dumps({"Statement": [TRUST]})
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            may = {"Effect": "Allow", "Action": action, "Resource": "*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
            iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy)
        yield running


def asked(sandbox: Sandbox, body: str, credentials: Credentials | None) -> tuple[int, Any]:
    """The status and the content for a request that these credentials sign."""
    request = AWSRequest(method="POST", url=sandbox.url + REQUEST_PATH, data=body)
    if credentials is not None:
        SigV4Auth(credentials, "sts", "us-east-1").add_auth(request)
    answer = URLLib3Session(proxies={}).send(request.prepare())
    return answer.status_code, answer.text


def own(sandbox: Sandbox) -> Credentials:
    return Credentials(ACCOUNT, sandbox.secret)


def session_of(sandbox: Sandbox, role: str = ROLE) -> dict[str, str]:
    status, text = asked(sandbox, json.dumps({"RoleArn": role}), own(sandbox))
    assert status == 200, text
    found: dict[str, str] = json.loads(text)
    return found


def client_of(sandbox: Sandbox, service: Any, session: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
        aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )


def test_a_session_has_the_rights_of_its_role_and_no_others(sandbox: Sandbox) -> None:
    session = session_of(sandbox)

    assert client_of(sandbox, "sns", session).list_topics()["Topics"] == []
    with pytest.raises(ClientError, match="not authorized to perform: sqs:ListQueues"):
        client_of(sandbox, "sqs", session).list_queues()


def test_sts_goes_on_refusing_a_role_that_trusts_a_service_alone(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        sandbox.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="person")


@pytest.mark.parametrize("role", [ROLE, MAY_ALL])
def test_a_session_gets_no_other_session(sandbox: Sandbox, role: str) -> None:
    held = session_of(sandbox, role)
    signed = Credentials(
        held["AWS_ACCESS_KEY_ID"], held["AWS_SECRET_ACCESS_KEY"], held["AWS_SESSION_TOKEN"]
    )

    status, text = asked(sandbox, json.dumps({"RoleArn": ROLE}), signed)

    assert status == 403
    assert "AccessDenied" in text


@pytest.mark.parametrize("secret", [None, "guessed"])
def test_nobody_else_on_this_machine_gets_one(sandbox: Sandbox, secret: str | None) -> None:
    signed = Credentials(ACCOUNT, secret) if secret else None

    status, text = asked(sandbox, json.dumps({"RoleArn": ROLE}), signed)

    assert status == 403
    assert "AWS_SECRET_ACCESS_KEY" not in text


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '{"RoleArn": "arn:aws:iam::1:role/no"}'])
def test_what_names_no_role_is_refused(sandbox: Sandbox, body: str) -> None:
    status, text = asked(sandbox, body, own(sandbox))

    assert status == 400
    assert json.loads(text)["message"].startswith("sandbox: ")
