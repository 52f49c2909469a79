"""Requests as operations with parameters, read by botocore's models in each of AWS's protocols."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import RpcV2CBORParser

from sandbox.iam import rest_operations, signed_requests
from sandbox.state import accounts, clients
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from sandbox.state.stores import Document

# What a request is signed for, where botocore calls it something else.
_MODELS = {"states": "stepfunctions", "monitoring": "cloudwatch"}
_RPC = re.compile(r"/service/[^/]+/operation/([^/]+)")


@dataclass(frozen=True)
class Request:
    """One call of an operation: by whom, where, and with what."""

    service: str
    operation: str
    params: Document
    shape: StructureShape
    place: Place
    protocol: str  # of the request: json, query, rest-json or cbor


def read(environ: Document, services: Mapping[str, Any]) -> Request | None:
    """Return the call that a WSGI request is; None for one of other services, or that is none."""
    signed, region, key = signed_requests.scope(environ)
    service = _MODELS.get(signed, signed)
    if service == "sagemaker" and environ.get("PATH_INFO", "/") != "/":
        service = "sagemaker-runtime"
    if not key or service not in services:
        return None
    place = Place(accounts.of_key(key), region)
    try:
        return _read(environ, service, place)
    except (ValueError, RecursionError):
        # What is no request of this protocol is refused by whoever has to answer it.
        return None


def _read(environ: Document, service: str, place: Place) -> Request | None:
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    rpc = _RPC.fullmatch(environ.get("PATH_INFO", ""))
    if target:
        shape = _input(service, target)
        params = json.loads(signed_requests.read_body(environ) or b"{}") if shape else {}
        return _request(service, target, params, shape, place, "json")
    if rpc:
        shape = _input(service, rpc[1])
        params = _cbor(signed_requests.read_body(environ)) if shape else {}
        return _request(service, rpc[1], params, shape, place, "cbor")
    if "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        text = signed_requests.read_body(environ).decode(errors="replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
        operation = form.get("Action", "")
        shape = _input(service, operation)
        params = _of_form(form, shape, "") if shape else {}
        return _request(service, operation, params, shape, place, "query")
    operation, params = rest_operations.find(_signed_for(service), environ)
    shape = _input(service, operation)
    if shape is not None:
        params = _with_body(environ, params, shape)
    return _request(service, operation, params, shape, place, "rest-json")


def _signed_for(service: str) -> str:
    return "sagemaker" if service == "sagemaker-runtime" else service


def _request(
    service: str, operation: str, params: Any, shape: Shape | None, place: Place, protocol: str
) -> Request | None:
    if not isinstance(shape, StructureShape) or not isinstance(params, dict):
        return None
    return Request(service, operation, params, shape, place, protocol)


@lru_cache(maxsize=32)
def _model(service: str) -> Any:
    with clients.CREATING:
        return clients.session()._session.get_service_model(service)


@lru_cache(maxsize=1024)
def _input(service: str, operation: str) -> Any:
    model = _model(service)
    if operation not in model.operation_names:
        return None
    return model.operation_model(operation).input_shape


def _of_form(form: Mapping[str, str], shape: Shape, prefix: str) -> Any:
    """Return what a form of the query protocol says of `shape` below `prefix`; None for nothing."""
    if isinstance(shape, StructureShape):
        found = {
            name: _of_form(form, one, _below(prefix, str(one.serialization.get("name", name))))
            for name, one in shape.members.items()
        }
        given = {name: value for name, value in found.items() if value is not None}
        return given if given or not prefix else None
    if isinstance(shape, ListShape):
        return _list_of(form, shape, prefix)
    if isinstance(shape, MapShape):
        return _map_of(form, shape, prefix)
    text = form.get(prefix)
    if text is not None and shape.type_name in ("integer", "long"):
        return int(text)
    return text


def _list_of(form: Mapping[str, str], shape: ListShape, prefix: str) -> Any:
    if form.get(prefix) == "":
        return []
    start = prefix if shape.serialization.get("flattened") else f"{prefix}.member"
    items = [_of_form(form, shape.member, f"{start}.{n}") for n in _numbers(form, start)]
    return items or None


def _map_of(form: Mapping[str, str], shape: MapShape, prefix: str) -> Any:
    start = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
    pairs = {
        form.get(f"{start}.{n}.key", ""): _of_form(form, shape.value, f"{start}.{n}.value")
        for n in _numbers(form, start)
    }
    return pairs or None


def _numbers(form: Mapping[str, str], start: str) -> list[int]:
    begin = f"{start}."
    found = {name[len(begin) :].partition(".")[0] for name in form if name.startswith(begin)}
    return sorted(int(one) for one in found if one.isdecimal())


def _below(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _with_body(environ: Document, params: Document, shape: StructureShape) -> Document:
    body = signed_requests.read_body(environ)
    numbers = {
        name: int(value)
        for name, value in params.items()
        if name in shape.members and shape.members[name].type_name == "integer"
    }
    payload = shape.serialization.get("payload")
    inside = {payload: body} if payload else json.loads(body or b"{}")
    return {**inside, **params, **numbers}


def _cbor(content: bytes) -> Any:
    if not content:
        return {}
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(content)))
