"""SIGTERM ends a training between two rounds: a round must not be cut in two."""

import signal

from container.contract.errors import StoppedError


class Termination:
    """Remembers that SIGTERM or SIGINT came."""

    def __init__(self) -> None:
        self.requested = False
        signal.signal(signal.SIGTERM, self._request)
        signal.signal(signal.SIGINT, self._request)

    def check(self) -> None:
        """Raise StoppedError between two steps of the preparation."""
        if self.requested:
            raise StoppedError

    def _request(self, number: int, frame: object) -> None:
        self.requested = True
