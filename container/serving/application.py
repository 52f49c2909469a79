"""What every answer has, whichever model gave it: a status, an id, a place in the counters."""

import asyncio
import time
import traceback
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Protocol

from container.contract.http_errors import RefusedError
from container.contract.log import log_event
from container.serving.messages import Answer, Request, new_id, refusal_answer
from container.serving.telemetry import Telemetry


class Routes(Protocol):
    """Where a request goes; raises RefusedError for what its sender can mend."""

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """Answer now or later."""

    def allowed(self, path: bytes) -> bytes:
        """The methods that a path takes, as in `GET, POST`; none for a path that is not there."""


class NotLoadedError(RefusedError):
    """/ping came before the model was there: expected, and no line in the log."""


class Application:
    """Answers requests; an error has a sentence and an id that the log repeats."""

    def __init__(self, routes: Routes, telemetry: Telemetry) -> None:
        self._routes = routes
        self._telemetry = telemetry

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """Answer one request."""
        began = time.perf_counter()
        try:
            answer = self._routes(request)
        except RefusedError as refusal:
            answer = self._refused(request, refusal)
        except Exception:
            answer = self._failed(request)
        if isinstance(answer, Answer):
            return self._finish(request, answer, began)
        return self._later(request, answer, began)

    async def _later(self, request: Request, coming: Awaitable[Answer], began: float) -> Answer:
        try:
            answer = await coming
        except RefusedError as refusal:
            answer = self._refused(request, refusal)
        except asyncio.CancelledError:
            # The server has no time left; whoever asked still learns it.
            message = "the server stopped before it had the answer; send the request again"
            stopped = RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, message)
            answer = self._refused(request, stopped)
        except Exception:
            answer = self._failed(request)
        return self._finish(request, answer, began)

    def _finish(self, request: Request, answer: Answer, began: float) -> Answer:
        # A clock may jump, and an endpoint must not stop for it.
        seconds = max(time.perf_counter() - began, 0.0)
        self._telemetry.observe(
            answer.status, seconds, answer.rows, len(request.body), answer.unseen
        )
        given = request.given_id
        if given and answer.status < HTTPStatus.BAD_REQUEST:
            answer.headers = (*answer.headers, (b"x-request-id", given))
        return answer

    def _refused(self, request: Request, refusal: RefusedError) -> Answer:
        request_id = request.given_id or new_id()
        if not isinstance(refusal, NotLoadedError):
            facts = _facts(request, request_id, refusal.status)
            log_event("refused", {**facts, "error": refusal.message})
        return refusal_answer(refusal, request_id, self._routes.allowed(request.path))

    def _failed(self, request: Request) -> Answer:
        request_id = request.given_id or new_id()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        log_event("error", {**_facts(request, request_id, status), "stack": traceback.format_exc()})
        message = "the prediction failed; the log has the reason under this id"
        return refusal_answer(RefusedError(status, message), request_id)


def refuse_route(request: Request, allowed: bytes) -> RefusedError:
    """Why a request that no route takes is refused."""
    path = request.path.decode(errors="replace")[:100]
    if not allowed:
        return RefusedError(HTTPStatus.NOT_FOUND, f"{path} does not exist here")
    return RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes {allowed.decode()} only")


def _facts(request: Request, request_id: bytes, status: HTTPStatus) -> dict[str, object]:
    path = request.path.decode(errors="replace")
    return {"id": request_id.decode(), "path": path, "status": int(status)}
