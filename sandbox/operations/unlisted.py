"""Refusal of operations that nobody checked, as the error that the protocol of the request has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sandbox.operations import checked

if TYPE_CHECKING:
    from sandbox.operations.requests import Request

CODE = "NotImplemented"
_STATUS = "501 Not Implemented"
_CBOR_TEXT = b"\x7a"  # RFC 8949, section 3: text, the length in four bytes


def serve(request: Request, start_response: Callable[..., Any]) -> list[bytes] | None:
    """Answer a request of an operation that is not on the list; None for every other."""
    service, operation, protocol = request
    if checked.answers(service, operation):
        return None
    kind, body = _written(protocol, checked.refusal(service, operation))
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("x-amzn-ErrorType", CODE),
    ]
    if protocol == "smithy-rpc-v2-cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    start_response(_STATUS, headers)
    return [body]


def _written(protocol: str, message: str) -> tuple[str, bytes]:
    error = f"<Error><Code>{CODE}</Code><Message>{escape(message)}</Message></Error>"
    if protocol == "rest-xml":
        # S3 has no element around its errors; the others are read with one or without.
        return "application/xml", error.encode()
    if protocol == "query":
        return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()
    if protocol == "ec2":
        return "text/xml", f"<Response><Errors>{error}</Errors></Response>".encode()
    told = {"__type": CODE, "message": message}
    if protocol == "smithy-rpc-v2-cbor":
        texts = [part for pair in told.items() for part in pair]
        return "application/cbor", bytes([0xA0 | len(told)]) + b"".join(map(_cbor, texts))
    return "application/x-amz-json-1.1", json.dumps(told).encode()


def _cbor(text: str) -> bytes:
    content = text.encode()
    return _CBOR_TEXT + len(content).to_bytes(4, "big") + content
