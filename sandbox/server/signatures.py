"""Signature Version 4 of a WSGI request: what it claims, and what it should be for a secret.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.auth import HmacV1Auth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.utils import normalize_url_path

Environ = dict[str, Any]

_ALGORITHM = "AWS4-HMAC-SHA256"
_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_SAFE = "-_.~"


@dataclass(frozen=True)
class Signature:
    """What a request says about its signature; `headers` are the names of those it covers."""

    key: str
    value: str
    scope: tuple[str, str, str]  # date, region, service
    moment: str
    headers: tuple[str, ...]
    token: str | None
    is_query: bool
    seconds: str = ""  # how long an address is valid

    @property
    def service(self) -> str:
        """The service that the request is signed for."""
        return self.scope[2]


def read(environ: Environ) -> Signature | None:
    """Return the signature in the header or in the address of a request; None without one."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header.startswith(f"{_ALGORITHM} "):
        parts = dict(_PART.findall(header))
        parts["Date"] = environ.get("HTTP_X_AMZ_DATE", "")
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
        return _signature(parts, token, is_query=False)
    query = _query(environ)
    if query.get("X-Amz-Algorithm") == _ALGORITHM:
        parts = {name.removeprefix("X-Amz-"): text for name, text in query.items()}
        return _signature(parts, query.get("X-Amz-Security-Token"), is_query=True)
    return None


def _signature(parts: dict[str, str], token: str | None, *, is_query: bool) -> Signature | None:
    key, *scope = parts.get("Credential", "").split("/")
    if len(scope) != 4:
        return None
    return Signature(
        key=key,
        value=parts.get("Signature", ""),
        scope=(scope[0], scope[1], scope[2]),
        moment=parts.get("Date", ""),
        headers=tuple(parts.get("SignedHeaders", "").split(";")),
        token=token,
        is_query=is_query,
        seconds=parts.get("Expires", ""),
    )


def calculate(environ: Environ, signature: Signature, secret: str) -> str:
    """Return the signature that a request with these claims has when it is made with `secret`."""
    canonical = "\n".join(
        [
            environ["REQUEST_METHOD"],
            _path(environ, signature.service),
            _canonical_query(environ, signature),
            *(f"{name}:{_header(environ, name)}" for name in signature.headers),
            "",
            ";".join(signature.headers),
            _payload(environ, signature),
        ]
    )
    # WSGI gives every byte as a character: PEP 3333.
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    scope = "/".join([*signature.scope, "aws4_request"])
    text = "\n".join([_ALGORITHM, signature.moment, scope, digest])
    return sign(secret, signature.scope, text)


def sign(secret: str, scope: tuple[str, str, str], text: str) -> str:
    """Return the signature of a text by the key of a day, a region and a service."""
    return _hmac(_signing_key(secret, scope), text).hex()


@lru_cache(maxsize=256)
def _signing_key(secret: str, scope: tuple[str, str, str]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _target(environ: Environ) -> str:
    """Return path and query as they were sent: `PATH_INFO` is decoded already."""
    return str(environ.get("RAW_URI") or "/")


def _query(environ: Environ) -> dict[str, str]:
    return dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))


def _path(environ: Environ, service: str) -> str:
    path = _target(environ).partition("?")[0] or "/"
    # S3 alone signs the path as it is; every other service encodes it once more.
    return path if service == "s3" else quote(normalize_url_path(path), safe="/~")


def _canonical_query(environ: Environ, signature: Signature) -> str:
    sent = _target(environ).partition("?")[2].replace("+", "%20")
    pairs = [
        (quote(name, safe=_SAFE, encoding="latin-1"), quote(text, safe=_SAFE, encoding="latin-1"))
        for name, text in parse_qsl(sent, keep_blank_values=True, encoding="latin-1")
        if not (signature.is_query and name == "X-Amz-Signature")
    ]
    return "&".join(f"{name}={text}" for name, text in sorted(pairs))


def _header(environ: Environ, name: str) -> str:
    field = name.upper().replace("-", "_")
    if field not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        field = f"HTTP_{field}"
    return " ".join(str(environ.get(field, "")).split())


def _payload(environ: Environ, signature: Signature) -> str:
    if signature.is_query and signature.service == "s3":
        return "UNSIGNED-PAYLOAD"
    stated = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    return str(stated) if stated else hashlib.sha256(body(environ)).hexdigest()


def has_signed_body(environ: Environ, signature: Signature) -> bool:
    """Whether the body is the one whose hash is signed; S3 alone takes one that has none."""
    stated = str(environ.get("HTTP_X_AMZ_CONTENT_SHA256", ""))
    if not stated or (signature.is_query and signature.service == "s3"):
        return True
    if signature.service == "s3" and stated.startswith(("UNSIGNED-PAYLOAD", "STREAMING-")):
        return True
    return hmac.compare_digest(stated, hashlib.sha256(body(environ)).hexdigest())


def body(environ: Environ) -> bytes:
    """Return the request's body, and leave it to be read again."""
    content: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    return content


class _Version2(HmacV1Auth):
    """Signer of addresses, in which their end stands for the date."""

    expires = ""

    def _get_date(self) -> str:
        return self.expires


def calculate_version_2(environ: Environ, secret: str, expires: str) -> str:
    """Return the signature of an address of S3 in version 2, which boto3 still makes."""
    names = {"content-md5": "HTTP_CONTENT_MD5", "content-type": "CONTENT_TYPE"}
    headers: Any = HTTPHeaders()
    for name, field in names.items():
        if environ.get(field):
            headers[name] = environ[field]
    for field, sent in environ.items():
        if field.startswith("HTTP_X_AMZ_"):
            headers[field.removeprefix("HTTP_").replace("_", "-").lower()] = sent
    auth: Any = _Version2(Credentials("", secret))
    auth.expires = expires
    method, target = environ["REQUEST_METHOD"], urlsplit(_target(environ))
    text: str = auth.canonical_string(method, target, headers)
    signed: str = auth.sign_string(text)
    return signed
