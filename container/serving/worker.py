"""One serving process: loads the model beside a server that is already answering."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from container.contract import model_files
from container.contract.errors import ExitCode, InputError
from container.contract.log import log_event
from container.formats.media_types import WRITABLE
from container.serving.application import Application, Health, Limits, Model

# SageMaker kills 30 s after SIGTERM.
_DRAIN_SECONDS = 25


@dataclass(frozen=True)
class Source:
    """Where the model comes from."""

    folder: Path
    signature: Mapping[str, Any]


def run_worker(listener: socket.socket, source: Source, lifeline: int, health: Health) -> int:
    """Serve until SIGTERM, or until `lifeline` closes because the supervisor is gone."""
    # uvicorn raises a signal again after draining; by then there is nothing left to do.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))
    logging.captureWarnings(True)
    for name in ("uvicorn", "py.warnings"):
        logging.getLogger(name).addHandler(_EventHandler(logging.WARNING))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(listener, source, lifeline, health))


async def _serve(listener: socket.socket, source: Source, lifeline: int, health: Health) -> int:
    application = Application(limits_from_environment(), health)
    server = uvicorn.Server(_configuration(application))
    loop = asyncio.get_running_loop()
    loop.add_reader(lifeline, _stop, server)
    code = ExitCode.DONE

    async def load() -> None:
        nonlocal code
        try:
            loaded = await asyncio.to_thread(load_model, source.folder, source.signature)
            application.model = loaded
            health.tell()
            log_event("ready", {"worker": os.getpid()})
        except Exception as error:
            text = str(error) if isinstance(error, InputError) else repr(error)
            log_event("failed", {"program": "serve", "error": text})
            code = ExitCode.BAD_INPUT
            _stop(server)

    loading = asyncio.create_task(load())
    await server.serve(sockets=[listener])
    if not loading.done():
        # The thread cannot be interrupted, and nobody waits for its model any more.
        os._exit(ExitCode.DONE)
    return code


def load_model(folder: Path, signature: Mapping[str, Any]) -> Model:
    """Read the model with the algorithm that its signature's hyperparameters describe."""
    # Not above: the algorithm's libraries take most of the start, and /ping answers meanwhile.
    from container.algorithm import create

    algorithm = create(signature["hyperparameters"])
    algorithm.load((folder / model_files.MODEL).read_bytes())
    found, expected = algorithm.signature()["feature_count"], signature["feature_count"]
    if found != expected:
        raise InputError(
            f"model/{model_files.SIGNATURE}: feature_count is {expected} but the model takes "
            f"{found}; provide the files of one training"
        )
    return Model(algorithm.predict, found)


def limits_from_environment() -> Limits:
    """MAX_CONTENT_LENGTH and SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT, as the built-in reads them."""
    limits = Limits()
    size = os.environ.get("MAX_CONTENT_LENGTH", str(limits.body_bytes))
    if not size.isascii() or not size.isdigit() or int(size) < 1:
        raise InputError(f"MAX_CONTENT_LENGTH: must be a number of bytes; got {size!r}; remove it")
    accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", limits.default_answer)
    if accept not in WRITABLE:
        raise InputError(
            "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: "
            f"must be one of {', '.join(WRITABLE)}; got {accept!r}; remove it"
        )
    return Limits(int(size), accept)


def _configuration(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="none",
        http="httptools",
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


def _leave(number: int, frame: object) -> None:
    os._exit(ExitCode.DONE)


class _EventHandler(logging.Handler):
    """Warnings of libraries in the form of all other events."""

    def emit(self, record: logging.LogRecord) -> None:
        log_event("server", {"message": record.getMessage()})
