"""Errors of AWS's APIs, in the protocol of the request that is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

StartResponse = Callable[..., Any]
_TEXT = b"\x7a"  # RFC 8949, section 3: text, the length in four bytes


def answer(
    start: StartResponse, status: str, protocol: str, code: str, message: str
) -> list[bytes]:
    """Begin the answer of an error, and return its body."""
    kind, body = _written(protocol, code, message)
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("x-amzn-ErrorType", code),
    ]
    if protocol == "smithy-rpc-v2-cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    start(status, headers)
    return [body]


def _written(protocol: str, code: str, message: str) -> tuple[str, bytes]:
    inside = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "rest-xml":
        # S3 has no element around its errors; the others are read with one or without.
        return "application/xml", f"<Error>{inside}</Error>".encode()
    if protocol == "query":
        error = f"<Error><Type>Sender</Type>{inside}</Error>"
        return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()
    if protocol == "ec2":
        error = f"<Response><Errors><Error>{inside}</Error></Errors></Response>"
        return "text/xml", error.encode()
    told = {"__type": code, "message": message}
    if protocol == "smithy-rpc-v2-cbor":
        texts = [part for pair in told.items() for part in pair]
        return "application/cbor", bytes([0xA0 | len(told)]) + b"".join(map(_cbor, texts))
    return "application/x-amz-json-1.1", json.dumps(told).encode()


def _cbor(text: str) -> bytes:
    content = text.encode()
    return _TEXT + len(content).to_bytes(4, "big") + content
