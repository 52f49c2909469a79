"""The container's endpoint in this process: a folder with a model, requests and responses."""

import asyncio
import functools
import tempfile
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from container.contract import model_files
from container.serving.application import Application
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.model_loading import open_model
from container.serving.predictions import Predictions
from container.serving.settings import read_settings
from container.serving.single_model_router import SingleModelRouter
from container.serving.telemetry import Telemetry
from tools.differential import original
from tools.differential.case import Answer


@dataclass(frozen=True)
class Ask:
    """A request."""

    body: bytes = b""
    content_type: str = "text/csv"
    accept: str = ""
    method: str = "POST"
    path: str = "/invocations"
    environment: Mapping[str, str] = field(default_factory=dict)


class Endpoint:
    """A loaded model behind the application of one worker."""

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded

    def respond(self, ask: Ask, environment: Mapping[str, str]) -> Response:
        """Respond to one request, with these variables above those of the request."""
        settings = read_settings({**ask.environment, **environment})
        telemetry = Telemetry(1)
        telemetry.start_worker(0)
        router = SingleModelRouter(settings, Predictions(settings, invoke, _never), telemetry)
        router.set_model(self._loaded)
        headers = {b"content-type": ask.content_type.encode("latin-1")} if ask.content_type else {}
        if ask.accept:
            headers[b"accept"] = ask.accept.encode()
        request = Request(ask.method.encode(), ask.path.encode(), b"", headers, ask.body)
        coming = Application(router, telemetry)(request)
        return coming if isinstance(coming, Response) else asyncio.run(_awaited(coming))


# The cases of a model follow each other.
@functools.lru_cache(maxsize=8)
def load(model: bytes, *, signed: bool = False) -> Endpoint:
    """Load a model from a folder of its own, `signed` with the signature that `train` writes.

    Raises InputError where `serve` would not start.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / model_files.MODEL).write_bytes(model)
        if signed:
            unsigned = open_model(folder, "model")
            more: dict[str, object] = {"metrics": [], "evaluation_metrics": []}
            model_files.save(folder, [model], {**more, **unsigned.signature})
        return Endpoint(open_model(folder, "model"))


def answer(loaded: Endpoint, ask: Ask, environment: Mapping[str, str]) -> Answer:
    """Return what a client sees of a response: of an error the status alone."""
    response = loaded.respond(ask, environment)
    if response.status != 200:
        return original.failure(response.status)
    type_, body = response.content_type.decode(), response.body
    return {"status": 200, "content type": type_, "body": body.decode("latin-1")}


async def _awaited(coming: Awaitable[Response]) -> Response:
    return await coming


def _never() -> None:
    raise TimeoutError("a prediction took too long")
