"""Router of an endpoint with one model."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus

import orjson

from container.contract.http_errors import HTTPError
from container.serving.application import ModelNotLoadedError, options_response, route_error
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.predictions import Predictions
from container.serving.settings import Settings
from container.serving.telemetry import Telemetry

_LOAD_SECONDS = 30
_POLL_SECONDS = 0.02
_LOADING = "the model is still being loaded"
_READ = b"GET, HEAD, OPTIONS"
_METHODS = {b"/ping": _READ, b"/invocations": b"POST, OPTIONS", b"/execution-parameters": _READ}


class SingleModelRouter:
    """/ping, /invocations and /execution-parameters."""

    def __init__(self, settings: Settings, predictions: Predictions, telemetry: Telemetry) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._predictions = predictions
        self._loaded: LoadedModel | None = None

    def set_model(self, loaded: LoadedModel) -> None:
        """Use this model from now on."""
        self._loaded = loaded
        self._telemetry.mark_ready()

    def allowed(self, path: bytes) -> bytes:
        """See Router."""
        return _METHODS.get(path, b"")

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        """See Router."""
        if request.path == b"/invocations" and request.method == b"POST":
            if self._loaded:
                return self._predictions.respond(self._loaded, request)
            return self._when_loaded(request)
        allowed = self.allowed(request.path)
        if request.method not in allowed.split(b", "):
            raise route_error(request, allowed)
        if request.method == b"OPTIONS":
            return options_response(allowed)
        return self._ping(request) if request.path == b"/ping" else self._parameters()

    def _ping(self, request: Request) -> Response:
        is_verbose = request.query.partition(b"=")[0] == b"verbose"
        if self._loaded and is_verbose:
            return Response(200, orjson.dumps(self._loaded.signature), b"application/json")
        # One worker is enough: a server must not look unhealthy again while the others load.
        if is_verbose or not self._telemetry.ready_workers:
            raise ModelNotLoadedError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
        return Response(200)

    def _parameters(self) -> Response:
        # In the built-in's words and order; SageMaker Batch Transform requests it.
        document = {
            "MaxConcurrentTransforms": self._settings.workers,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self._settings.body_bytes // 1024**2,
        }
        return Response(200, orjson.dumps(document), b"application/json")

    async def _when_loaded(self, request: Request) -> Response:
        """Wait: another worker's /ping may bring requests before this one is ready."""
        for _ in range(int(_LOAD_SECONDS / _POLL_SECONDS)):
            if self._loaded is not None:
                return await self._predictions.predict_in_thread(self._loaded, request)
            await asyncio.sleep(_POLL_SECONDS)
        raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, _LOADING)
