"""Service and operation of a signed WSGI request, found where moto finds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from sandbox.iam import rest_operations, signed_requests

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_RPC = re.compile(r"/service/[^/]+/operation/([^/]+)")
_ACTION = re.compile(rb"(?:^|&)Action=([^&]*)")
# What a request is signed for, where boto3 calls it something else.
_SERVICES = {
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
# APIs in which the address names the operation, so that large bodies need not be looked through.
_BY_ADDRESS = frozenset({"s3", "sagemaker", "scheduler"})
# moto gives these out itself, whatever the request is signed for.
_OF_MOTO = ("/moto-api", "/favicon.ico", "/latest/meta-data/", "/latest/api/")


class Request(NamedTuple):
    """An operation as a request names it: boto3's name of the service, and the protocol."""

    service: str
    operation: str
    protocol: str  # as botocore's models call it


def read(environ: Document) -> Request:
    """Return what a WSGI request calls; method and path stand for what no API has."""
    signed_for, _, key = signed_requests.scope(environ)
    service = _SERVICES.get(signed_for, signed_for)
    method, path = str(environ.get("REQUEST_METHOD", "")), str(environ.get("PATH_INFO", ""))
    if path.startswith(_OF_MOTO):
        return Request("moto", f"{method} {path}", "rest-json")
    if not key and str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data"):
        # An upload by a form, which botocore's models do not have.
        return Request("s3", "PutObject", "rest-xml")
    return _by_name(environ, service, path) or _by_address(environ, service, path)


def _by_name(environ: Document, service: str, path: str) -> Request | None:
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if target and service != "s3":
        return Request(service, target, "json")
    rpc = _RPC.fullmatch(path)
    if rpc and service != "s3":
        # The second API that is signed for EventBridge is the one with this protocol.
        name = "eventbridgev2" if service == "events" else service
        return Request(name, rpc[1], "smithy-rpc-v2-cbor")
    if service in _BY_ADDRESS:
        return None
    action = _ACTION.search(environ.get("QUERY_STRING", "").encode())
    action = action or _ACTION.search(signed_requests.read_body(environ))
    if action is None:
        return None
    name = unquote(action[1].decode(errors="replace"))
    return Request(service, name, "ec2" if service == "ec2" else "query")


def _by_address(environ: Document, service: str, path: str) -> Request:
    apis = (api for start, api in _APIS.get(service, ()) if path.startswith(start))
    name = next(apis, service)
    # Where roles are held to their policies, the runtime's operations are found among SageMaker's.
    asked = service if name == "sagemaker-runtime" else name
    operation, _ = rest_operations.find(asked, environ)
    model = rest_operations.model(name)
    # The API of directory buckets is a part of S3's model, under a name of its own.
    other = "rest-xml" if name == "s3express" else "rest-json"
    return Request(name, operation, str(model.metadata["protocol"]) if model else other)
