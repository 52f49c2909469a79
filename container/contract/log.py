"""One JSON line per event on standard error, so that standard output carries metric lines only."""

import contextlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime

_STANDARD_ERROR = 2


def log_event(event: str, details: Mapping[str, object] | None = None) -> None:
    """Write one line; control characters arrive escaped, a closed log pipe is no reason to stop."""
    record = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
    line = json.dumps({**record, **(details or {})}, default=str)
    with contextlib.suppress(OSError):
        os.write(_STANDARD_ERROR, line.encode() + b"\n")
