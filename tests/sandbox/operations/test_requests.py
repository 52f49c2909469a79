"""Which operation a request calls: by header, path or form, and what is none of AWS's."""

import io
from typing import Any

import pytest

from sandbox.operations.requests import Request, read


def environ(signed_for: str, line: str = "POST /", body: str = "", **more: str) -> dict[str, Any]:
    method, _, address = line.partition(" ")
    path, _, query = address.partition("?")
    signed = f"AWS4 Credential=KEY/20260531/eu-west-1/{signed_for}/aws4_request, Signature=x"
    return {
        **({"HTTP_AUTHORIZATION": signed} if signed_for else {}),
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body.encode()),
        **more,
    }


def test_an_address_that_is_signed_names_its_operation_in_the_query() -> None:
    line = "GET /?Action=GetCallerIdentity&Version=2011-06-15"

    assert read(environ("sts", line)) == Request("sts", "GetCallerIdentity", "query")


def test_a_word_in_the_middle_of_a_form_is_no_action() -> None:
    form = "Version=1&MyAction=A&Action=B%43&TemplateBody=x%26Action%3DD"

    assert read(environ("sns", body=form)).operation == "BC"


def test_a_body_without_an_action_is_left_to_be_read_again() -> None:
    asked = environ("batch", "POST /v1/submitjob", '{"jobName": "x"}')

    assert read(asked) == Request("batch", "SubmitJob", "rest-json")
    assert asked["wsgi.input"].read() == b'{"jobName": "x"}'


def test_the_body_of_an_object_and_of_an_invocation_is_not_looked_at() -> None:
    for service, line, operation in (
        ("s3", "PUT /b/k", "PutObject"),
        ("sagemaker", "POST /endpoints/e/invocations", "InvokeEndpoint"),
    ):
        asked = environ(service, line, "Action=CreateModel")
        asked["wsgi.input"] = None
        assert read(asked).operation == operation


def test_a_header_of_another_protocol_does_not_name_an_operation_of_s3() -> None:
    asked = environ("s3", "PUT /b?accelerate", HTTP_X_AMZ_TARGET="S3.ListBuckets")

    assert read(asked).operation == "PutBucketAccelerateConfiguration"


def test_an_upload_by_a_form_puts_an_object() -> None:
    asked = environ("", "POST /bucket", CONTENT_TYPE="multipart/form-data; boundary=b")

    assert read(asked) == Request("s3", "PutObject", "rest-xml")


def test_the_second_api_that_is_signed_for_eventbridge_has_its_own_name() -> None:
    asked = environ("events", "POST /service/EventBridge/operation/ListRules")

    assert read(asked) == Request("eventbridgev2", "ListRules", "smithy-rpc-v2-cbor")


@pytest.mark.parametrize(
    "path", ["/moto-api/reset", "/favicon.ico", "/latest/meta-data/iam", "/latest/api/token"]
)
def test_what_moto_gives_out_beside_aws_has_no_name(path: str) -> None:
    """moto answers these whatever they are signed for; S3 would take the first for a bucket."""
    assert read(environ("s3", f"GET {path}")) == Request("moto", f"GET {path}", "rest-json")


def test_an_address_that_no_api_has_is_called_by_its_line() -> None:
    asked = read(environ("scheduler", "GET /nothing"))

    assert asked == Request("scheduler", "GET /nothing", "rest-json")
    assert read(environ("nothing", "GET /")).operation == "GET /"
