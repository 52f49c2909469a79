import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
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


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ExpiredToken", "have expired"),
        ("ExpiredTokenException", "have expired"),
        ("RequestExpired", "have expired"),
        ("TokenRefreshRequired", "have expired"),
        ("InvalidClientTokenId", "not valid"),
        ("UnrecognizedClientException", "not valid"),
        ("SignatureDoesNotMatch", "not valid"),
        ("AccessDenied", "ask for that permission"),
        ("AccessDeniedException", "ask for that permission"),
        ("AccessDeniedError", "ask for that permission"),
        ("UnauthorizedOperation", "ask for that permission"),
        ("Throttling", "wait a minute"),
        ("ThrottledException", "wait a minute"),
        ("TooManyRequestsException", "wait a minute"),
    ],
)
def test_a_refusal_goes_by_many_codes(code: str, message: str) -> None:
    error = refused(code)

    assert message in str(aws_errors.explain(error))
    assert aws_errors.is_denied(error) == (message == "ask for that permission")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PartialCredentialsError(provider="env", cred_var="key"), "no credentials found"),
        (CredentialRetrievalError(provider="sso", error_msg="x"), "aws sso login"),
        (SSOTokenLoadError(error_msg="x"), "aws sso login"),
        (UnauthorizedSSOTokenError(), "aws sso login"),
        (ProfileNotFound(profile="work"), "check AWS_PROFILE"),
        (ConnectTimeoutError(endpoint_url="https://x.example"), "check the network"),
        (ReadTimeoutError(endpoint_url="https://x.example"), "try again"),
        (NoRegionError(), "AWS: You must specify a region."),
        (S3UploadFailedError("no"), "AWS: no"),
    ],
)
def test_an_error_of_the_library_says_what_to_do(error: Exception, message: str) -> None:
    assert message in str(aws_errors.explain(error))


@pytest.mark.parametrize(
    ("error", "is_missing"),
    [
        (refused("ResourceNotFound"), True),
        (refused("NoSuchKey"), True),
        (refused("ValidationException", 'Could not find model "x"'), True),
        (refused("ValidationException", "The queue was not found"), True),
        (refused("ValidationException", "It could not be found"), True),
        (refused("ValidationException", "It is wrong"), False),
        (ValueError("x"), False),
    ],
)
def test_what_is_missing_is_told_in_many_words(error: Exception, is_missing: bool) -> None:
    assert aws_errors.is_missing(error) == is_missing


def test_an_error_of_our_own_is_not_blamed_on_aws() -> None:
    assert aws_errors.explain(KeyError("x")) is None


def test_a_denied_call_is_told_from_a_missing_thing() -> None:
    assert aws_errors.is_denied(refused("AccessDenied"))
    assert not aws_errors.is_denied(refused("ValidationError", "Stack x does not exist"))
    assert aws_errors.is_missing(refused("ValidationError", "Stack x does not exist"))
    assert not aws_errors.is_missing(refused("AccessDenied"))
