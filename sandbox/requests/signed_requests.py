"""What a signed WSGI request says of itself: its service, region and key, and its body."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_CREDENTIAL = re.compile(r"Credential=([^/,\s&]+)/\d+/([^/]+)/([^/]+)/")


def scope(environ: Document) -> tuple[str, str, str]:
    """Return the service, region and access key that a request is signed for and with."""
    signed, query = environ.get("HTTP_AUTHORIZATION", ""), environ.get("QUERY_STRING", "")
    found = _CREDENTIAL.search(signed)
    if found is None and "X-Amz-Credential=" in query:
        found = _CREDENTIAL.search(unquote(query))
    if found:
        key, region, service = found.groups()
        return service, region, key
    of_version_2 = dict(parse_qsl(query)).get("AWSAccessKeyId")
    if of_version_2:
        return "s3", "", of_version_2
    # Only STS takes requests that nobody signed.
    return "sts", "", ""


def read_body(environ: Document) -> bytes:
    """Return the request's body, and leave it to be read again."""
    content: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    return content
