import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
)

from cli.aws import aws_errors


def refused(code: str, words: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "CreateThing")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (refused("ExpiredToken"), "credentials have expired"),
        (refused("InvalidClientTokenId"), "not valid"),
        (refused("AccessDeniedException", "user x"), "CreateThing is not allowed: user x"),
        (refused("ThrottlingException"), "wait a minute"),
        (refused("ValidationException", "two\nlines"), "CreateThing: two lines"),
        (NoCredentialsError(), "no credentials"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:4/"), "kiban up"),
        (ConnectionClosedError(endpoint_url="http://127.0.0.1:4/"), "kiban up"),
        (EndpointConnectionError(endpoint_url="https://x.example"), "check the network"),
    ],
)
def test_every_refusal_of_aws_is_one_line(error: Exception, message: str) -> None:
    line = aws_errors.explain(error)

    assert line is not None
    assert message in line
    assert "\n" not in line


def test_an_error_of_our_own_is_not_blamed_on_aws() -> None:
    assert aws_errors.explain(KeyError("x")) is None


def test_a_denied_call_is_told_from_a_missing_thing() -> None:
    assert aws_errors.is_denied(refused("AccessDenied"))
    assert not aws_errors.is_denied(refused("ValidationError", "Stack x does not exist"))
    assert aws_errors.is_missing(refused("ValidationError", "Stack x does not exist"))
    assert not aws_errors.is_missing(refused("AccessDenied"))
