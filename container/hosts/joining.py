"""The hosts of this job: a rendezvous of several, or a single one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.resources import WHERE, read_resources
from container.hosts.rendezvous import Rendezvous, Timeouts
from container.hosts.single_host import SingleHost
from container.hosts.workers import Worker
from container.protocol import Hosts, Plan

_TIMEOUT_VARIABLE = "HOSTS_PATIENCE_SECONDS"


@contextmanager
def join_hosts(
    layout: Layout,
    plan: Plan,
    worker: Worker,
    check: Callable[[], None],
    fail: Callable[[str], NoReturn],
) -> Iterator[Hosts]:
    """Join all hosts of this job in a rendezvous; raises InputError, AlgorithmError.

    `fail` ends the process where the loss of a host cannot be raised.
    """
    resources = read_resources(layout)
    if worker.count > 1:
        resources = resources.for_worker(worker.number, worker.count)
    if len(resources.hosts) == 1:
        yield SingleHost(names=resources.hosts)
        return
    if plan.folds or not plan.several_hosts:
        what = "_kfold" if plan.folds else "this algorithm"
        raise InputError(
            f"{WHERE}: {what} needs one host; got {len(resources.hosts)} "
            f"({', '.join(resources.hosts)}); set instance_count to 1"
        )
    seconds = _timeout_seconds()
    with Rendezvous(resources, check, Timeouts(seconds, 2 * seconds), fail) as hosts:
        log_event("hosts met", {"hosts": list(hosts.names), "rank": hosts.rank})
        yield hosts


def _timeout_seconds() -> float:
    text = os.environ.get(_TIMEOUT_VARIABLE) or f"{SingleHost.timeout_seconds:.0f}"
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise InputError(
            f"{_TIMEOUT_VARIABLE}: must be a whole number from 1 up; got {text!r}; correct it"
        )
    return float(text)
