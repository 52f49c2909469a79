"""XGBoost's collective communication between hosts: tracker and communicator."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from container.contract.errors import AlgorithmError
from container.hosts.loss_watch import watch_for_loss
from container.hosts.open_sockets import hang_up, open_sockets
from container.protocol import Hosts

# Ranks are given out in the order of these texts.
_TASK = "{:05d}"
_ABANDONED: list[Any] = []


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
            # Whoever left first would look as if it were lost.
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
