"""Refusal of requests that nobody with an access key of this sandbox signed.

It is asked before anything else: every user of this machine can reach a port on loopback.
"""

from __future__ import annotations

import base64
import hmac
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from werkzeug.formparser import parse_form_data

from sandbox.iam import access_keys, web_tokens
from sandbox.server import signatures, upload_policy
from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.server.signatures import Environ, Signature


class Refusal(NamedTuple):
    """The code and the message of a refusal."""

    code: str
    message: str


# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
_UNSIGNED = Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
_UNKNOWN = Refusal("InvalidClientTokenId", "The security token included in the request is invalid.")
_MISMATCH = Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.",
)
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_OTHER_BODY = Refusal(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
)
_EXPIRED = Refusal("ExpiredToken", "The security token included in the request is expired")
_LATE = Refusal("AccessDenied", "Request has expired")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
_NO_TOKEN = Refusal("InvalidIdentityToken", "Couldn't verify signature of the ID Token")
# What a form writes is not held to the policies of a role.
_ROLES_FORM = Refusal("AccessDenied", "sandbox: a form signed by a role's session is not emulated")
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_OF_S3 = {
    _UNSIGNED: Refusal("AccessDenied", "Access Denied"),
    _UNKNOWN: Refusal(
        "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
    ),
    _MISMATCH: Refusal(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your "
        "key and signing method.",
    ),
}
_OF_JSON = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "ExpiredToken": "ExpiredTokenException",
}


def refusal(environ: Environ) -> Refusal | None:
    """Return why a WSGI request is refused, in the words of its service; None when it is not."""
    signature = signatures.read(environ)
    found = _of_signed(environ, signature) if signature else _of_unsigned(environ)
    if found is None:
        return None
    if is_s3(environ):
        return _OF_S3.get(found, found)
    if "HTTP_X_AMZ_TARGET" in environ:
        return Refusal(_OF_JSON.get(found.code, found.code), found.message)
    return found


def is_s3(environ: Environ) -> bool:
    """Whether a request is S3's: by its signature, or as a form or an address of it."""
    signature = signatures.read(environ)
    if signature:
        return signature.service == "s3"
    return "AWSAccessKeyId=" in environ.get("QUERY_STRING", "") or _is_upload(environ)


def _of_signed(environ: Environ, signature: Signature) -> Refusal | None:
    known = access_keys.find(signature.key)
    if known is None or known.token != (signature.token or None):
        return _UNKNOWN
    wanted = signatures.calculate(environ, signature, known.secret)
    if not _equal(wanted, signature.value):
        return _MISMATCH
    if not signatures.has_signed_body(environ, signature):
        return _OTHER_BODY if signature.service == "s3" else _MISMATCH
    if known.has_expired:
        return _EXPIRED
    return _LATE if signature.is_query and _is_late(signature) else None


def _is_late(signature: Signature) -> bool:
    try:
        made = datetime.strptime(signature.moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.now(UTC) > made + timedelta(seconds=int(signature.seconds))
    except (ValueError, OverflowError):
        return True


def _equal(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode())


def _of_unsigned(environ: Environ) -> Refusal | None:
    query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if {"AWSAccessKeyId", "Signature", "Expires"} <= query.keys():
        return _of_version_2(environ, query)
    if _is_upload(environ):
        return _of_upload(environ)
    if environ["REQUEST_METHOD"] == "POST" and "form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        form = dict(parse_qsl(signatures.body(environ).decode(errors="replace")))
        # STS alone takes requests that nobody signed: the token says who it is.
        if form.get("Action") == "AssumeRoleWithWebIdentity":
            token = form.get("WebIdentityToken", "")
            is_known = web_tokens.is_signed(token, context.current().secret)
            return None if is_known else _NO_TOKEN
    return _UNSIGNED


def _of_version_2(environ: Environ, query: dict[str, str]) -> Refusal | None:
    known = access_keys.find(query["AWSAccessKeyId"])
    if known is None or known.token != query.get("x-amz-security-token"):
        return _UNKNOWN
    wanted = signatures.calculate_version_2(environ, known.secret, query["Expires"])
    if not _equal(wanted, query["Signature"]):
        return _MISMATCH
    expires = int(query["Expires"]) if query["Expires"].isdecimal() else 0
    is_over = known.has_expired or datetime.now(UTC).timestamp() > expires
    return _LATE if is_over else None


def _is_upload(environ: Environ) -> bool:
    kind = str(environ.get("CONTENT_TYPE", ""))
    return kind.startswith("multipart/form-data") and environ["REQUEST_METHOD"] == "POST"


def _of_upload(environ: Environ) -> Refusal | None:
    """Check the signed policy of a form that uploads to S3.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
    """
    content = signatures.body(environ)
    readable = {**environ, "wsgi.input": io.BytesIO(content)}
    _, form, files = parse_form_data(readable, stream_factory=lambda *_, **__: io.BytesIO())
    given = {name.lower(): text for name, text in form.items()}
    key, *scope = given.get("x-amz-credential", given.get("awsaccesskeyid", "")).split("/")
    known = access_keys.find(key)
    if "policy" not in given:
        return _UNSIGNED
    if known is None or known.token != given.get("x-amz-security-token"):
        return _UNKNOWN
    if known.token is not None:
        return _ROLES_FORM
    if len(scope) == 4:
        wanted = signatures.sign(known.secret, (scope[0], scope[1], scope[2]), given["policy"])
    else:
        digest = hmac.digest(known.secret.encode(), given["policy"].encode(), "sha1")
        wanted = base64.b64encode(digest).decode()
    if not _equal(wanted, given.get("x-amz-signature", given.get("signature", ""))):
        return _MISMATCH
    if known.has_expired:
        return _EXPIRED
    size = sum(len(one.stream.getvalue()) for one in files.values())
    bucket = str(environ["PATH_INFO"]).strip("/").partition("/")[0]
    found = upload_policy.problem(given["policy"], bucket, given, size)
    return None if found is None else Refusal(*found)
