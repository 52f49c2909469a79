"""Operation that a WSGI request calls: read once, and the same for everybody who asks.

Rights, the list of operations, refusals and moto would each find another one in a request that is
made for it: in its address, its form, a header, or the text of its body.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from sandbox.requests import rest_operations, signed_requests

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_KEPT = "sandbox.called"
_RPC = re.compile(r"/service/[^/]+/operation/([^/]+)")
_ACTION = re.compile(rb"(?:^|&)Action=([^&]*)")
# What a request is signed for, where boto3 calls it something else.
_SERVICES = {
    "cloudcontrolapi": "cloudcontrol",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
# APIs of their own that are signed for another service: where their addresses begin.
_APIS = {
    "apigateway": (("/v2/", "apigatewayv2"),),
    "bedrock": (("/model/", "bedrock-runtime"),),
    "s3": (("/v20180820/", "s3control"),),
    "sagemaker": (
        ("/endpoints/", "sagemaker-runtime"),
        ("/BatchPutMetrics", "sagemaker-metrics"),
        ("/FeatureGroup/", "sagemaker-featurestore-runtime"),
        ("/BatchGetRecord", "sagemaker-featurestore-runtime"),
    ),
}
# moto gives these out itself, whatever the request is signed for.
_OF_MOTO = ("/moto-api", "/favicon.ico", "/latest/meta-data/", "/latest/api/")


class Called(NamedTuple):
    """An operation as a request names it: boto3's name of the service, and the protocol."""

    service: str
    operation: str
    protocol: str  # as botocore's models call it


def read(environ: Document) -> Called:
    """Return what a WSGI request calls; method and path stand for what no API has.

    A request that names two operations calls none that any API has: both names stand for it.
    """
    kept: Called | None = environ.get(_KEPT)
    if kept is None:
        kept = environ[_KEPT] = _read(environ)
    return kept


def kept(environ: Document) -> Called | None:
    """Return what `read` found in a request; None for one that it was never asked about."""
    found: Called | None = environ.get(_KEPT)
    return found


def _read(environ: Document) -> Called:
    signed_for, _, key = signed_requests.scope(environ)
    service = _SERVICES.get(signed_for, signed_for)
    method, path = str(environ.get("REQUEST_METHOD", "")), str(environ.get("PATH_INFO", ""))
    if path.startswith(_OF_MOTO):
        return Called("moto", f"{method} {path}", "rest-json")
    if not key and str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data"):
        # An upload by a form, which botocore's models do not have.
        return Called("s3", "PutObject", "rest-xml")
    return _by_name(environ, service, path) or _by_address(environ, service, path)


def _by_name(environ: Document, service: str, path: str) -> Called | None:
    if rest_operations.is_rest(service):
        return None
    if rpc := _RPC.fullmatch(path):
        # The second API that is signed for EventBridge is the one with this protocol.
        return Called(
            "eventbridgev2" if service == "events" else service, rpc[1], "smithy-rpc-v2-cbor"
        )
    if path not in ("", "/"):
        return None
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    actions = _actions(environ, is_form=not target)
    if target and not actions:
        return Called(service, target, "json")
    if not actions:
        return None
    names = dict.fromkeys(actions + ([target] if target else []))
    return Called(service, " and ".join(names), "ec2" if service == "ec2" else "query")


def _actions(environ: Document, *, is_form: bool) -> list[str]:
    """Return the actions that address and form name; the body is a form if its type says so."""
    query = environ.get("QUERY_STRING", "").encode()
    is_form = is_form or "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
    body = signed_requests.read_body(environ) if is_form else b""
    found = [unquote(one.decode(errors="replace")) for one in _ACTION.findall(query)]
    found += [unquote(one.decode(errors="replace")) for one in _ACTION.findall(body)]
    if found and query and body:
        # The parameters of one call stand in one of them.
        found.append(query.decode(errors="replace"))
    return found


def _by_address(environ: Document, service: str, path: str) -> Called:
    apis = (api for start, api in _APIS.get(service, ()) if path.startswith(start))
    name = next(apis, service)
    operation, _ = rest_operations.find(name, environ)
    model = rest_operations.model(name)
    # The API of directory buckets is a part of S3's model, under a name of its own.
    other = "rest-xml" if name == "s3express" else "rest-json"
    return Called(name, operation, str(model.metadata["protocol"]) if model else other)
