"""Refusal of requests that AWS would refuse, in its words and in the protocol of the request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sandbox.refusals import requests
from sandbox.refusals.constraints import problems
from sandbox.refusals.forms import FORMS, Refused

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request
    from sandbox.state.stores import Document

StartResponse = Callable[..., Any]
Rule = Callable[["Request"], None]

# Of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and others.
_STATUS = {
    "AccessDenied": "403 Forbidden",
    "DeleteConflict": "409 Conflict",
    "EntityAlreadyExists": "409 Conflict",
    "LimitExceeded": "409 Conflict",
    "NoSuchEntity": "404 Not Found",
}

RULES: dict[tuple[str, str], tuple[Rule, ...]] = {}
"""What else is refused of an operation of a service; `rules.install` fills it.

A rule raises Refused, and may rely on what the model requires.
"""


def serve(environ: Document, start: StartResponse) -> list[bytes] | None:
    """Answer a request that AWS refuses; None for one that may go on."""
    request = requests.read(environ, FORMS)
    if request is None:
        return None
    try:
        check(request)
    except Refused as refused:
        kind, body = _written(refused, request)
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("x-amzn-ErrorType", refused.code),
        ]
        start(_STATUS.get(refused.code, "400 Bad Request"), headers)
        return [body]
    return None


def check(request: Request) -> None:
    """Raise Refused for a request that its model or a rule does not allow."""
    form = FORMS[request.service]
    if found := problems(request.params, request.shape, form.stricter):
        raise Refused(form.code, form.words(found))
    for rule in RULES.get((request.service, request.operation), ()):
        rule(request)


def _written(refused: Refused, request: Request) -> tuple[str, bytes]:
    message = str(refused)
    if request.protocol == "query":
        error = (
            f"<Type>Sender</Type><Code>{refused.code}</Code><Message>{escape(message)}</Message>"
        )
        return "text/xml", f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode()
    told = {"__type": refused.code, "message": message}
    if request.protocol == "cbor":
        pairs = b"".join(_text(part) for pair in told.items() for part in pair)
        return "application/cbor", bytes([0xA0 | len(told)]) + pairs
    return "application/x-amz-json-1.1", json.dumps(told).encode()


def _text(text: str) -> bytes:
    """Return a text of CBOR whose length has four bytes: RFC 8949, section 3."""
    content = text.encode()
    return b"\x7a" + len(content).to_bytes(4, "big") + content
