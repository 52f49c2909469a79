"""WSGI middleware around moto: who may call, and errors as AWS words them."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from sandbox.cloudcontrol import api as cloudcontrol
from sandbox.ecr import layers
from sandbox.iam import managed_policies, sessions
from sandbox.operations import unlisted
from sandbox.refusals import gate
from sandbox.requests import called, signed_requests
from sandbox.server import browser_guard, caller_check, clock_control, session_request
from sandbox.server.requests_held import request
from sandbox.server.save_request import serve as serve_save
from sandbox.state import accounts

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_IAM = threading.RLock()
_LOG = logging.getLogger(__name__)

# Calls of the CDK command line that need a response, but not a true one.
_CANNED: dict[str, dict[str, Any]] = {"LookupEvents": {"Events": []}}


def gateway(application: Application) -> Application:
    """Return `application` with canned responses, and with one-line errors instead of HTML pages.

    A 500 would be retried by every SDK for half a minute; 501 and 400 are final.
    """

    def respond(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        foreign = browser_guard.refusal(environ)
        if foreign is not None:
            return _refuse(environ, start_response, "AccessDenied", f"sandbox: {foreign}")
        layer = layers.serve(environ, start_response)
        if layer is not None:
            return layer
        refused = caller_check.refusal(environ) or _denial(environ)
        if refused is not None:
            return _refuse(environ, start_response, *refused)
        if session_request.is_one(environ):
            return _send(environ, start_response, *session_request.answer(environ))
        moved = clock_control.serve(environ, start_response)
        controlled = serve_save(environ, start_response) if moved is None else moved
        if controlled is not None:
            return controlled
        with request():
            return _answer(application, environ, start_response)

    return respond


def _denial(environ: Environ) -> caller_check.Refusal | None:
    """Return why a known caller may not make the request."""
    accounts.mark(environ)
    denied = sessions.refusal(environ)
    return None if denied is None else caller_check.Refusal("AccessDenied", denied)


def _answer(
    application: Application, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    action = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if action in _CANNED:
        return _send(environ, start_response, "200 OK", json.dumps(_CANNED[action]))
    try:
        with _turn(environ):
            # What AWS itself refuses is said first, of operations that do not answer here, too.
            refused = gate.serve(environ, start_response)
            if refused is None:
                refused = unlisted.serve(called.read(environ), start_response)
            answer = refused or cloudcontrol.serve(environ, start_response)
            return application(environ, start_response) if answer is None else answer
    except NotImplementedError as error:
        message = f"sandbox: not emulated: {error}"
        status, code = "501 Not Implemented", "NotImplemented"
    except Exception as error:
        _LOG.error("sandbox: a request failed", exc_info=error)
        message = f"sandbox: {type(error).__name__}: {error}"
        status, code = "400 Bad Request", "SandboxFailure"
    return _send(environ, start_response, status, _error(environ, code, message))


def _refuse(environ: Environ, start: StartResponse, code: str, message: str) -> list[bytes]:
    return _send(environ, start, "403 Forbidden", _error(environ, code, message))


@contextlib.contextmanager
def _turn(environ: Environ) -> Iterator[None]:
    """Let IAM serve one request at a time: moto walks through policies that others are adding.

    Policies of AWS that the request names are there by then.
    """
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    if len(scope) < 5 or scope[3] != "iam":
        yield
        return
    with _IAM:
        form = signed_requests.read_body(environ).decode(errors="replace")
        managed_policies.provide(accounts.of_request(environ), form)
        yield


def _send(environ: Environ, start: StartResponse, status: str, body: str) -> list[bytes]:
    data = body.encode()
    kind = "application/x-amz-json-1.1" if body.startswith("{") else "text/xml"
    start(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return [data]


def _error(environ: Environ, code: str, message: str) -> str:
    is_json = "json" in environ.get("CONTENT_TYPE", "") or "HTTP_X_AMZ_TARGET" in environ
    if is_json:
        return json.dumps({"__type": code, "code": code, "message": message})
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return error if caller_check.is_s3(environ) else f"<ErrorResponse>{error}</ErrorResponse>"
