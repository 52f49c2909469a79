"""XGBoost's collective communication between hosts: tracker and communicator."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from container.contract.errors import AlgorithmError
from container.protocol import Hosts

# Ranks are given out in the order of these texts.
_TASK = "{:05d}"
_ABANDONED: list[Any] = []


@contextlib.contextmanager
def collective(
    hosts: Hosts, communicator: Any, tracker: Any, failure: type[Exception]
) -> Iterator[None]:
    """Connect XGBoost's `tracker`, on the first host, and a `communicator` on each.

    A host that is lost, or silent for longer than the timeout, is an error on the others.
    """
    count, seconds = len(hosts.names), int(hosts.timeout_seconds)
    if count == 1:
        yield
        return
    opened = None
    if hosts.rank == 0:
        address = socket.gethostbyname(hosts.address)
        opened = tracker(n_workers=count, host_ip=address, sortby="task", timeout=seconds)
        opened.start()
    where = hosts.exchange(opened.worker_args() if opened else None)[0]
    task = {"dmlc_task_id": _TASK.format(hosts.rank), "dmlc_timeout": seconds, "dmlc_retry": 3}
    lines = communicator(**where, **task)
    try:
        lines.__enter__()
        yield
    except failure as error:
        # Nothing is closed: that would wait once more for the lost hosts.
        _ABANDONED.append(opened)
        gone = ", ".join(hosts.missing()) or "a host"
        raise AlgorithmError(
            f"{gone}: died, or said nothing for {seconds} seconds; look into the logs of that host"
        ) from error
    lines.__exit__()
    if opened:
        opened.wait_for(seconds)
