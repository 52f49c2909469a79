"""boto3 clients whose requests reach the list of operations, and no server."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.operations import unlisted
from sandbox.requests import called
from sandbox.state import clients

Environ = dict[str, Any]


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Answered(Exception):
    """A request that was not refused."""

    def __init__(self, environ: Environ) -> None:
        super().__init__(environ.get("PATH_INFO"))
        self.environ = environ


def environ_of(request: Any) -> Environ:
    """The WSGI environment that werkzeug makes of a request."""
    url = urlsplit(request.url)
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    content = body.encode() if isinstance(body, str) else body
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": _text(value)
        for name, value in request.headers.items()
    }
    kind = headers.pop("HTTP_CONTENT_TYPE", None)
    return {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path) or "/",
        "QUERY_STRING": url.query,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        **({} if kind is None else {"CONTENT_TYPE": kind}),
        **headers,
    }


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _send(request: Any, **_: Any) -> AWSResponse:
    environ = environ_of(request)
    said: list[Any] = []
    body = unlisted.serve(
        called.read(environ), lambda status, headers: said.append((status, headers))
    )
    if body is None:
        raise Answered(environ)
    status, headers = said[0]
    read = HTTPHeaders.from_pairs(headers)
    return AWSResponse(request.url, int(status.split()[0]), read, _Raw(b"".join(body)))


@cache
def client(service: str) -> Any:
    """A client of boto3's that sends nothing anywhere."""
    made = clients.client(service, url="http://127.0.0.1:1", region="us-east-1")
    made.meta.events.register("before-send", _send)
    return made


def least(shape: Shape | None) -> Any:
    """The smallest parameters that botocore lets pass for `shape`."""
    if isinstance(shape, StructureShape):
        names = shape.required_members
        if shape.metadata.get("union") and not names:
            names = list(shape.members)[:1]
        return {name: least(shape.members[name]) for name in names}
    if shape is None:
        return {}
    length = max(int(shape.metadata.get("min", 0) or 0), 1)
    if isinstance(shape, ListShape):
        return [least(shape.member)] * length
    if isinstance(shape, MapShape):
        return {"k" * max(length, 1): least(shape.value)}
    return _SCALARS.get(shape.type_name, _word)(shape, length)


def _word(shape: Shape, length: int) -> Any:
    return next(iter(shape.metadata.get("enum", [])), "x" * max(length, 3))


_SCALARS: dict[str, Callable[[Shape, int], Any]] = {
    "boolean": lambda shape, length: True,
    "integer": lambda shape, length: length,
    "long": lambda shape, length: length,
    "float": lambda shape, length: 1.0,
    "double": lambda shape, length: 1.0,
    "timestamp": lambda shape, length: 0,
    "blob": lambda shape, length: b"x" * length,
}


def call(service: str, operation: str, **parameters: Any) -> Environ:
    """Make a call; return its request, or raise what the client makes of the refusal."""
    made = client(service)
    method = next(m for m, o in made.meta.method_to_api_mapping.items() if o == operation)
    shape = made.meta.service_model.operation_model(operation).input_shape
    try:
        getattr(made, method)(**{**least(shape), **parameters})
    except Answered as answered:
        return answered.environ
    raise AssertionError("a call that was neither refused nor answered")
