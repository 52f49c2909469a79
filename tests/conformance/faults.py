"""Runs the suite against a tiny container with one fault, and names what it found."""

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance import Report, Terms
from conformance.check import Checks
from conformance.harness import isolation
from conformance.harness.wire import free_port
from tests.conformance import tiny

# The network namespace of this test; where there is none, a program is in another one.
NEEDS_NETWORK = (
    f'os.readlink("/proc/self/ns/net") != "{os.readlink("/proc/self/ns/net")}"'
    ' and sys.exit("no network")'
    if isolation.is_possible()
    else ""
)
_AT_ONCE = 4
# Generous, as a busy machine is no fault of a container: a fault that is about time has its own.
PATIENT = Terms(
    connect_seconds=10,
    ping_seconds=20,
    start_seconds=60,
    drain_seconds=60,
    train_stop_seconds=60,
    idle_stop_seconds=60,
    # Nothing shows from outside that a server has read half a request.
    settle_seconds=0.5,
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a container: in `file`, wrong lines in place of right ones.

    `breaks` are the checks that must fail, all others of `among` must not; without `among` they
    are the only ones that are run.
    """

    file: str
    lines: Mapping[str, str]
    breaks: Collection[str]
    among: Collection[str] = ()
    terms: Terms = field(default=PATIENT)

    def __str__(self) -> str:
        return "+".join(self.breaks)


def names(*groups: Checks[Any]) -> list[str]:
    return [check.name for group in groups for check in group]


def examine(folder: Path, fault: Fault | None, only: Collection[str]) -> Report:
    """The report on a tiny container with this fault."""
    port = free_port()
    changes = {fault.file: fault.lines} if fault else {}
    found = tiny.container(folder, changes, port)
    terms = replace(fault.terms if fault else PATIENT, default_port=port)
    return conformance.run(found, only=only, terms=terms, search_path=os.environ["PATH"])


def examine_all(folder: Path, faults: Sequence[Fault]) -> list[Report]:
    """The reports on all of them; most of their time is waiting, so they wait together."""
    places = [folder / str(number) for number in range(len(faults))]
    chosen = [fault.among or fault.breaks for fault in faults]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(examine, places, faults, chosen))


def require_failed(report: Report, fault: Fault) -> None:
    """Fail unless exactly the checks that look for the fault found it."""
    unseen = any(name.endswith("without-network") for name in fault.breaks)
    if unseen and not isolation.is_possible():
        pytest.skip("this machine lets nobody take the network away")
    found = failed(report)
    assert set(found) == set(fault.breaks), found


def failed(report: Report) -> dict[str, str]:
    return {result.check.name: result.seen for result in report.of("failed")}
