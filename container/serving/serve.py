"""`serve`: one worker per core behind one port, for as long as SageMaker wants."""

import contextlib
import mmap
import os
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from container.contract import model_files
from container.contract.errors import ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.serving.application import Health
from container.serving.worker import Source, limits_from_environment, run_worker

_BACKLOG = 2048
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# A worker that lives shorter than this did not die of a request.
_QUICK_DEATH_SECONDS = 2.0
_QUICK_DEATHS_ALLOWED = 10


def main(layout: Layout) -> int:
    """Serve the model in `layout.model`; 0 after SIGTERM, otherwise one line says what is wrong."""
    try:
        limits_from_environment()
        workers = _whole_number("SAGEMAKER_MODEL_SERVER_WORKERS", _cores(), 1)
        signature = model_files.verify(layout.model, "model")
        listener = _listen(_whole_number("SAGEMAKER_BIND_TO_PORT", 8080, 0))
    except InputError as error:
        log_event("failed", {"program": "serve", "error": str(error)})
        return ExitCode.BAD_INPUT
    port = listener.getsockname()[1]
    log_event("listening", {"port": port, "workers": workers, "objective": signature["objective"]})
    return _Supervisor(layout, listener, signature).run(workers)


class _Supervisor:
    """Starts workers, replaces those that were killed, and stops with them."""

    def __init__(
        self, layout: Layout, listener: socket.socket, signature: Mapping[str, Any]
    ) -> None:
        self._layout = layout
        self._listener = listener
        self._signature = signature
        self._started: dict[int, float] = {}
        self._places: dict[int, int] = {}
        self._quick_deaths = 0
        self._stopping = False
        # Nothing is ever written to it: workers see it close when this process dies.
        self._lifeline, self._held_end = os.pipe()

    def run(self, workers: int) -> int:
        """Supervise until all workers are gone; the exit code of `serve`."""
        # A byte for each worker, 1 when it has loaded the model; all of them see it.
        self._ready = mmap.mmap(-1, workers)
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        for place in range(workers):
            self._start(place)
        code = ExitCode.DONE
        while self._started:
            process, status = os.wait()
            lived = time.monotonic() - self._started.pop(process)
            if not self._stopping and not self._replace(process, status, lived):
                code = ExitCode.BAD_INPUT
                self._stop()
        log_event("stopped", {"code": int(code)})
        return code

    def _replace(self, process: int, status: int, lived: float) -> bool:
        """Start another worker in place of a killed one; False when that would not help."""
        log_event("worker died", {"worker": process, "status": os.waitstatus_to_exitcode(status)})
        place = self._places.pop(process)
        self._ready[place] = 0
        self._quick_deaths = self._quick_deaths + 1 if lived < _QUICK_DEATH_SECONDS else 0
        if not os.WIFSIGNALED(status) or self._quick_deaths > _QUICK_DEATHS_ALLOWED:
            return False
        self._start(place)
        return True

    def _start(self, place: int) -> None:
        # Until the worker has its own handlers, a signal must not run this process's in it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        process = os.fork()
        if process == 0:
            self._become_worker(place)
        self._started[process] = time.monotonic()
        self._places[process] = place
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if self._stopping:
            os.kill(process, signal.SIGTERM)

    def _become_worker(self, place: int) -> None:
        code = ExitCode.FAILED
        try:
            os.close(self._held_end)
            health = Health(self._ready, place)
            source = Source(self._layout.model, self._signature)
            code = ExitCode(run_worker(self._listener, source, self._lifeline, health))
        except Exception as error:
            log_event("failed", {"program": "serve", "error": repr(error)})
        finally:
            os._exit(code)

    def _on_signal(self, number: int, frame: object) -> None:
        self._stop()

    def _stop(self) -> None:
        self._stopping = True
        for process in self._started:
            # It may have ended by itself a moment ago.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)


def _listen(port: int) -> socket.socket:
    # SageMaker calls from outside: all addresses. A laptop may want 127.0.0.1 only.
    address = os.environ.get("SAGEMAKER_BIND_ADDRESS", "")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(
            f"SAGEMAKER_BIND_TO_PORT: port {port} cannot be used ({error}); "
            "stop what uses it or choose another port"
        ) from error
    listener.listen(_BACKLOG)
    listener.set_inheritable(True)
    return listener


def _cores() -> int:
    # Not every laptop's system knows which cores a process may use.
    affinity = getattr(os, "sched_getaffinity", None)
    return max(len(affinity(0)) if affinity else os.cpu_count() or 1, 1)


def _whole_number(name: str, default: int, least: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise InputError(
            f"{name}: must be a whole number from {least} up; got {text!r}; correct it"
        )
    return int(text)
