"""Barrier with error propagation: all hosts succeed, or all fail and name the failed ones."""

from collections.abc import Callable
from typing import TypeVar

from container.contract.errors import AlgorithmError, InputError
from container.protocol import Hosts

T = TypeVar("T")


def run_on_all_hosts(hosts: Hosts, work: Callable[[], T]) -> T:
    """Return what `work` returns here, after it has succeeded on all hosts.

    Raises on all of them what it raised on some: InputError or AlgorithmError.
    """
    if len(hosts.names) == 1:
        return work()
    try:
        result = work()
        report = None
    except (InputError, AlgorithmError) as error:
        report = [isinstance(error, InputError), str(error)]
    failures = {
        name: failed
        for name, failed in zip(hosts.names, hosts.exchange(report), strict=True)
        if failed
    }
    if not failures:
        return result
    kind = InputError if all(is_input for is_input, _ in failures.values()) else AlgorithmError
    raise kind("; ".join(f"{name}: {text}" for name, (_, text) in failures.items()))
