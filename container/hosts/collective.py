"""XGBoost's collective communication between hosts, and the end of it when a host is lost."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

from container.contract.errors import AlgorithmError
from container.protocol import Hosts

# Ranks are given out in the order of these texts.
_TASK = "{:05d}"
_ABANDONED: list[Any] = []
_POLL_SECONDS = 1.0
_DESCRIPTORS = "/proc/self/fd"


@contextlib.contextmanager
def collective(
    hosts: Hosts,
    communicator: Any,
    tracker: Any,
    failure: type[Exception],
    grace_seconds: float = 10.0,
) -> Iterator[None]:
    """Connect XGBoost's `tracker`, on the first host, and a `communicator` on each.

    A host that is lost, or silent for longer than the timeout, is an error on the others; where
    XGBoost does not notice a loss within `grace_seconds`, the process fails without it.
    """
    seconds = int(hosts.timeout_seconds)
    if len(hosts.names) == 1:
        yield
        return
    before = open_sockets()
    opened = _started(tracker, hosts) if hosts.rank == 0 else None
    where = hosts.exchange(opened.worker_args() if opened else None)[0]
    task = {"dmlc_task_id": _TASK.format(hosts.rank), "dmlc_timeout": seconds, "dmlc_retry": 3}
    lines = communicator(**where, **task)
    try:
        with watch_for_loss(hosts, grace_seconds):
            lines.__enter__()
            yield
            # A host that left first would be taken for a lost one.
            hosts.exchange(None)
    except failure as error:
        # Nothing is closed in order: that would wait once more for the lost hosts. Those that are
        # well wait for this one, and would be named instead of the lost ones.
        hang_up(before)
        _ABANDONED.append(opened)
        gone = ", ".join(hosts.missing()) or "a host"
        raise AlgorithmError(
            f"{gone}: died, or said nothing for {seconds} seconds; look into the logs of that host"
        ) from error
    lines.__exit__()
    if opened:
        opened.wait_for(seconds)


def _started(tracker: Any, hosts: Hosts) -> Any:
    started = tracker(
        n_workers=len(hosts.names),
        host_ip=socket.gethostbyname(hosts.address),
        sortby="task",
        timeout=int(hosts.timeout_seconds),
    )
    started.start()
    return started


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


def open_sockets() -> dict[int, str]:
    """Return the sockets of this process by file descriptor; none where only Linux lists them."""
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(_DESCRIPTORS):
            # The descriptor by which the folder was listed is closed by now.
            with contextlib.suppress(FileNotFoundError):
                target = os.readlink(f"{_DESCRIPTORS}/{name}")
                if target.startswith("socket:"):
                    found[int(name)] = target
    return found


def hang_up(opened_before: dict[int, str]) -> None:
    """End every connection that was opened since; who waits for data at its other end, notices."""
    for descriptor, _ in open_sockets().items() - opened_before.items():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
            connection.shutdown(socket.SHUT_RDWR)
