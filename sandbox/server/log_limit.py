"""Limit of the log that a sandbox in the background writes to: its oldest half is cut."""

from __future__ import annotations

import fcntl
import os
import stat
import threading

LIMIT_BYTES = 10_000_000
_INTERVAL_SECONDS = 1.0


def watch(descriptor: int, until: threading.Event) -> threading.Thread | None:
    """Keep the file behind `descriptor` below the limit until the event is set.

    Return the thread that does, to be joined before the file is closed; None for what is no log.
    """
    if not _is_log(descriptor):
        return None
    thread = threading.Thread(target=_watch, args=(descriptor, until), daemon=True)
    thread.start()
    return thread


def _is_log(descriptor: int) -> bool:
    # A file that is not appended to would be written to at its old place, with a hole before it.
    is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    return is_file and bool(flags & os.O_APPEND) and bool(flags & os.O_RDWR)


def _watch(descriptor: int, until: threading.Event) -> None:
    while not until.wait(_INTERVAL_SECONDS):
        cut(descriptor, LIMIT_BYTES)


def cut(descriptor: int, limit: int) -> None:
    """Cut a file that is larger than `limit` to its last half of that, and say so at its top."""
    size = os.fstat(descriptor).st_size
    if size <= limit:
        return
    kept = os.pread(descriptor, limit // 2, size - limit // 2).partition(b"\n")[2]
    os.ftruncate(descriptor, 0)
    note = f"sandbox: {size - len(kept)} bytes before this line were cut\n"
    os.write(descriptor, note.encode() + kept)
