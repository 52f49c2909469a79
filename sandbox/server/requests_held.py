"""Requests that wait while the sandbox is saved, and those that are on their way before it is."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from sandbox.saving.refused import SaveRefused

_LONGEST_SECONDS = 15.0


class _Door:
    changed = threading.Condition()
    inside = 0
    is_closed = False


@contextlib.contextmanager
def request() -> Iterator[None]:
    """Answer one request in this block; it begins when nothing is being saved."""
    with _Door.changed:
        _Door.changed.wait_for(lambda: not _Door.is_closed)
        _Door.inside += 1
    try:
        yield
    finally:
        with _Door.changed:
            _Door.inside -= 1
            _Door.changed.notify_all()


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let no request begin in this block, which begins when those on their way are answered.

    SaveRefused when one takes too long.
    """
    until = time.monotonic() + _LONGEST_SECONDS
    with _Door.changed:
        if _Door.is_closed:
            raise SaveRefused("it is being saved already; wait for that")
        _Door.is_closed = True
        is_quiet = _Door.changed.wait_for(lambda: not _Door.inside, until - time.monotonic())
    try:
        if not is_quiet:
            raise SaveRefused("a request is still being answered; try again when it is")
        yield
    finally:
        with _Door.changed:
            _Door.is_closed = False
            _Door.changed.notify_all()
