"""The HTTP side of SageMaker's hosting contract as a raw ASGI application."""

import asyncio
import mmap
import os
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from container.contract.log import log_event
from container.formats.answers import write_scores
from container.formats.media_types import answer_type, request_type
from container.formats.refusal import RefusedError
from container.formats.request_body import Floats, read_rows

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# SageMaker gives up on an answer after 60 s.
_ANSWER_SECONDS = 55
_BODY_SECONDS = 30
_LOAD_SECONDS = 30
_LOOK_SECONDS = 0.02
_LOADING = "the model is still being loaded"
_MOST_WAITING = 256
_MOST_HEADER_BYTES = 65_536
_METHODS = {"/ping": "GET", "/invocations": "POST"}


class DisconnectedError(Exception):
    """The sender is gone; nobody reads an answer."""


@dataclass(frozen=True)
class Model:
    """A loaded model as serving sees it."""

    predict: Callable[[Floats], Floats]
    feature_count: int


@dataclass(frozen=True)
class Health:
    """Which workers have loaded the model; the one at `place` tells the others."""

    ready: mmap.mmap
    place: int

    def is_ready(self) -> bool:
        """Whether any has: a healthy server must not look unhealthy while the last ones load."""
        return any(self.ready[:])

    def tell(self) -> None:
        """Say that this one has."""
        self.ready[self.place] = 1


@dataclass
class Limits:
    """What a request may be: bytes of its body, and the format it gets when it names none."""

    body_bytes: int = 6 * 1024 * 1024
    default_answer: str = "text/csv"


class Application:
    """Answers /ping at once and /invocations from a thread, so that neither waits for the other."""

    def __init__(self, limits: Limits, health: Health | None = None) -> None:
        self.model: Model | None = None
        self._health = health if health is not None else Health(mmap.mmap(-1, 1), 0)
        self._limits = limits
        self._waiting = 0
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="predict")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; an error has a status, a sentence and an id that the log repeats."""
        try:
            await self._respond(scope, receive, send)
        except RefusedError as refusal:
            await self._refuse(scope, send, refusal)
        except DisconnectedError:
            log_event("client disconnected")
        except Exception:
            log_event("error", {"path": scope["path"], "stack": traceback.format_exc()})
            message = "the prediction failed; the log has the reason under this id"
            await self._refuse(scope, send, RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, message))

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        _check_route(scope)
        if scope["path"] == "/ping":
            if not self._health.is_ready():
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
            await _send(send, HTTPStatus.OK, b"", [])
            return
        model = await self._loaded()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body uncompressed")
        content_type = request_type(headers.get(b"content-type", b"").decode("latin-1"))
        wanted = headers.get(b"accept", b"").decode("latin-1")
        accept = answer_type(wanted, self._limits.default_answer)
        try:
            body = await asyncio.wait_for(_body(receive, self._limits.body_bytes), _BODY_SECONDS)
        except TimeoutError as error:
            raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly") from error
        content, media_type = await self._predict(model, body, content_type, accept)
        await _send(send, HTTPStatus.OK, content, [(b"content-type", media_type)])

    async def _loaded(self) -> Model:
        """Return the model; another worker's /ping may bring requests before this one is ready."""
        for _ in range(int(_LOAD_SECONDS / _LOOK_SECONDS)):
            if self.model is not None:
                return self.model
            await asyncio.sleep(_LOOK_SECONDS)
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)

    async def _predict(
        self, model: Model, body: bytes, content_type: str, accept: str
    ) -> tuple[bytes, bytes]:
        if self._waiting >= _MOST_WAITING:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests; try again")

        def work() -> tuple[bytes, bytes]:
            rows = read_rows(body, content_type, model.feature_count)
            return write_scores(model.predict(rows), accept)

        self._waiting += 1
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await loop.run_in_executor(self._threads, work)
        except TimeoutError as error:
            message = f"no answer within {_ANSWER_SECONDS} seconds; send fewer rows"
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, message) from error
        finally:
            self._waiting -= 1

    async def _refuse(self, scope: Scope, send: Send, refusal: RefusedError) -> None:
        request_id = os.urandom(8).hex()
        headers = [(b"content-type", b"application/json")]
        if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", b"1"))
        if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append((b"allow", _METHODS[scope["path"]].encode()))
        if refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            headers.append((b"connection", b"close"))
        details = {"id": request_id, "path": scope["path"], "status": int(refusal.status)}
        if scope["path"] != "/ping" or refusal.status != HTTPStatus.SERVICE_UNAVAILABLE:
            log_event("refused", {**details, "error": refusal.message})
        body = orjson.dumps({"error": refusal.message, "id": request_id})
        await _send(send, refusal.status, body, headers)


def _check_route(scope: Scope) -> None:
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _MOST_HEADER_BYTES:
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        raise RefusedError(status, f"the headers have over {_MOST_HEADER_BYTES} bytes")
    method = _METHODS.get(scope["path"])
    if method is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "only /ping and /invocations exist")
    if scope["method"] != method:
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{scope['path']} takes {method} only")


async def _body(receive: Receive, limit: int) -> bytes:
    """The whole body; a longer one is read to twice the limit: its sender sees the answer."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size <= 2 * limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        more = message.get("more_body", False)
    if size > limit:
        text = f"the body has over {limit} bytes; send it in parts"
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    return b"".join(chunks)


async def _send(
    send: Send, status: HTTPStatus, body: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send(
        {"type": "http.response.start", "status": int(status), "headers": [*headers, length]}
    )
    await send({"type": "http.response.body", "body": body})
