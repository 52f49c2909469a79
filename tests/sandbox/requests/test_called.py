"""Which operation a request calls: by header, path or form, and what is none of AWS's."""

import io
from typing import Any

import pytest

from sandbox.requests.called import Called, kept, read


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

    assert read(environ("sts", line)) == Called("sts", "GetCallerIdentity", "query")


def test_a_word_in_the_middle_of_a_form_is_no_action() -> None:
    form = "Version=1&MyAction=A&Action=B%43&TemplateBody=x%26Action%3DD"

    assert read(environ("sns", body=form)).operation == "BC"


def test_a_body_without_an_action_is_left_to_be_read_again() -> None:
    asked = environ("batch", "POST /v1/submitjob", '{"jobName": "x"}')

    assert read(asked) == Called("batch", "SubmitJob", "rest-json")
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

    assert read(asked) == Called("s3", "PutObject", "rest-xml")


def test_the_second_api_that_is_signed_for_eventbridge_has_its_own_name() -> None:
    asked = environ("events", "POST /service/EventBridge/operation/ListRules")

    assert read(asked) == Called("eventbridgev2", "ListRules", "smithy-rpc-v2-cbor")


@pytest.mark.parametrize(
    "path", ["/moto-api/reset", "/favicon.ico", "/latest/meta-data/iam", "/latest/api/token"]
)
def test_what_moto_gives_out_beside_aws_has_no_name(path: str) -> None:
    """moto answers these whatever they are signed for; S3 would take the first for a bucket."""
    assert read(environ("s3", f"GET {path}")) == Called("moto", f"GET {path}", "rest-json")


def test_an_address_that_no_api_has_is_called_by_its_line() -> None:
    asked = read(environ("scheduler", "GET /nothing"))

    assert asked == Called("scheduler", "GET /nothing", "rest-json")
    assert read(environ("nothing", "GET /")).operation == "GET /"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("line", "body", "more"),
    [
        ("POST /", "Action=A&Action=B", {}),
        ("POST /?Action=B", "Action=A", {"CONTENT_TYPE": FORM}),
        ("POST /?RoleName=admin", "Action=A&RoleName=mine", {"CONTENT_TYPE": FORM}),
        ("POST /?Action=B", "{}", {"HTTP_X_AMZ_TARGET": "X.A"}),
        ("POST /", "Action=B", {"HTTP_X_AMZ_TARGET": "X.A", "CONTENT_TYPE": FORM}),
    ],
)
def test_a_request_that_names_two_operations_calls_none(
    line: str, body: str, more: dict[str, str]
) -> None:
    assert read(environ("iam", line, body, **more)).operation not in ("A", "B")


def test_a_text_in_a_body_is_no_operation_beside_the_one_of_the_header() -> None:
    asked = environ("ssm", body='{"Value": "&Action=B&"}', HTTP_X_AMZ_TARGET="AmazonSSM.A")

    assert read(asked) == Called("ssm", "A", "json")


@pytest.mark.parametrize("path", ["/endpoints/e/invocations", "/elsewhere"])
def test_a_header_names_no_operation_where_the_address_does(path: str) -> None:
    asked = environ("sagemaker", f"POST {path}", HTTP_X_AMZ_TARGET="SageMaker.ListTags")

    assert read(asked).operation in ("InvokeEndpoint", "POST /elsewhere")


def test_an_address_for_all_operations_names_none() -> None:
    assert read(environ("states", "POST /")) == Called("stepfunctions", "POST /", "json")


def test_what_was_read_is_kept_whatever_becomes_of_the_request() -> None:
    asked = environ("ssm", HTTP_X_AMZ_TARGET="AmazonSSM.A")
    assert kept(asked) is None
    found = read(asked)

    asked["HTTP_X_AMZ_TARGET"] = "AmazonSSM.B"

    assert read(asked) == kept(asked) == found
