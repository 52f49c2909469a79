"""The machines of one training, and how they tell each other what they have."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.resources import WHERE, read_resources
from container.hosts.one_host import OneHost
from container.hosts.rendezvous import Meeting, Patience
from container.hosts.workers import Worker
from container.protocol import Hosts, Plan

_PATIENCE = "HOSTS_PATIENCE_SECONDS"


@contextmanager
def met(layout: Layout, plan: Plan, worker: Worker, check: Callable[[], None]) -> Iterator[Hosts]:
    """All hosts of this job, once they have come together; raises InputError, AlgorithmError."""
    resources = read_resources(layout)
    if worker.count > 1:
        resources = resources.of_worker(worker.number, worker.count)
    if len(resources.hosts) == 1:
        yield OneHost(names=resources.hosts)
        return
    if plan.folds or not plan.several_hosts:
        what = "_kfold" if plan.folds else "this algorithm"
        raise InputError(
            f"{WHERE}: {what} needs one host; got {len(resources.hosts)} "
            f"({', '.join(resources.hosts)}); set instance_count to 1"
        )
    seconds = _patience_seconds()
    with Meeting(resources, check, Patience(seconds, 2 * seconds)) as hosts:
        log_event("hosts met", {"hosts": list(hosts.names), "rank": hosts.rank})
        yield hosts


def _patience_seconds() -> float:
    text = os.environ.get(_PATIENCE) or f"{OneHost.patience_seconds:.0f}"
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise InputError(f"{_PATIENCE}: must be a whole number from 1 up; got {text!r}; correct it")
    return float(text)
