"""Application around a router: error responses, request ids, and request metrics."""

import asyncio
import time
import traceback
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Protocol

from container.contract.http_errors import HTTPError
from container.contract.log import log_event
from container.serving.messages import Request, Response, error_response, new_id
from container.serving.telemetry import Telemetry


class Router(Protocol):
    """Maps a request to its handler; raises HTTPError for errors of the client."""

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        """Respond now or later."""

    def allowed(self, path: bytes) -> bytes:
        """Return the methods allowed for a path, as in `GET, POST`; empty for an unknown path."""


class ModelNotLoadedError(HTTPError):
    """Error (503) of /ping before the model is loaded: expected, so it is not logged."""


class Application:
    """Responds to requests; an error response has a message and an id that the log repeats."""

    def __init__(self, router: Router, telemetry: Telemetry) -> None:
        self._router = router
        self._telemetry = telemetry

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        """Respond to one request."""
        began = time.perf_counter()
        try:
            response = self._router(request)
        except HTTPError as error:
            response = self._error_response(request, error)
        except Exception:
            response = self._internal_error(request)
        if isinstance(response, Response):
            return self._finish(request, response, began)
        return self._respond_later(request, response, began)

    async def _respond_later(
        self, request: Request, coming: Awaitable[Response], began: float
    ) -> Response:
        try:
            response = await coming
        except HTTPError as error:
            response = self._error_response(request, error)
        except asyncio.CancelledError:
            # The server has no time left; the client still gets a response.
            message = "the server stopped before it had the response; send the request again"
            stopped = HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, message)
            response = self._error_response(request, stopped)
        except Exception:
            response = self._internal_error(request)
        return self._finish(request, response, began)

    def _finish(self, request: Request, response: Response, began: float) -> Response:
        # A clock may jump, and an endpoint must not stop for it.
        seconds = max(time.perf_counter() - began, 0.0)
        self._telemetry.observe(
            response.status, seconds, response.rows, len(request.body), response.unseen
        )
        response.to_head = request.method == b"HEAD"
        given = request.given_id
        if given and response.status < HTTPStatus.BAD_REQUEST:
            response.headers = (*response.headers, (b"x-request-id", given))
        return response

    def _error_response(self, request: Request, error: HTTPError) -> Response:
        request_id = request.given_id or new_id()
        if not isinstance(error, ModelNotLoadedError):
            facts = _facts(request, request_id, error.status)
            log_event("refused", {**facts, "error": error.message})
        return error_response(error, request_id, self._router.allowed(request.path))

    def _internal_error(self, request: Request) -> Response:
        request_id = request.given_id or new_id()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        log_event("error", {**_facts(request, request_id, status), "stack": traceback.format_exc()})
        message = "the prediction failed; the log has the reason under this id"
        return error_response(HTTPError(status, message), request_id)


def route_error(request: Request, allowed: bytes) -> HTTPError:
    """Return the error (404 or 405) for a request without a route."""
    path = request.path.decode(errors="replace")[:100]
    if not allowed:
        return HTTPError(HTTPStatus.NOT_FOUND, f"{path} does not exist here")
    return HTTPError(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes {allowed.decode()} only")


def options_response(allowed: bytes) -> Response:
    """Return the response to OPTIONS: the methods of the path."""
    return Response(HTTPStatus.OK, headers=((b"allow", allowed),))


def _facts(request: Request, request_id: bytes, status: HTTPStatus) -> dict[str, object]:
    path = request.path.decode(errors="replace")
    return {"id": request_id.decode(), "path": path, "status": int(status)}
