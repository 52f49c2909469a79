"""Worker process of `serve`: loads the model while its server already answers /ping."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import uvloop

from container.contract.errors import ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.serving.application import Application, Router
from container.serving.connection import ConnectionLimits
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.model_loading import open_model
from container.serving.model_store import ModelStore, default_limit_bytes
from container.serving.multi_model_router import MultiModelRouter
from container.serving.predictions import Predictions
from container.serving.server import Server
from container.serving.settings import Settings
from container.serving.single_model_router import SingleModelRouter
from container.serving.telemetry import Telemetry
from container.serving.time_slice import request_short_time_slice

# SageMaker kills 30 s after SIGTERM.
_DRAIN_SECONDS = 25.0
# How long a prediction keeps /ping waiting for the interpreter; Python's own 5 ms add up.
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class WorkerContext:
    """Arguments of every worker; `lifeline` is a pipe that closes when the supervisor dies."""

    settings: Settings
    telemetry: Telemetry
    layout: Layout
    listener: socket.socket
    metrics_listener: socket.socket | None
    lifeline: int


def run_worker(context: WorkerContext) -> int:
    """Serve until SIGTERM, until the supervisor dies, or until a prediction exceeds its timeout."""
    logging.captureWarnings(True)
    sys.setswitchinterval(_SWITCH_SECONDS)
    request_short_time_slice()
    logging.getLogger("py.warnings").addHandler(_EventHandler(logging.WARNING))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(context))


async def _serve(context: WorkerContext) -> int:
    loop = asyncio.get_running_loop()
    code = ExitCode.DONE

    def end(with_code: ExitCode) -> None:
        nonlocal code
        code = max(code, with_code)
        server.stop()

    settings = context.settings
    predictions = Predictions(settings, invoke, lambda: end(ExitCode.RETIRED))
    single = SingleModelRouter(settings, predictions, context.telemetry)
    router = _multi_model_router(context, predictions) if settings.is_multi_model else single
    limits = ConnectionLimits(settings.body_bytes, settings.idle_seconds, settings.request_seconds)
    server = Server(Application(router, context.telemetry), limits, context.telemetry)
    loop.add_reader(context.lifeline, server.stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))

    async def load() -> None:
        try:
            if not settings.is_multi_model:
                single.set_model(await asyncio.to_thread(_load_only_model, context))
            log_event("ready", {"worker": os.getpid()})
        except Exception as error:
            text = str(error) if isinstance(error, InputError) else repr(error)
            log_event("failed", {"program": "serve", "error": text})
            end(ExitCode.BAD_INPUT)

    loading = asyncio.create_task(load())
    metrics_server = _start_metrics_server(context)
    await server.serve(context.listener, _DRAIN_SECONDS)
    if metrics_server:
        metrics_server.cancel()
    if not loading.done() or code == ExitCode.RETIRED:
        # The thread cannot be interrupted, and no request waits for it any more.
        os._exit(code)
    return code


def _multi_model_router(context: WorkerContext, predictions: Predictions) -> Router:
    limit = context.settings.model_cache_bytes or default_limit_bytes()

    def load(folder: Path) -> LoadedModel:
        return _load(context.settings, folder, folder.name)

    return MultiModelRouter(
        context.settings, predictions, ModelStore(context.layout.models, limit, load)
    )


def _load_only_model(context: WorkerContext) -> LoadedModel:
    loaded = _load(context.settings, context.layout.model, "model")
    # What was imported lives as long as this process: no collection looks through it again.
    gc.freeze()
    return loaded


def _load(settings: Settings, folder: Path, where: str) -> LoadedModel:
    return open_model(
        folder, where, combines=settings.combines_models, registered=settings.registered_sha256
    )


def _start_metrics_server(context: WorkerContext) -> "asyncio.Task[None] | None":
    if context.metrics_listener is None:
        return None

    def response(request: Request) -> Response:
        if request.path != b"/metrics":
            return Response(404)
        return Response(200, context.telemetry.text().encode(), b"text/plain; version=0.0.4")

    server = Server(response, ConnectionLimits(body_bytes=0))
    return asyncio.create_task(server.serve(context.metrics_listener, 0))


class _EventHandler(logging.Handler):
    """Warnings of libraries in the form of all other events."""

    def emit(self, record: logging.LogRecord) -> None:
        log_event("server", {"message": record.getMessage()})
