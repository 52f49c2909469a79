"""Router of a multi-model endpoint: load, list, describe, unload, invoke."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from container.contract.http_errors import HTTPError, bad_request
from container.serving.application import options_response, route_error
from container.serving.messages import Request, Response
from container.serving.model_store import ModelStore, RegisteredModel
from container.serving.predictions import Predictions
from container.serving.settings import Settings

_JSON = b"application/json"
_READ = b"GET, HEAD, OPTIONS"
_FIXED = {b"/ping": _READ, b"/execution-parameters": _READ, b"/models": _READ + b", POST"}
_DEFAULT_PAGE_SIZE = 100


class MultiModelRouter:
    """SageMaker's contract for containers with many models."""

    def __init__(self, settings: Settings, predictions: Predictions, store: ModelStore) -> None:
        self._settings = settings
        self._predictions = predictions
        self._store = store

    def allowed(self, path: bytes) -> bytes:
        """See Router."""
        name, action = _model_in(path)
        if name and action == b"invoke":
            return b"POST, OPTIONS"
        return _READ + b", DELETE" if name and not action else _FIXED.get(path, b"")

    def __call__(self, request: Request) -> Response | Awaitable[Response]:
        """See Router."""
        if request.path == b"/invocations":
            raise bad_request("Parameter model_name is required.")
        allowed = self.allowed(request.path)
        if request.method not in allowed.split(b", "):
            raise route_error(request, allowed)
        if request.method == b"OPTIONS":
            return options_response(allowed)
        name, action = _model_in(request.path)
        if action:
            return self._invoke(name, request)
        if name:
            return self._unload(name) if request.method == b"DELETE" else self._describe(name)
        if request.method == b"POST":
            return self._load(request)
        responses = {b"/ping": self._ping, b"/models": self._list}
        return responses.get(request.path, self._parameters)(request)

    def _ping(self, request: Request) -> Response:
        return _json({"status": "Healthy"})

    def _parameters(self, request: Request) -> Response:
        size = self._settings.body_bytes // 1024**2
        strategy = {"BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": size}
        return _json({"MaxConcurrentTransforms": 1, **strategy})

    def _list(self, request: Request) -> Response:
        parameters = parse_qs(request.query.decode("latin-1"))
        limit = _whole(parameters, "limit", _DEFAULT_PAGE_SIZE)
        first = _whole(parameters, "next_page_token", 0)
        models = self._store.names()
        page: dict[str, Any] = {"models": [_line(model) for model in models[first : first + limit]]}
        if first + limit < len(models):
            page["nextPageToken"] = str(first + limit)
        return _json(page)

    def _describe(self, name: str) -> Response:
        model = self._store.find(name)
        more = {
            "memoryBytes": model.memory_bytes,
            "inMemory": self._store.find_cached(name) is not None,
        }
        return _json({**_line(model), "minWorkers": 1, "maxWorkers": 1, **more})

    def _unload(self, name: str) -> Response:
        self._store.unregister(name)
        return _json({"status": f'Model "{name}" unregistered'})

    async def _load(self, request: Request) -> Response:
        try:
            document = orjson.loads(request.body)
            name, url = document["model_name"], document["url"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise bad_request('send {"model_name": "…", "url": "…"}') from error
        if not isinstance(name, str) or not isinstance(url, str) or not name:
            raise bad_request("model_name and url must be text")
        await asyncio.to_thread(self._store.register, name, url)
        return _json({"status": "Workers scaled"})

    def _invoke(self, name: str, request: Request) -> Response | Awaitable[Response]:
        self._store.find(name)
        loaded = self._store.find_cached(name)
        if loaded is None:
            return self._load_and_invoke(name, request)
        return self._predictions.respond(loaded, request)

    async def _load_and_invoke(self, name: str, request: Request) -> Response:
        loaded = await asyncio.to_thread(self._store.load, name)
        return await self._predictions.predict_in_thread(loaded, request)


def _model_in(path: bytes) -> tuple[str, bytes]:
    """Return the model's name and the action in a path."""
    _, first, *rest = [*path.split(b"/", 3), b""]
    if first != b"models" or not rest[0]:
        return "", b""
    return unquote(rest[0].decode("latin-1")), rest[1]


def _line(model: RegisteredModel) -> dict[str, str]:
    return {"modelName": model.name, "modelUrl": model.url}


def _json(document: dict[str, Any]) -> Response:
    return Response(int(HTTPStatus.OK), orjson.dumps(document), _JSON)


def _whole(parameters: dict[str, list[str]], name: str, default: int) -> int:
    text = parameters.get(name, [str(default)])[-1]
    if (
        not (text.isascii() and text.isdigit())
        or len(text) > 9
        or (name == "limit" and not int(text))
    ):
        raise HTTPError(HTTPStatus.BAD_REQUEST, f"{name} must be a whole number")
    return int(text)
