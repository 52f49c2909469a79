"""How an invocation reaches a variant, and what the caller is answered."""

import http.client
import io
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sagemaker import capture, invocations, traffic
from sandbox.sagemaker.serving.copies import ContainerResponse
from sandbox.state import accounts, context
from sandbox.state.stores import Place

HERE = Place("123456789012", "eu-west-1")


class Variant:
    """Answers so, and remembers what it was sent."""

    name, configuration, requests = "A", "one", 1

    def __init__(self, answer: ContainerResponse | Exception) -> None:
        self.answer, self.sent, self.released = answer, [], 0  # type: ignore[var-annotated]

    def invoke(self, body: bytes, headers: dict[str, str]) -> ContainerResponse:
        self.sent.append((body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def stream(self, body: bytes, headers: dict[str, str]) -> tuple[Any, Any]:
        answer = self.invoke(body, headers)
        pieces = [answer.body, b""]
        response = SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            length=0,
            read=lambda: answer.body,
            read1=lambda most: pieces.pop(0),
            close=lambda: None,
        )
        return SimpleNamespace(close=lambda: None), response

    def release(self) -> None:
        self.released += 1


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was counted and captured."""
    found: list[Any] = []
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(region="us-east-1"))
    monkeypatch.setattr(accounts, "of_request", lambda environ: HERE.account)
    monkeypatch.setattr(
        traffic,
        "count",
        lambda served, status, **_: found.append((*served[:2], served.variant, status)),
    )
    monkeypatch.setattr(capture, "keep", lambda exchange, rules: found.append(exchange))
    yield found


def answered(
    variant: Variant | None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    body: bytes = b"1,2",
    rules: Any = None,
    **environ: Any,
) -> tuple[str, dict[str, str], bytes] | None:
    endpoint = SimpleNamespace(
        place=HERE,
        name="churn",
        capture=rules,
        copies=lambda: {"A": ("one",)},
        document={"EndpointConfigName": "config"},
        take=lambda target: variant if target != "B" else None,
    )
    found = {(HERE, "churn"): endpoint} if variant else {}
    monkeypatch.setattr(
        invocations, "ENDPOINTS", SimpleNamespace(find=lambda place, name: found.get((place, name)))
    )
    said: list[Any] = []
    request = {
        "PATH_INFO": "/endpoints/churn/invocations",
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": "AWS4 Credential=KEY/20260531/eu-west-1/sagemaker/aws4_request",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    content = invocations.serve(request, lambda status, headers: said.append((status, headers)))
    if content is None:
        return None
    status, headers = said[0]
    whole = b"".join(content)
    # As a WSGI server does with what has it.
    getattr(content, "close", lambda: None)()
    return status, dict(headers), whole


OK = ContainerResponse(200, {"content-type": "text/csv"}, b"0.5")


@pytest.mark.parametrize(
    "environ",
    [
        {"REQUEST_METHOD": "GET"},
        {"PATH_INFO": "/endpoints/churn"},
        {"PATH_INFO": "/endpoints/a/b/invocations"},
    ],
)
def test_another_request_is_left_to_moto(
    environ: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(Variant(OK), monkeypatch, **environ) is None


def test_an_answer_is_passed_on_with_the_variant_that_gave_it(
    monkeypatch: pytest.MonkeyPatch, noted: list[Any]
) -> None:
    variant = Variant(OK)

    found = answered(variant, monkeypatch, CONTENT_TYPE="text/csv", HTTP_ACCEPT="text/plain")

    assert found is not None
    status, headers, body = found
    assert (status, body) == ("200 OK", b"0.5")
    assert headers["Content-Type"] == "text/csv"
    assert headers["Content-Length"] == "3"
    assert headers["x-Amzn-Invoked-Production-Variant"] == "A"
    assert variant.sent == [(b"1,2", {"Content-Type": "text/csv", "Accept": "text/plain"})]
    assert (noted, variant.released) == ([(HERE, "churn", "A", 200)], 1)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES", "X-Amzn-SageMaker-Custom-Attributes"),
        ("HTTP_X_AMZN_SAGEMAKER_INFERENCE_ID", "X-Amzn-SageMaker-Inference-Id"),
    ],
)
def test_what_the_caller_says_is_passed_and_captured(
    key: str, name: str, monkeypatch: pytest.MonkeyPatch, noted: list[Any]
) -> None:
    variant, said = Variant(OK), dict[str, Any]({key: "said"})

    answered(variant, monkeypatch, rules={"Enable": 1}, **said)

    assert variant.sent[0][1] == {
        "Content-Type": "application/octet-stream",
        "Accept": "*/*",
        name: "said",
    }
    kept = noted[1]
    assert "said" in (kept.inference_id, kept.custom_attributes)
    assert (kept.request[1], kept.response) == (b"1,2", ("text/csv", b"0.5"))


@pytest.mark.parametrize(("given", "shown"), [({}, False), ({"attributes": "mine"}, True)])
def test_attributes_of_the_container_come_back(
    given: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {f"x-amzn-sagemaker-custom-{key}": value for key, value in given.items()}

    found = answered(Variant(ContainerResponse(200, headers, b"")), monkeypatch)

    assert found is not None
    assert ("X-Amzn-SageMaker-Custom-Attributes" in found[1]) is shown
    assert found[1]["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(("size", "taken"), [(6_291_456, True), (6_291_457, False)])
def test_a_request_has_six_mebibytes_at_most(
    size: int, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answered(Variant(OK), monkeypatch, body=b"x" * size)

    assert found is not None
    assert found[0] == ("200 OK" if taken else "400 Bad Request")
    assert taken or f"Request size {size} exceeded the limit of 6291456 bytes" in str(found[2])


@pytest.mark.parametrize(
    ("variant", "environ", "message"),
    [
        (None, {}, "Endpoint churn of account 123456789012 not found."),
        (
            Variant(OK),
            {"HTTP_X_AMZN_SAGEMAKER_TARGET_VARIANT": "B"},
            "Endpoint churn of account 123456789012 has no such variant in service.",
        ),
        (
            Variant(OK),
            {"HTTP_AUTHORIZATION": ""},
            "Endpoint churn of account 123456789012 not found.",
        ),
        (
            Variant(OK),
            {"HTTP_AUTHORIZATION": "Credential=KEY/20260531/eu-west-1"},
            "Endpoint churn of account 123456789012 not found.",
        ),
    ],
)
def test_an_endpoint_that_is_not_here_is_refused(
    variant: Variant | None,
    environ: dict[str, Any],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = answered(variant, monkeypatch, **environ)

    assert found is not None
    assert (found[0], found[1]["x-amzn-ErrorType"]) == ("400 Bad Request", "ValidationError")
    assert json.loads(found[2]) == {"Message": message}


@pytest.mark.parametrize(
    ("answer", "side", "status", "counted", "text"),
    [
        (ContainerResponse(199, {}, b"x"), "server", 199, 199, "x"),
        (ContainerResponse(400, {}, b"bad"), "client", 400, 400, "bad"),
        (ContainerResponse(499, {}, b"bad"), "client", 499, 499, "bad"),
        (ContainerResponse(500, {}, b"y" * 2_000), "server", 500, 500, "y" * 1_024),
        (TimeoutError(), "server", 0, 500, "Your invocation timed out while waiting"),
        (ConnectionError(), "server", 0, 500, "The container did not answer."),
        (ValueError(), "server", 0, 500, "The container did not answer."),
        (http.client.HTTPException("no HTTP"), "server", 0, 500, "no HTTP"),
    ],
)
def test_a_container_that_fails_is_a_model_error(
    answer: Any,
    side: str,
    status: int,
    counted: int,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    noted: list[Any],
) -> None:
    variant = Variant(answer)

    found = answered(variant, monkeypatch, rules={"Enable": 1})

    assert found is not None
    assert (found[0], found[1]["x-amzn-ErrorType"]) == ("424 Failed Dependency", "ModelError")
    content = json.loads(found[2])
    assert content["Message"].startswith(f"Received {side} error ({status}) from primary")
    assert content["OriginalStatusCode"] == status
    assert content["OriginalMessage"].startswith(text)
    assert len(content["OriginalMessage"]) <= 1_024
    assert (noted, variant.released) == ([(HERE, "churn", "A", counted)], 1)


@pytest.mark.parametrize("status", [200, 302, 399])
def test_an_answer_that_is_no_error_is_passed_as_200(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answered(Variant(ContainerResponse(status, {}, b"x")), monkeypatch)

    assert found is not None
    assert found[0] == "200 OK"


STREAM: dict[str, Any] = {
    "PATH_INFO": "/endpoints/churn/invocations-response-stream",
    "HTTP_X_AMZN_SAGEMAKER_ACCEPT": "text/csv",
    "HTTP_ACCEPT": "*/*",
}


def test_a_stream_says_its_type_and_variant_before_its_first_event(
    monkeypatch: pytest.MonkeyPatch, noted: list[Any]
) -> None:
    variant = Variant(OK)

    found = answered(variant, monkeypatch, **STREAM)

    assert found is not None
    status, headers, content = found
    assert status == "200 OK"
    assert headers["Content-Type"] == "application/vnd.amazon.eventstream"
    assert headers["X-Amzn-SageMaker-Content-Type"] == "text/csv"
    assert headers["x-Amzn-Invoked-Production-Variant"] == "A"
    assert "Content-Length" not in headers
    assert b"0.5" in content
    assert variant.sent[0][1]["Accept"] == "text/csv"
    assert (noted, variant.released) == ([(HERE, "churn", "A", 200)], 1)


@pytest.mark.parametrize(
    ("answer", "counted", "told"),
    [
        (ContainerResponse(400, {}, b"no number"), 400, "client error (400)"),
        (ConnectionRefusedError(), 500, "did not answer"),
        (http.client.BadStatusLine(""), 500, "did not answer"),
    ],
)
def test_a_stream_that_does_not_begin_is_an_error_of_the_model(
    answer: Any,
    counted: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    noted: list[Any],
) -> None:
    variant = Variant(answer)

    found = answered(variant, monkeypatch, **STREAM)

    assert found is not None
    assert found[0] == "424 Failed Dependency"
    assert told in found[2].decode()
    assert (noted, variant.released) == ([(HERE, "churn", "A", counted)], 1)
