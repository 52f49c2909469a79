"""InvokeEndpoint: routes requests to a live copy before moto's server sees them."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from sandbox.sagemaker import capture, traffic
from sandbox.sagemaker.endpoints import ENDPOINTS, Endpoint
from sandbox.sagemaker.serving.copies import ContainerResponse, Copy
from sandbox.state import accounts, context
from sandbox.state.stores import Document, Place

MOST_BYTES = 6_291_456
_PATH = re.compile(r"/endpoints/([^/]+)/invocations")
_PASSED = {
    "HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES": "X-Amzn-SageMaker-Custom-Attributes",
    "HTTP_X_AMZN_SAGEMAKER_INFERENCE_ID": "X-Amzn-SageMaker-Inference-Id",
}
_REASONS = {200: "OK", 400: "Bad Request", 424: "Failed Dependency"}
Application = Callable[[Document, Any], Iterable[bytes]]
_moto_call = DomainDispatcherApplication.__call__


def serve(environ: Document, start_response: Any) -> Iterable[bytes] | None:
    """Answer one WSGI request; None when it is no invocation."""
    matched = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    if matched is None or environ.get("REQUEST_METHOD") != "POST":
        return None
    arrived = time.perf_counter()
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    place = Place(accounts.of_request(environ), _region(environ))
    name = unquote(matched.group(1))
    endpoint = ENDPOINTS.find(place, name)
    if endpoint is None:
        return _refuse(start_response, f"Endpoint {name} of account {place.account} not found.")
    if len(body) > MOST_BYTES:
        return _refuse(
            start_response,
            f"Request size {len(body)} exceeded the limit of {MOST_BYTES} bytes; send fewer rows",
        )
    copy = endpoint.take(environ.get("HTTP_X_AMZN_SAGEMAKER_TARGET_VARIANT") or None)
    if copy is None:
        return _refuse(
            start_response,
            f"Endpoint {name} of account {place.account} has no such variant in service.",
        )
    try:
        return _invoke(endpoint, copy, (body, arrived), environ, start_response)
    finally:
        copy.release()


def _invoke(
    endpoint: Endpoint,
    copy: Copy,
    received: tuple[bytes, float],
    environ: Document,
    start_response: Any,
) -> Iterable[bytes]:
    """Ask the copy; `received` is the body and when it arrived."""
    body, _ = received
    headers = {
        "Content-Type": environ.get("CONTENT_TYPE") or "application/octet-stream",
        "Accept": environ.get("HTTP_ACCEPT") or "*/*",
    }
    headers |= {name: environ[key] for key, name in _PASSED.items() if environ.get(key)}
    response = _ask(endpoint, copy, received, headers)
    if not 200 <= response.status < 400:
        return _model_error(endpoint, response, start_response)
    kind = response.headers.get("content-type", "application/octet-stream")
    if endpoint.capture:
        exchange = capture.Exchange(
            endpoint=endpoint.name,
            variant=copy.name,
            region=endpoint.place.region,
            request=(headers["Content-Type"], body),
            response=(kind, response.body),
            inference_id=headers.get("X-Amzn-SageMaker-Inference-Id"),
            custom_attributes=headers.get("X-Amzn-SageMaker-Custom-Attributes"),
        )
        capture.keep(exchange, endpoint.capture)
    extra = [("x-Amzn-Invoked-Production-Variant", copy.name)]
    attributes = response.headers.get("x-amzn-sagemaker-custom-attributes")
    if attributes:
        extra.append(("X-Amzn-SageMaker-Custom-Attributes", attributes))
    return _respond(start_response, 200, kind, response.body, extra)


def _ask(
    endpoint: Endpoint, copy: Copy, received: tuple[bytes, float], headers: dict[str, str]
) -> ContainerResponse:
    """Return what the container answered, counted; status 0 stands for silence."""
    body, arrived = received
    began = time.perf_counter()
    try:
        response = copy.invoke(body, headers)
    except (OSError, ValueError) as error:
        response = ContainerResponse(0, {}, _silence(error))
    except Exception as error:  # http.client's protocol errors
        response = ContainerResponse(0, {}, str(error).encode())
    took = time.perf_counter() - began
    traffic.count(
        _served(endpoint, copy),
        status=response.status or 500,
        seconds=took,
        overhead=time.perf_counter() - arrived - took,
        at_once=copy.requests,
    )
    return response


def _served(endpoint: Endpoint, copy: Copy) -> traffic.Served:
    copies = endpoint.copies().get(copy.name, ())
    return traffic.Served(endpoint.place, endpoint.name, copy.configuration, copy.name, len(copies))


def _silence(error: Exception) -> bytes:
    if isinstance(error, TimeoutError):
        return b"Your invocation timed out while waiting for a response from container primary."
    return b"The container did not answer."


def _model_error(
    endpoint: Endpoint, response: ContainerResponse, start_response: Any
) -> Iterable[bytes]:
    text = response.body.decode(errors="replace")
    side = "client" if 400 <= response.status < 500 else "server"
    place, group = endpoint.place, f"/aws/sagemaker/Endpoints/{endpoint.name}"
    content = {
        "Message": f"Received {side} error ({response.status}) from primary with message "
        f'"{text[:1024]}". See {group} in account {place.account} for more information.',
        "OriginalMessage": text[:1024],
        "OriginalStatusCode": response.status,
        "LogStreamArn": f"arn:aws:logs:{place.region}:{place.account}:log-group:{group}",
    }
    return _error(start_response, 424, "ModelError", content)


def _refuse(start_response: Any, message: str) -> Iterable[bytes]:
    return _error(start_response, 400, "ValidationError", {"Message": message})


def _error(start_response: Any, status: int, kind: str, content: Document) -> Iterable[bytes]:
    body = json.dumps(content).encode()
    headers = [("x-amzn-ErrorType", kind)]
    return _respond(start_response, status, "application/json", body, headers)


def _respond(
    start_response: Any, status: int, kind: str, body: bytes, extra: list[tuple[str, str]]
) -> Iterable[bytes]:
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
        *extra,
    ]
    start_response(f"{status} {_REASONS[status]}", headers)
    return [body]


def _region(environ: Document) -> str:
    """Return the region that the request is signed for, else the sandbox's own."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    return scope[2] if len(scope) > 3 else context.current().region


def _call(self: Any, environ: Document, start_response: Any) -> Iterable[bytes]:
    response = serve(environ, start_response)
    return _moto_call(self, environ, start_response) if response is None else response


def install() -> None:
    """Put invocations before moto's own server, whichever entry point starts it."""
    DomainDispatcherApplication.__call__ = _call
