"""What stands before moto: refusals, canned answers, and errors in one line."""

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest

from sandbox.cloudcontrol import api as cloudcontrol
from sandbox.ecr import layers
from sandbox.iam import sessions
from sandbox.operations import unlisted
from sandbox.refusals import gate
from sandbox.requests import called
from sandbox.server import caller_check
from sandbox.server import gateway as module
from sandbox.server.gateway import gateway
from sandbox.state import accounts

KEY = "AWS4-HMAC-SHA256 Credential=111122223333/20260531/us-east-1"


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_check, "refusal", lambda environ: environ.get("STRANGER"))
    monkeypatch.setattr(sessions, "refusal", lambda environ: environ.get("DENIED"))
    monkeypatch.setattr(layers, "serve", lambda environ, start: environ.get("LAYER"))
    monkeypatch.setattr(called, "read", lambda environ: environ.get("UNLISTED"))
    monkeypatch.setattr(unlisted, "serve", lambda request, start: request)
    monkeypatch.setattr(cloudcontrol, "serve", lambda environ, start: environ.get("CONTROLLED"))
    monkeypatch.setattr(gate, "serve", lambda environ, start: environ.get("REFUSED"))


class Application:
    """moto, which answers or fails, and whether IAM was reserved for it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.held: bool | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        lock: Any = module._IAM
        self.held = lock._is_owned()
        if self.error:
            raise self.error
        start("200 OK", [])
        return [b"moto"]


def answered(application: Application, **environ: Any) -> tuple[str, dict[str, str], str]:
    said: list[Any] = []
    environ = {"HTTP_HOST": "127.0.0.1:5000", **environ}
    found = gateway(application)(environ, lambda status, headers: said.append((status, headers)))
    status, headers = said[0] if said else ("", [])
    return status, dict(headers), b"".join(found).decode()


def test_a_request_reaches_moto() -> None:
    assert answered(Application()) == ("200 OK", {}, "moto")


def test_cloud_control_answers_what_is_on_the_list_and_moto_has_not() -> None:
    assert answered(Application(), CONTROLLED=[b"changed"])[2] == "changed"
    assert answered(Application(), CONTROLLED=[b"changed"], UNLISTED=[b"no"])[2] == "no"


def test_what_a_session_may_not_do_and_a_layer_do_not_reach_moto() -> None:
    moto = Application()

    assert answered(moto, DENIED="not you")[0] == "403 Forbidden"
    assert answered(moto, DENIED="")[0] == "403 Forbidden"
    assert answered(moto, LAYER=[])[2] == ""
    assert moto.held is None


def test_an_operation_that_is_not_listed_does_not_reach_moto() -> None:
    moto = Application()

    assert answered(moto, UNLISTED=[b"no"])[2] == "no"
    assert answered(moto, UNLISTED=[b"no"], DENIED="not you")[0] == "403 Forbidden"
    assert moto.held is None


def test_what_aws_refuses_does_not_reach_moto() -> None:
    moto = Application()

    assert answered(moto, REFUSED=[b"no"])[2] == "no"
    assert moto.held is None


def test_a_strangers_request_is_not_looked_at() -> None:
    moto = Application()
    stranger = caller_check.Refusal("InvalidClientTokenId", "who?")

    status, _, body = answered(moto, STRANGER=stranger, DENIED="never asked")

    assert status == "403 Forbidden"
    assert "<Code>InvalidClientTokenId</Code><Message>who?</Message>" in body
    assert moto.held is None


def test_a_call_of_the_cdk_that_needs_no_true_answer_gets_an_empty_one() -> None:
    status, headers, body = answered(Application(), HTTP_X_AMZ_TARGET="CloudTrail.LookupEvents")

    assert (status, json.loads(body)) == ("200 OK", {"Events": []})
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert headers["Content-Length"] == str(len(body))
    assert answered(Application(), HTTP_X_AMZ_TARGET="CloudTrail.Other")[2] == "moto"


@pytest.mark.parametrize(
    ("error", "status", "code", "message"),
    [
        (NotImplementedError("x"), "501 Not Implemented", "NotImplemented", "not emulated: x"),
        (ValueError("a < b"), "400 Bad Request", "SandboxFailure", "ValueError: a < b"),
    ],
)
def test_an_error_is_final_and_in_the_form_of_its_protocol(
    error: Exception, status: str, code: str, message: str
) -> None:
    text = f"sandbox: {message}"
    for environ in ({"CONTENT_TYPE": "application/x-amz-json-1.1"}, {"HTTP_X_AMZ_TARGET": "A.B"}):
        found = answered(Application(error), **environ)
        assert found[0] == status
        assert json.loads(found[2]) == {"__type": code, "code": code, "message": text}

    escaped = text.replace("<", "&lt;")
    plain = f"<Error><Code>{code}</Code><Message>{escaped}</Message></Error>"
    found = answered(Application(error), HTTP_AUTHORIZATION=f"{KEY}/s3/aws4_request")
    assert found[2] == plain
    assert found[1]["Content-Type"] == "text/xml"
    assert answered(Application(error))[2] == f"<ErrorResponse>{plain}</ErrorResponse>"


@pytest.mark.parametrize(
    ("scope", "held"), [("/iam/aws4_request", True), ("/s3/aws4_request", False), ("/iam", False)]
)
def test_iam_serves_one_request_at_a_time(scope: str, held: bool) -> None:
    moto = Application()

    answered(moto, **{"HTTP_AUTHORIZATION": KEY + scope, "wsgi.input": io.BytesIO()})

    assert moto.held is held


def test_moto_is_told_whose_request_it_is() -> None:
    environ: dict[str, Any] = {"HTTP_AUTHORIZATION": KEY, "HTTP_HOST": "127.0.0.1:5000"}
    gateway(Application())(environ, lambda *given: None)

    assert environ["HTTP_X_MOTO_ACCOUNT_ID"] == "111122223333"
    for signed in ("AWS4 Credential=AKIA/20260531", ""):
        environ = {"HTTP_AUTHORIZATION": signed}
        accounts.mark(environ)
        assert "HTTP_X_MOTO_ACCOUNT_ID" not in environ
