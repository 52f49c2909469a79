"""The control request that reads the sandbox's clock (GET) or moves it forward (POST)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.server import signatures
from sandbox.state import clock
from sandbox.state.clients import CLOCK_PATH


def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes] | None:
    """Answer one WSGI request; None when it is not about the clock.

    It is asked after who calls was checked; a role's session is refused, whatever it may do.
    """
    if environ.get("PATH_INFO") != CLOCK_PATH:
        return None
    status, said = "200 OK", {"now": clock.now().isoformat()}
    signature = signatures.read(environ)
    if signature is None or signature.token:
        status, said = "403 Forbidden", {"message": "sandbox: a role's session moves no clock"}
    elif environ["REQUEST_METHOD"] == "POST":
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            seconds = json.loads(environ["wsgi.input"].read(length))["seconds"]
            said = {"now": clock.advance(float(seconds)).isoformat()}
        except (ValueError, KeyError, TypeError) as error:
            status, said = "400 Bad Request", {"message": str(error)}
    body = json.dumps(said).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]
