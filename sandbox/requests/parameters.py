"""Parameters of a WSGI request, read by botocore's models in each of AWS's protocols."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import RpcV2CBORParser

from sandbox.requests import rest_operations, signed_requests

if TYPE_CHECKING:
    from sandbox.requests.called import Called
    from sandbox.state.stores import Document

# Of PutMetricData, the one request that clients compress:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
_UNPACKED_BYTES = 1_000_000


def read(environ: Document, called: Called) -> Document:
    """Return the parameters of a request that calls `called`, by their names in the API.

    Nothing for an operation that no model has. Raises ValueError or RecursionError for a body that
    is none of its protocol.
    """
    shape = input_shape(called)
    if shape is None:
        return {}
    if called.protocol == "json":
        found = json.loads(_body(environ) or b"{}")
    elif called.protocol == "smithy-rpc-v2-cbor":
        found = _cbor(_body(environ))
    elif called.protocol in ("query", "ec2"):
        found = _of_form(_form(environ), shape, "", is_ec2=called.protocol == "ec2") or {}
    else:
        found = _of_rest(environ, called, shape)
    if not isinstance(found, dict):
        raise ValueError("a request's parameters have names")
    return found


@lru_cache(maxsize=1024)
def input_shape(called: Called) -> StructureShape | None:
    """Return what botocore's model says of the parameters; None for what has none, or no model."""
    model = rest_operations.model(called.service)
    if model is None or called.operation not in model.operation_names:
        return None
    shape = model.operation_model(called.operation).input_shape
    return shape if isinstance(shape, StructureShape) else None


def _body(environ: Document) -> bytes:
    content = signed_requests.read_body(environ)
    if environ.get("HTTP_CONTENT_ENCODING", "").lower() != "gzip":
        return content
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacking.decompress(content, _UNPACKED_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacking.eof:
        raise ValueError(f"it is cut off, or larger than {_UNPACKED_BYTES} bytes")
    return unpacked


def _form(environ: Document) -> dict[str, str]:
    text = _body(environ).decode(errors="replace") or environ.get("QUERY_STRING", "")
    # Of two values of one name moto takes the first.
    return dict(reversed(parse_qsl(text, keep_blank_values=True)))


def _of_form(form: Mapping[str, str], shape: Shape, prefix: str, *, is_ec2: bool) -> Any:
    """Return what a form of the query protocol says of `shape` below `prefix`; None for nothing."""
    if isinstance(shape, StructureShape):
        found = {
            name: _of_form(form, one, _below(prefix, _name(name, one, is_ec2)), is_ec2=is_ec2)
            for name, one in shape.members.items()
        }
        given = {name: value for name, value in found.items() if value is not None}
        return given if given or not prefix else None
    if isinstance(shape, ListShape):
        return _list_of(form, shape, prefix, is_ec2=is_ec2)
    if isinstance(shape, MapShape):
        return _map_of(form, shape, prefix)
    text = form.get(prefix)
    if text is not None and shape.type_name in ("integer", "long"):
        return int(text)
    return text


def _name(name: str, shape: Shape, is_ec2: bool) -> str:
    written = str(shape.serialization.get("name", name))
    if not is_ec2:
        return written
    # As botocore writes it: its EC2Serializer.
    return str(shape.serialization.get("queryName", written[:1].upper() + written[1:]))


def _list_of(form: Mapping[str, str], shape: ListShape, prefix: str, *, is_ec2: bool) -> Any:
    if form.get(prefix) == "":
        return []
    is_flat = is_ec2 or shape.serialization.get("flattened")
    start = prefix if is_flat else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
    items = [
        _of_form(form, shape.member, f"{start}.{number}", is_ec2=is_ec2)
        for number in _numbers(form, start)
    ]
    return items or None


def _map_of(form: Mapping[str, str], shape: MapShape, prefix: str) -> Any:
    start = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
    pairs = {
        form.get(f"{start}.{n}.key", ""): _of_form(
            form, shape.value, f"{start}.{n}.value", is_ec2=False
        )
        for n in _numbers(form, start)
    }
    return pairs or None


def _numbers(form: Mapping[str, str], start: str) -> list[int]:
    begin = f"{start}."
    found = {name[len(begin) :].partition(".")[0] for name in form if name.startswith(begin)}
    return sorted(int(one) for one in found if one.isdecimal())


def _below(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _of_rest(environ: Document, called: Called, shape: StructureShape) -> Document:
    _, params = rest_operations.find(called.service, environ)
    if called.protocol == "rest-xml":
        # S3's: what its body says is read by whoever needs it.
        return dict(params)
    numbers = {
        name: int(value)
        for name, value in params.items()
        if name in shape.members and shape.members[name].type_name == "integer"
    }
    payload = shape.serialization.get("payload")
    inside = {payload: _body(environ)} if payload else json.loads(_body(environ) or b"{}")
    return {**inside, **params, **numbers}


def _cbor(content: bytes) -> Any:
    if not content:
        return {}
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(content)))
