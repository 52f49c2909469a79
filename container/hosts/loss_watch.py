"""Watch that ends a process in which XGBoost waits for ever for a host that is lost."""

import contextlib
import threading
from collections.abc import Iterator

from container.protocol import Hosts

_POLL_SECONDS = 1.0


@contextlib.contextmanager
def watch_for_loss(hosts: Hosts, grace_seconds: float) -> Iterator[None]:
    """Within the block, fail `grace_seconds` after a host is lost, whatever the block waits for.

    All hosts must leave the block together.
    XGBoost 3 does not always wake up: when its connections break while it enters an all-reduce, the
    call that waits for them neither fails nor minds its timeout.
    """
    over = threading.Event()
    thread = threading.Thread(target=_watch, args=[hosts, over, grace_seconds], daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(hosts: Hosts, over: threading.Event, grace_seconds: float) -> None:
    while not over.wait(_POLL_SECONDS):
        if hosts.gone() and not over.wait(grace_seconds):
            hosts.fail_for_loss()
