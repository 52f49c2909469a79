"""Signal handlers: SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, and can be deferred."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def install_signal_handlers() -> None:
    """Let SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, unless they are ignored."""
    for number in _not_ignored():
        signal.signal(number, _interrupt)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt after the block for a signal that came during it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    with contextlib.ExitStack() as restored:
        for number in _not_ignored():
            before = signal.signal(number, lambda number, _: received.append(number))
            restored.callback(signal.signal, number, before)
        yield
    if received:
        raise KeyboardInterrupt


def _not_ignored() -> list[signal.Signals]:
    # `nohup` ignores SIGHUP for the command it starts, as a shell does SIGINT for one in a script's
    # background.
    return [one for one in _SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
