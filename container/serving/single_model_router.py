"""The routes of an endpoint with one model."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus

import orjson

from container.contract.http_errors import RefusedError
from container.serving.application import NotLoadedError, refuse_route
from container.serving.loaded_model import Served
from container.serving.messages import Answer, Request
from container.serving.predictions import Predictions
from container.serving.settings import Settings
from container.serving.telemetry import Telemetry

_LOAD_SECONDS = 30
_LOOK_SECONDS = 0.02
_LOADING = "the model is still being loaded"
_METHODS = {b"/ping": b"GET", b"/invocations": b"POST", b"/execution-parameters": b"GET"}


class SingleModel:
    """/ping, /invocations and /execution-parameters."""

    def __init__(self, settings: Settings, predictions: Predictions, telemetry: Telemetry) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._predictions = predictions
        self._served: Served | None = None

    def take(self, served: Served) -> None:
        """Serve this model from now on."""
        self._served = served
        self._telemetry.tell_ready()

    def allowed(self, path: bytes) -> bytes:
        """See Routes."""
        return _METHODS.get(path, b"")

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """See Routes."""
        if request.path == b"/invocations" and request.method == b"POST":
            if self._served:
                return self._predictions.answer(self._served, request)
            return self._when_loaded(request)
        if request.method != _METHODS.get(request.path):
            raise refuse_route(request, self.allowed(request.path))
        return self._ping(request) if request.path == b"/ping" else self._parameters()

    def _ping(self, request: Request) -> Answer:
        is_verbose = request.query.partition(b"=")[0] == b"verbose"
        if self._served and is_verbose:
            return Answer(200, orjson.dumps(self._served.signature), b"application/json")
        # One worker is enough: a server must not look unhealthy again while the others load.
        if is_verbose or not self._telemetry.ready_workers:
            raise NotLoadedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
        return Answer(200)

    def _parameters(self) -> Answer:
        # In the built-in's words and order; SageMaker Batch Transform asks for it.
        document = {
            "MaxConcurrentTransforms": self._settings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self._settings.body_bytes // 1024**2,
        }
        return Answer(200, orjson.dumps(document), b"application/json")

    async def _when_loaded(self, request: Request) -> Answer:
        """Wait: another worker's /ping may bring requests before this one is ready."""
        for _ in range(int(_LOAD_SECONDS / _LOOK_SECONDS)):
            if self._served is not None:
                return await self._predictions.later(self._served, request)
            await asyncio.sleep(_LOOK_SECONDS)
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
