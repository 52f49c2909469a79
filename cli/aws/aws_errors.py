"""Errors of AWS and botocore as one line: what failed, and what to do."""

from collections.abc import Callable
from typing import Any

_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_INVALID = ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch")
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AccessDeniedError")
_LOG_IN = "renew them (aws sso login, or new keys) and check with: aws sts get-caller-identity"


def code_of(error: BaseException) -> str:
    """Return the AWS error code of a ClientError, or an empty text."""
    response: Any = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def message_of(error: BaseException) -> str:
    """Return AWS's error message on one line."""
    response: Any = getattr(error, "response", None)
    message = response.get("Error", {}).get("Message") if isinstance(response, dict) else None
    return one_line(str(message or error))


def one_line(text: str) -> str:
    """Return `text` with every run of white space as one space."""
    return " ".join(text.split())


def is_denied(error: BaseException) -> bool:
    """Return whether AWS denied the call for lack of permission."""
    return code_of(error) in _DENIED


def is_missing(error: BaseException) -> bool:
    """Return whether AWS reports that the resource does not exist."""
    code, message = code_of(error), message_of(error)
    missing = ("does not exist", "Could not find", "Cannot find", "not found", "could not be found")
    return (
        "NotFound" in code or code.startswith("NoSuch") or any(text in message for text in missing)
    )


def explain(error: Exception) -> str | None:
    """Return one line for an error of boto3 or botocore, None for any other error."""
    if code_of(error):
        return _explain_response(error)
    for name in (kind.__name__ for kind in type(error).__mro__):
        if name in _BY_NAME:
            return _BY_NAME[name](error)
    return None


def _explain_response(error: Exception) -> str:
    operation = getattr(error, "operation_name", "the call")
    code, message = code_of(error), message_of(error)
    if code in _EXPIRED:
        return f"AWS: your credentials have expired; {_LOG_IN}"
    if code in _INVALID:
        return f"AWS: your credentials are not valid; {_LOG_IN}"
    if code in _DENIED:
        return f"AWS: {operation} is not allowed: {message}; ask for that permission"
    if "Throttl" in code or code == "TooManyRequestsException":
        return f"AWS: {operation} was called too often; wait a minute and try again"
    return f"AWS: {operation}: {message}"


def _unreachable(error: Exception) -> str:
    url = str(getattr(error, "kwargs", {}).get("endpoint_url", ""))
    if url.startswith(("http://127.", "http://localhost")):
        return f"sandbox: nothing answers at {url}; start it again with: ./kiban up"
    return f"AWS: cannot reach {url or 'it'}; check the network and the region"


def _no_credentials(_: Exception) -> str:
    return "AWS: no credentials found; log in (aws sso login, aws configure) or add --sandbox"


_BY_NAME: dict[str, Callable[[Exception], str]] = {
    "NoCredentialsError": _no_credentials,
    "PartialCredentialsError": _no_credentials,
    "CredentialRetrievalError": lambda error: f"AWS: {message_of(error)}; {_LOG_IN}",
    "SSOError": lambda error: f"AWS: {message_of(error)}; {_LOG_IN}",
    "ProfileNotFound": lambda error: f"AWS: {message_of(error)}; check AWS_PROFILE",
    "EndpointConnectionError": _unreachable,
    "ConnectTimeoutError": _unreachable,
    "ConnectionClosedError": _unreachable,
    "ReadTimeoutError": lambda error: f"AWS: {message_of(error)}; try again",
    "BotoCoreError": lambda error: f"AWS: {message_of(error)}",
    "S3UploadFailedError": lambda error: f"AWS: {message_of(error)}",
}
