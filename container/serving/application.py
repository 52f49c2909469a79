"""What a worker answers: /ping at once, small requests at once, large ones from a thread."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import orjson

from container.contract.log import log_event
from container.formats.refusal import RefusedError
from container.serving.invocation import Served, invoke
from container.serving.messages import Answer, Request, new_id, refusal_answer
from container.serving.settings import Settings
from container.serving.telemetry import Telemetry

_LOAD_SECONDS = 30
_LOOK_SECONDS = 0.02
_LOADING = "the model is still being loaded"
_MOST_WAITING = 256
# While a request is answered on the event loop, this worker does not answer /ping.
_MOST_INLINE_SECONDS = 0.002
_MOST_INLINE_BYTES = 65_536
_METHODS = {b"/ping": b"GET", b"/invocations": b"POST", b"/execution-parameters": b"GET"}


class Application:
    """Answers requests; `retire` is called when a prediction never ends."""

    def __init__(
        self, settings: Settings, telemetry: Telemetry, retire: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._retire = retire
        self._served: Served | None = None
        self._inline_bytes = 0
        self._waiting = 0
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="predict")

    def take(self, served: Served) -> None:
        """Serve this model from now on."""
        per_row = served.seconds_per_row()
        rows = _MOST_INLINE_SECONDS / max(per_row, 1e-9)
        # A number takes two bytes at least: a digit and what separates it from the next.
        smallest_row = 2 * max(served.schema.width, 1)
        self._inline_bytes = int(min(rows * smallest_row, _MOST_INLINE_BYTES))
        self._served = served

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """Answer one request; an error has a status, a sentence and an id that the log repeats."""
        began = time.perf_counter()
        try:
            answer = self._respond(request)
        except RefusedError as refusal:
            answer = self._refused(request, refusal)
        except Exception:
            answer = self._failed(request)
        if isinstance(answer, Answer):
            return self._finish(request, answer, began)
        return self._later(request, answer, began)

    def _respond(self, request: Request) -> Answer | Awaitable[Answer]:
        if request.path == b"/invocations" and request.method == b"POST":
            served = self._served
            if served and len(request.body) <= self._inline_bytes and not self._waiting:
                return invoke(served, request, self._settings)
            return self._invoke_later(request)
        _check_route(request)
        if request.path == b"/ping":
            return self._ping(request)
        return self._execution_parameters()

    def _ping(self, request: Request) -> Answer:
        if self._served is None:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
        if request.query.partition(b"=")[0] == b"verbose":
            return Answer(200, orjson.dumps(self._served.signature), b"application/json")
        return Answer(200)

    def _execution_parameters(self) -> Answer:
        # In the built-in's words and order; SageMaker Batch Transform asks for it.
        document = {
            "MaxConcurrentTransforms": self._settings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self._settings.body_bytes // 1024**2,
        }
        return Answer(200, orjson.dumps(document), b"application/json")

    async def _invoke_later(self, request: Request) -> Answer:
        served = await self._loaded()
        if self._waiting >= _MOST_WAITING:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests; try again")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        seconds = self._settings.answer_seconds
        try:
            async with asyncio.timeout(seconds):
                return await loop.run_in_executor(
                    self._threads, invoke, served, request, self._settings
                )
        except TimeoutError as error:
            # The thread cannot be interrupted: this process ends, and another takes its place.
            self._retire()
            message = f"no answer within {seconds:g} seconds; send fewer rows"
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, message) from error
        finally:
            self._waiting -= 1

    async def _loaded(self) -> Served:
        """Return the model; another worker's /ping may bring requests before this one is ready."""
        for _ in range(int(_LOAD_SECONDS / _LOOK_SECONDS)):
            if self._served is not None:
                return self._served
            await asyncio.sleep(_LOOK_SECONDS)
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)

    async def _later(self, request: Request, coming: Awaitable[Answer], began: float) -> Answer:
        try:
            answer = await coming
        except RefusedError as refusal:
            answer = self._refused(request, refusal)
        except Exception:
            answer = self._failed(request)
        return self._finish(request, answer, began)

    def _finish(self, request: Request, answer: Answer, began: float) -> Answer:
        seconds = time.perf_counter() - began
        self._telemetry.observe(answer.status, seconds, answer.rows, len(request.body))
        given = request.given_id
        if given and answer.status < 400:
            answer.headers = (*answer.headers, (b"x-request-id", given))
        return answer

    def _refused(self, request: Request, refusal: RefusedError) -> Answer:
        request_id = request.given_id or new_id()
        is_expected = request.path == b"/ping" and refusal.message == _LOADING
        if not is_expected:
            log_event(
                "refused", {**_facts(request, request_id, refusal.status), "error": refusal.message}
            )
        return refusal_answer(refusal, request_id, _METHODS.get(request.path, b""))

    def _failed(self, request: Request) -> Answer:
        request_id = request.given_id or new_id()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        log_event("error", {**_facts(request, request_id, status), "stack": traceback.format_exc()})
        message = "the prediction failed; the log has the reason under this id"
        return refusal_answer(RefusedError(status, message), request_id)


def _check_route(request: Request) -> None:
    method = _METHODS.get(request.path)
    if method is None:
        raise RefusedError(
            HTTPStatus.NOT_FOUND, "only /ping, /invocations and /execution-parameters exist"
        )
    if request.method != method:
        raise RefusedError(
            HTTPStatus.METHOD_NOT_ALLOWED, f"{request.path.decode()} takes {method.decode()} only"
        )


def _facts(request: Request, request_id: bytes, status: HTTPStatus) -> dict[str, object]:
    return {
        "id": request_id.decode(),
        "path": request.path.decode(errors="replace"),
        "status": int(status),
    }
