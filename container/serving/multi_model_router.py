"""The routes of a multi-model endpoint: load, list, describe, unload, invoke."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from container.contract.http_errors import RefusedError, bad_request
from container.serving.application import refuse_route
from container.serving.messages import Answer, Request
from container.serving.model_store import ModelStore, Registered
from container.serving.predictions import Predictions
from container.serving.settings import Settings

_JSON = b"application/json"
_FIXED = {b"/ping": b"GET", b"/execution-parameters": b"GET", b"/models": b"GET, POST"}
_USUAL_PAGE = 100


class MultiModel:
    """SageMaker's contract for containers with many models."""

    def __init__(self, settings: Settings, predictions: Predictions, store: ModelStore) -> None:
        self._settings = settings
        self._predictions = predictions
        self._store = store

    def allowed(self, path: bytes) -> bytes:
        """See Routes."""
        name, action = _model_in(path)
        if name and action == b"invoke":
            return b"POST"
        return b"GET, DELETE" if name and not action else _FIXED.get(path, b"")

    def __call__(self, request: Request) -> Answer | Awaitable[Answer]:
        """See Routes."""
        if request.path == b"/invocations":
            raise bad_request("Parameter model_name is required.")
        if request.method not in self.allowed(request.path).split(b", "):
            raise refuse_route(request, self.allowed(request.path))
        name, action = _model_in(request.path)
        if action:
            return self._invoke(name, request)
        if name:
            return self._unload(name) if request.method == b"DELETE" else self._describe(name)
        if request.method == b"POST":
            return self._load(request)
        answers = {b"/ping": self._ping, b"/models": self._list}
        return answers.get(request.path, self._parameters)(request)

    def _ping(self, request: Request) -> Answer:
        return _json({"status": "Healthy"})

    def _parameters(self, request: Request) -> Answer:
        size = self._settings.body_bytes // 1024**2
        strategy = {"BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": size}
        return _json({"MaxConcurrentTransforms": 1, **strategy})

    def _list(self, request: Request) -> Answer:
        asked = parse_qs(request.query.decode("latin-1"))
        limit = _whole(asked, "limit", _USUAL_PAGE)
        first = _whole(asked, "next_page_token", 0)
        models = self._store.names()
        page: dict[str, Any] = {"models": [_line(model) for model in models[first : first + limit]]}
        if first + limit < len(models):
            page["nextPageToken"] = str(first + limit)
        return _json(page)

    def _describe(self, name: str) -> Answer:
        model = self._store.find(name)
        more = {
            "memoryBytes": model.memory_bytes,
            "inMemory": self._store.at_hand(name) is not None,
        }
        return _json({**_line(model), "minWorkers": 1, "maxWorkers": 1, **more})

    def _unload(self, name: str) -> Answer:
        self._store.unregister(name)
        return _json({"status": f'Model "{name}" unregistered'})

    async def _load(self, request: Request) -> Answer:
        try:
            document = orjson.loads(request.body)
            name, url = document["model_name"], document["url"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise bad_request('send {"model_name": "…", "url": "…"}') from error
        if not isinstance(name, str) or not isinstance(url, str) or not name:
            raise bad_request("model_name and url must be text")
        await asyncio.to_thread(self._store.register, name, url)
        return _json({"status": "Workers scaled"})

    def _invoke(self, name: str, request: Request) -> Answer | Awaitable[Answer]:
        self._store.find(name)
        served = self._store.at_hand(name)
        if served is None:
            return self._read_and_invoke(name, request)
        return self._predictions.answer(served, request)

    async def _read_and_invoke(self, name: str, request: Request) -> Answer:
        served = await asyncio.to_thread(self._store.served, name)
        return await self._predictions.later(served, request)


def _model_in(path: bytes) -> tuple[str, bytes]:
    """The model's name, which means nothing to us, and what is asked of it."""
    _, first, *rest = [*path.split(b"/", 3), b""]
    if first != b"models" or not rest[0]:
        return "", b""
    return unquote(rest[0].decode("latin-1")), rest[1]


def _line(model: Registered) -> dict[str, str]:
    return {"modelName": model.name, "modelUrl": model.url}


def _json(document: dict[str, Any]) -> Answer:
    return Answer(int(HTTPStatus.OK), orjson.dumps(document), _JSON)


def _whole(asked: dict[str, list[str]], name: str, default: int) -> int:
    text = asked.get(name, [str(default)])[-1]
    if (
        not (text.isascii() and text.isdigit())
        or len(text) > 9
        or (name == "limit" and not int(text))
    ):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name} must be a whole number")
    return int(text)
