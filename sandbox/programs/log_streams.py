"""CloudWatch Logs streams of jobs, endpoints and builds."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from moto.logs.exceptions import ResourceAlreadyExistsException
from moto.logs.models import logs_backends

if TYPE_CHECKING:
    from sandbox.state.stores import Place

_BATCH = 100
_CREATING = threading.Lock()


class LogStream:
    """One log stream; lines are kept in batches and a tab appears as `#011`, as in CloudWatch."""

    def __init__(self, place: Place, group: str, name: str) -> None:
        self.group, self.name = group, name
        self._backend: Any = logs_backends[place.account][place.region]
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        with _CREATING:
            with contextlib.suppress(ResourceAlreadyExistsException):
                self._backend.create_log_group(group, {})
            with contextlib.suppress(ResourceAlreadyExistsException):
                self._backend.create_log_stream(group, name)

    def write(self, line: str) -> str:
        """Add one line; return it as CloudWatch shows it."""
        shown = line.replace("\t", "#011") or " "
        with self._lock:
            self._waiting.append({"timestamp": int(time.time() * 1000), "message": shown})
            full = len(self._waiting) >= _BATCH
        if full:
            self.flush()
        return shown

    def flush(self) -> None:
        """Make everything written so far visible."""
        with self._lock:
            events, self._waiting = self._waiting, []
            if events and self.group in self._backend.groups:
                self._backend.put_log_events(self.group, self.name, events)
