"""InvokeEndpoint, at once or as a stream: routes requests to a copy before moto sees them."""

from __future__ import annotations

import contextlib
import http.client
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
from sandbox.sagemaker.serving import event_stream
from sandbox.sagemaker.serving.copies import ContainerResponse, Copy
from sandbox.state import accounts, context
from sandbox.state.stores import Document, Place

MOST_BYTES = 6_291_456
_PATH = re.compile(r"/endpoints/([^/]+)/invocations(-response-stream)?")
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
    if matched[2]:
        return _stream(endpoint, copy, (body, arrived), environ, start_response)
    try:
        return _invoke(endpoint, copy, (body, arrived), environ, start_response)
    finally:
        copy.release()


def _stream(
    endpoint: Endpoint,
    copy: Copy,
    received: tuple[bytes, float],
    environ: Document,
    start_response: Any,
) -> Iterable[bytes]:
    """Ask the copy, and pass its answer on piece by piece; the copy is released at its end."""
    body, arrived = received
    headers = _headers(environ, environ.get("HTTP_X_AMZN_SAGEMAKER_ACCEPT"))
    began = time.perf_counter()

    def end(status: int) -> None:
        took = time.perf_counter() - began
        _count(endpoint, copy, status, took, began - arrived)
        copy.release()

    try:
        connection, answer = copy.stream(body, headers)
    except (OSError, ValueError, http.client.HTTPException) as error:
        end(500)
        return _model_error(endpoint, ContainerResponse(0, {}, _silence(error)), start_response)
    if not 200 <= answer.status < 400:
        with contextlib.closing(connection):
            end(answer.status)
            failed = ContainerResponse(answer.status, {}, answer.read())
            return _model_error(endpoint, failed, start_response)
    kind = answer.headers.get("content-type", "application/octet-stream")
    told = [
        ("Content-Type", event_stream.CONTENT_TYPE),
        ("X-Amzn-SageMaker-Content-Type", kind),
        ("x-amzn-RequestId", str(uuid.uuid4())),
        *_about(copy, answer.headers.get("x-amzn-sagemaker-custom-attributes")),
    ]
    start_response("200 OK", told)
    return event_stream.Events(connection, answer, end)


def _headers(environ: Document, accept: str | None) -> dict[str, str]:
    """Return what a container is told of the request."""
    kind = environ.get("CONTENT_TYPE") or "application/octet-stream"
    headers = {"Content-Type": kind, "Accept": accept or "*/*"}
    return headers | {name: environ[key] for key, name in _PASSED.items() if environ.get(key)}


def _about(copy: Copy, attributes: str | None) -> list[tuple[str, str]]:
    given = [("X-Amzn-SageMaker-Custom-Attributes", attributes)] if attributes else []
    return [("x-Amzn-Invoked-Production-Variant", copy.name), *given]


def _invoke(
    endpoint: Endpoint,
    copy: Copy,
    received: tuple[bytes, float],
    environ: Document,
    start_response: Any,
) -> Iterable[bytes]:
    """Ask the copy; `received` is the body and when it arrived."""
    body, _ = received
    headers = _headers(environ, environ.get("HTTP_ACCEPT"))
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
    extra = _about(copy, response.headers.get("x-amzn-sagemaker-custom-attributes"))
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
    overhead = time.perf_counter() - arrived - took
    _count(endpoint, copy, response.status or 500, took, overhead)
    return response


def _count(endpoint: Endpoint, copy: Copy, status: int, seconds: float, overhead: float) -> None:
    copies = endpoint.copies().get(copy.name, ())
    served = (endpoint.place, endpoint.name, copy.configuration, copy.name, len(copies))
    traffic.count(
        traffic.Served(*served),
        status=status,
        seconds=seconds,
        overhead=overhead,
        at_once=copy.requests,
    )


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
