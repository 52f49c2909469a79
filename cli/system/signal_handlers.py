"""Ctrl-C, `kill` and a closed terminal are one thing: end what was begun, say so, leave nothing."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def heed_all() -> None:
    """Raise KeyboardInterrupt for whatever asks this process to end, unless it was told to stay."""
    for number in _ENDING:
        # `nohup` ignores SIGHUP for the command it starts.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextmanager
def deferred() -> Iterator[None]:
    """Raise KeyboardInterrupt after the block when somebody asked to end during it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    with contextlib.ExitStack() as restored:
        for number in _ENDING:
            before = signal.signal(number, lambda number, _: asked.append(number))
            restored.callback(signal.signal, number, before)
        yield
    if asked:
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
