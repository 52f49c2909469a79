"""Termination by SIGTERM between two rounds, or within one that takes too long."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from container.contract.errors import ExitCode, StoppedError
from container.contract.log import log_event

# SageMaker kills 120 s after SIGTERM.
GRACE_SECONDS = 100.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Termination:
    """Records SIGTERM or SIGINT, and ends the process if the training does not end in time.

    A round runs in XGBoost's own code, where Python sees no signal: a thread waits for it instead.
    """

    def __init__(self) -> None:
        self.requested = False
        # Exit code if the process must be ended within a round.
        self.code_in_a_round = ExitCode.STOPPED
        self._writing = threading.Lock()
        receiving, sending = os.pipe()
        os.set_blocking(sending, False)
        for number in _SIGNALS:
            signal.signal(number, self._request)
        signal.set_wakeup_fd(sending, warn_on_full_buffer=False)
        threading.Thread(target=self._wait, args=[receiving], daemon=True).start()

    def check(self) -> None:
        """Raise StoppedError between two steps of the preparation."""
        if self.requested:
            raise StoppedError

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """For writing what must be whole: the process is not ended meanwhile."""
        with self._writing:
            yield

    def _request(self, number: int, frame: object) -> None:
        self.requested = True

    def _wait(self, receiving: int) -> None:
        while os.read(receiving, 1)[0] not in _SIGNALS:
            pass
        self.requested = True
        threading.Event().wait(GRACE_SECONDS)
        with self._writing:
            log_event("stopped", {"reason": "SIGTERM", "within": "a round"})
            os._exit(self.code_in_a_round)
