"""Supervisor of the worker processes: starts them, replaces those that died, stops with them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable

from container.contract.errors import ExitCode
from container.contract.log import log_event
from container.serving.telemetry import Telemetry

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# A worker that lives shorter than this did not die of a request.
_QUICK_DEATH_SECONDS = 2.0
_QUICK_DEATHS_ALLOWED = 10


class Supervisor:
    """Forks workers that run `work` with a file descriptor that closes when this process dies."""

    def __init__(self, work: Callable[[int], int], telemetry: Telemetry) -> None:
        self._work = work
        self._telemetry = telemetry
        self._started: dict[int, tuple[int, float]] = {}
        self._quick_deaths = 0
        self._stopping = False
        # Nothing is written to this pipe: workers see it close when this process dies.
        self._lifeline, self._held_end = os.pipe()

    def run(self, workers: int) -> int:
        """Supervise until all workers have ended; return the exit code of `serve`."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        for place in range(workers):
            self._start(place)
        code = ExitCode.DONE
        while self._started:
            process, status = os.wait()
            place, began = self._started.pop(process)
            if not self._stopping and not self._replace(process, place, status, began):
                code = ExitCode.BAD_INPUT
                self._stop()
        log_event("stopped", {"code": int(code)})
        return code

    def _replace(self, process: int, place: int, status: int, began: float) -> bool:
        """Start another worker in place of a lost one; False when that would not help."""
        code = os.waitstatus_to_exitcode(status)
        log_event("worker died", {"worker": process, "status": code})
        is_quick = time.monotonic() - began < _QUICK_DEATH_SECONDS
        self._quick_deaths = self._quick_deaths + 1 if is_quick else 0
        is_replaceable = code < 0 or code == ExitCode.RETIRED
        if not is_replaceable or self._quick_deaths > _QUICK_DEATHS_ALLOWED:
            return False
        self._start(place)
        return True

    def _start(self, place: int) -> None:
        # Until the worker has its own handlers, a signal must not run this process's in it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        process = os.fork()
        if process == 0:
            self._become_worker(place)
        self._started[process] = (place, time.monotonic())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if self._stopping:
            os.kill(process, signal.SIGTERM)

    def _become_worker(self, place: int) -> None:
        code = ExitCode.FAILED
        try:
            os.close(self._held_end)
            self._telemetry.start_worker(place)
            code = ExitCode(self._work(self._lifeline))
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
