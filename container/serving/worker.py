"""One serving process: loads the model beside a server that is already answering."""

import asyncio
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
from container.serving.application import Application, Routes
from container.serving.connection import Limits
from container.serving.invocation import invoke
from container.serving.loaded_model import Served
from container.serving.messages import Answer, Request
from container.serving.model_loading import open_model
from container.serving.model_store import ModelStore, usual_limit_bytes
from container.serving.multi_model_router import MultiModel
from container.serving.predictions import Predictions
from container.serving.server import Server
from container.serving.settings import Settings
from container.serving.single_model_router import SingleModel
from container.serving.telemetry import Telemetry
from container.serving.time_slice import take_short_turns

# SageMaker kills 30 s after SIGTERM.
_DRAIN_SECONDS = 25.0
# How long a prediction keeps /ping waiting for the interpreter; Python's own 5 ms add up.
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class Work:
    """What every worker is given; `lifeline` closes when the supervisor is gone."""

    settings: Settings
    telemetry: Telemetry
    layout: Layout
    listener: socket.socket
    metrics_listener: socket.socket | None
    lifeline: int


def run_worker(work: Work) -> int:
    """Serve until SIGTERM, until the supervisor is gone, or until a prediction never ends."""
    logging.captureWarnings(True)
    sys.setswitchinterval(_SWITCH_SECONDS)
    take_short_turns()
    logging.getLogger("py.warnings").addHandler(_EventHandler(logging.WARNING))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(work))


async def _serve(work: Work) -> int:
    loop = asyncio.get_running_loop()
    code = ExitCode.DONE

    def end(with_code: ExitCode) -> None:
        nonlocal code
        code = max(code, with_code)
        server.stop()

    settings = work.settings
    predictions = Predictions(settings, invoke, lambda: end(ExitCode.RETIRED))
    single = SingleModel(settings, predictions, work.telemetry)
    routes = _many(work, predictions) if settings.is_multi_model else single
    application = Application(routes, work.telemetry)
    server = Server(application, Limits(body_bytes=settings.body_bytes), work.telemetry)
    loop.add_reader(work.lifeline, server.stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))

    async def load() -> None:
        try:
            if not settings.is_multi_model:
                single.take(await asyncio.to_thread(_open, settings, work.layout.model, "model"))
            log_event("ready", {"worker": os.getpid()})
        except Exception as error:
            text = str(error) if isinstance(error, InputError) else repr(error)
            log_event("failed", {"program": "serve", "error": text})
            end(ExitCode.BAD_INPUT)

    loading = asyncio.create_task(load())
    counting = _count_for_outsiders(work)
    await server.serve(work.listener, _DRAIN_SECONDS)
    if counting:
        counting.cancel()
    if not loading.done() or code == ExitCode.RETIRED:
        # The thread cannot be interrupted, and nobody waits for it any more.
        os._exit(code)
    return code


def _many(work: Work, predictions: Predictions) -> Routes:
    limit = work.settings.model_cache_bytes or usual_limit_bytes()

    def load(folder: Path) -> Served:
        return _open(work.settings, folder, folder.name)

    return MultiModel(work.settings, predictions, ModelStore(work.layout.models, limit, load))


def _open(settings: Settings, folder: Path, where: str) -> Served:
    return open_model(folder, where, combines=settings.combines_models)


def _count_for_outsiders(work: Work) -> "asyncio.Task[None] | None":
    if work.metrics_listener is None:
        return None

    def answer(request: Request) -> Answer:
        if request.path != b"/metrics":
            return Answer(404)
        return Answer(200, work.telemetry.text().encode(), b"text/plain; version=0.0.4")

    server = Server(answer, Limits(body_bytes=0))
    return asyncio.create_task(server.serve(work.metrics_listener, 0))


class _EventHandler(logging.Handler):
    """Warnings of libraries in the form of all other events."""

    def emit(self, record: logging.LogRecord) -> None:
        log_event("server", {"message": record.getMessage()})
