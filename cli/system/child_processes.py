"""Child processes in a session of their own, ended together with every process they started."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import AnyStr

from cli.system.signal_handlers import defer_signals

GRACE_SECONDS = 20
"""How long a child may take to end after SIGTERM, before it is killed."""


@contextmanager
def process_group(
    start: Callable[[], subprocess.Popen[AnyStr]],
) -> Iterator[subprocess.Popen[AnyStr]]:
    """Yield the child that `start` makes with `start_new_session`; after the block none is left.

    A worker of a process pool outlives its parent, and multiprocessing's resource tracker ignores
    SIGTERM: ending the child alone would leave both.
    """
    child = None
    try:
        # A child that was started but is not known yet could never be ended.
        with defer_signals():
            child = start()
        yield child
    finally:
        with defer_signals():
            if child is not None:
                end_group(child)


def end_group(child: subprocess.Popen[AnyStr]) -> None:
    """End `child` and its process group: SIGTERM, and SIGKILL for what is left of it."""
    with child:
        if child.poll() is None:
            signal_group(child, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS)
        signal_group(child, signal.SIGKILL)


def signal_group(child: subprocess.Popen[AnyStr], which: signal.Signals) -> None:
    """Send a signal to the process group that `child` leads, if it has processes left."""
    # macOS answers EPERM for a group whose last process has ended and is not reaped yet.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, which)
