"""The control request that reads the sandbox's clock (GET) or moves it forward (POST)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.state import clock
from sandbox.state.clients import CLOCK_PATH


def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes] | None:
    """Answer one WSGI request; None when it is not about the clock.

    It is asked after who calls was checked: as no action of AWS is called after it, a role's
    session is refused.
    """
    if environ.get("PATH_INFO") != CLOCK_PATH:
        return None
    status, said = "200 OK", {"now": clock.now().isoformat()}
    if environ["REQUEST_METHOD"] == "POST":
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
