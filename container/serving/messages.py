"""HTTP requests and responses as plain data."""

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from container.contract.http_errors import HTTPError

_ID_HEADERS = (b"x-amzn-requestid", b"x-request-id")
_LONGEST_ID = 128
# SageMaker hands this header through to the container.
_ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"


@dataclass(slots=True)
class Request:
    """One request; names of headers are lower-case."""

    method: bytes
    path: bytes
    query: bytes = b""
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""

    @property
    def custom_attributes(self) -> str | None:
        """What the caller of InvokeEndpoint gave as CustomAttributes; None: nothing."""
        given = self.headers.get(_ATTRIBUTES)
        return None if given is None else given.decode("latin-1")

    @property
    def given_id(self) -> bytes | None:
        """The id that the client gave, without characters that are invalid in a header."""
        for name in _ID_HEADERS:
            given = self.headers.get(name)
            if given and given.isascii() and given.decode().isprintable():
                return given[:_LONGEST_ID]
        return None


@dataclass(slots=True)
class Response:
    """An HTTP response, and the number of its rows and of their unseen categories.

    `to_head`: the body is not sent, as the request was HEAD.
    """

    status: int
    body: bytes = b""
    content_type: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    closes: bool = False
    to_head: bool = False
    rows: int = 0
    unseen: int = 0

    def encoded(self, *, keep_alive: bool) -> bytes:
        """Return the bytes on the wire."""
        lines = [_status_line(self.status)]
        if self.content_type:
            lines.append(b"content-type: " + self.content_type)
        lines += [name + b": " + value for name, value in self.headers]
        # A response of this status has no body and no content-length (RFC 9110, 8.6).
        if self.status != HTTPStatus.NO_CONTENT:
            lines.append(b"content-length: %d" % len(self.body))
        if not keep_alive or self.closes:
            lines.append(b"connection: close")
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        return head if self.to_head else head + self.body


def new_id() -> bytes:
    """Return an id for a request without one."""
    return os.urandom(8).hex().encode()


def error_response(error: HTTPError, request_id: bytes, allow: bytes = b"") -> Response:
    """Return the error response: a message and an id that the log repeats."""
    headers = [(b"x-request-id", request_id)]
    if error.status == HTTPStatus.NO_CONTENT:
        return Response(int(error.status), headers=tuple(headers))
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"1"))
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED and allow:
        headers.append((b"allow", allow))
    document = {"error": error.message, "id": request_id.decode()}
    return Response(
        int(error.status), json.dumps(document).encode(), b"application/json", tuple(headers)
    )


@functools.cache
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
