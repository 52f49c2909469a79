"""Structured log: one JSON line per event on standard error."""

import contextlib
import json
import os
import select
import stat
from collections.abc import Mapping
from datetime import UTC, datetime

_STANDARD_ERROR = 2
_ITSELF = "/dev/fd/2"


class _Log:
    """Writes whole lines or none, and never blocks on a slow reader."""

    def __init__(self) -> None:
        self._lost = 0

    def write(self, record: dict[str, object]) -> None:
        """Write one line, or count it as lost; the next line contains the number of lost ones."""
        if self._lost:
            record["lines_lost_before"] = self._lost
        try:
            _write(_line(record))
            self._lost = 0
        except OSError:
            self._lost += 1


_log = _Log()


def log_event(event: str, details: Mapping[str, object] | None = None) -> None:
    """Write one line, control characters escaped; a blocked log does not block the process."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    _log.write({"time": time, "event": event, **(details or {})})


def _line(record: dict[str, object]) -> bytes:
    """Return the line, short enough for an atomic write; long texts keep their end."""
    line = json.dumps(record, default=str).encode() + b"\n"
    while len(line) > select.PIPE_BUF:
        longest = max(record, key=lambda name: len(str(record[name])))
        text = str(record[longest])
        record[longest] = text[-len(text) // 2 :]
        line = json.dumps(record, default=str).encode() + b"\n"
    return line


def _write(line: bytes) -> None:
    if not stat.S_ISFIFO(os.fstat(_STANDARD_ERROR).st_mode):
        os.write(_STANDARD_ERROR, line)
        return
    with contextlib.ExitStack() as left:
        try:
            # Reopened: O_NONBLOCK would change the pipe for all processes that write to it.
            pipe = os.open(_ITSELF, os.O_WRONLY | os.O_NONBLOCK)
            left.callback(os.close, pipe)
        except OSError:  # not every system lets a process do that
            pipe = _STANDARD_ERROR
        os.write(pipe, line)
