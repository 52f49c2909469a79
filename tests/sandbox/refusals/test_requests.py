"""How a request is read in each of AWS's protocols, and answered in it."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.parsers import RpcV2CBORParser

from sandbox.refusals import gate, requests
from sandbox.refusals.forms import FORMS
from sandbox.state.stores import Place

SIGNED = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/{}/aws4_request, "
JSON, FORM = "application/x-amz-json-1.1", "application/x-www-form-urlencoded"


def environ(service: str, body: bytes = b"", **more: Any) -> dict[str, Any]:
    return {
        "HTTP_AUTHORIZATION": SIGNED.format(service),
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }


def read(service: str, body: bytes = b"", **more: Any) -> requests.Request | None:
    return requests.read(environ(service, body, **more), FORMS)


def form(**params: str) -> dict[str, Any]:
    return {"body": urlencode(params).encode(), "CONTENT_TYPE": FORM}


def target(operation: str) -> dict[str, str]:
    return {"HTTP_X_AMZ_TARGET": operation, "CONTENT_TYPE": JSON}


def test_a_request_in_json_names_its_operation_in_a_header() -> None:
    found = read("states", b'{"name": "n"}', **target("AWSStepFunctions.CreateStateMachine"))

    assert found is not None
    assert (found.service, found.operation) == ("stepfunctions", "CreateStateMachine")
    assert (found.params, found.protocol) == ({"name": "n"}, "json")
    assert found.place == Place("123456789012", "eu-west-1")


def test_a_form_becomes_structures_lists_and_numbers() -> None:
    found = read(
        "iam",
        **form(
            **{
                "Action": "CreateRole",
                "RoleName": "r",
                "MaxSessionDuration": "3600",
                "Tags.member.1.Key": "a",
                "Tags.member.2.Key": "b",
                "Tags.member.2.Value": "",
            }
        ),
    )

    assert found is not None
    assert found.params == {
        "RoleName": "r",
        "MaxSessionDuration": 3600,
        "Tags": [{"Key": "a"}, {"Key": "b", "Value": ""}],
    }


def test_an_address_and_its_body_are_one_request() -> None:
    body = b'{"ScheduleExpression": "rate(1 hour)"}'

    found = read("scheduler", body, PATH_INFO="/schedules/mine", CONTENT_TYPE="application/json")

    assert found is not None
    assert found.params == {"Name": "mine", "ScheduleExpression": "rate(1 hour)"}


def test_a_body_that_is_the_payload_is_one_parameter_and_headers_are_others() -> None:
    found = read(
        "sagemaker",
        b"1,2",
        PATH_INFO="/endpoints/e/invocations",
        CONTENT_TYPE="text/csv",
        HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES="a",
    )

    assert found is not None
    assert (found.service, found.operation) == ("sagemaker-runtime", "InvokeEndpoint")
    assert found.params["Body"] == b"1,2"
    assert (found.params["EndpointName"], found.params["CustomAttributes"]) == ("e", "a")


@pytest.mark.parametrize(
    ("service", "more"),
    [
        ("ec2", form(Action="DescribeVpcs")),
        ("iam", form(Action="Fly")),
        ("iam", form(Action="CreateRole", MaxSessionDuration="long")),
        (
            "iam",
            {"body": b"\xff", "HTTP_CONTENT_ENCODING": "gzip", "QUERY_STRING": "Action=CreateRole"},
        ),
        ("sagemaker", {"body": b"no JSON", **target("SageMaker.CreateModel")}),
        ("sagemaker", {"body": b"[" * 100_000, **target("SageMaker.CreateModel")}),
        ("sagemaker", {"body": b"[]", **target("SageMaker.CreateModel")}),
        ("scheduler", {"PATH_INFO": "/none/of/it"}),
        ("", {"HTTP_AUTHORIZATION": ""}),
    ],
)
def test_what_is_no_such_request_is_left_to_whoever_answers_it(
    service: str, more: dict[str, Any]
) -> None:
    assert read(service, **more) is None


def answered(request: dict[str, Any]) -> tuple[str, str, bytes]:
    said: list[Any] = []
    body = gate.serve(request, lambda status, headers: said.append((status, dict(headers))))
    assert body is not None
    (status, headers) = said[0]
    assert headers["Content-Length"] == str(len(body[0]))
    return status, headers["x-amzn-ErrorType"], body[0]


def test_a_form_is_answered_in_xml() -> None:
    request = environ(
        "iam", **form(Action="CreateRole", RoleName="<", AssumeRolePolicyDocument="x")
    )

    status, code, body = answered(request)

    assert (status, code) == ("400 Bad Request", "ValidationError")
    assert b"<Type>Sender</Type><Code>ValidationError</Code><Message>1 validation" in body
    assert b"Value '&lt;' at 'roleName'" in body


def test_json_is_answered_in_json_with_the_body_left_to_be_read() -> None:
    request = environ("sagemaker", b"{}", **target("SageMaker.DescribeModel"))

    told = json.loads(answered(request)[2])

    assert told["__type"] == "ValidationException"
    assert told["message"] == (
        "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert request["wsgi.input"].read() == b"{}"


def test_cbor_is_answered_in_cbor() -> None:
    name = b"x" * 256
    # A map of one text to a text of 256 bytes: RFC 8949, section 3.
    body = b"\xa1\x69AlarmName\x79" + len(name).to_bytes(2, "big") + name
    path = "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm"

    _, code, found = answered(environ("monitoring", body, PATH_INFO=path))

    parsed: Any = RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(found)))
    assert (code, parsed["__type"]) == ("ValidationError", "ValidationError")
    assert "at 'alarmName' failed to satisfy constraint" in parsed["message"]
