"""SageMaker jobs that a state machine starts: machines, disks and keys that no resource names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewer.assembly import Resource
    from reviewer.resolver import Resolver

_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9-]+")
_KINDS = {"createTrainingJob": "training", "createProcessingJob": "processing"}


@dataclass(frozen=True)
class StartedJob:
    """One SageMaker job that some state starts."""

    state: str
    kind: str
    instance_type: str
    count: str
    volume_gb: str
    key: str
    is_isolated: bool
    is_in_vpc: bool


def definition(machine: Resource, resolver: Resolver) -> dict[str, Any]:
    """A state machine's definition, its references resolved; empty when it cannot be read."""
    found = resolver.tree(machine.stack, machine.properties.get("DefinitionString", ""))
    return found if isinstance(found, dict) else {}


def tasks(machine: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, API operation and arguments of every Task, also inside Map and Parallel."""
    for name, state in machine.get("States", {}).items():
        inner = [*state.get("Branches", [])]
        inner += [state[key] for key in ("ItemProcessor", "Iterator") if key in state]
        for one in inner:
            yield from tasks(one)
        if state.get("Type") == "Task":
            operation = str(state["Resource"]).partition(":states:::")[2]
            arguments = state.get("Arguments", state.get("Parameters", {}))
            yield name, operation, arguments if isinstance(arguments, dict) else {}


def jobs(machine: Resource, resolver: Resolver) -> Iterator[StartedJob]:
    """Every SageMaker job that `machine` may start."""
    for state, operation, arguments in tasks(definition(machine, resolver)):
        kind = next((word for name, word in _KINDS.items() if name in operation), None)
        if kind is None:
            continue
        cluster = _cluster(arguments)
        yield StartedJob(
            state=state,
            kind=kind,
            instance_type=_first_type(str(cluster.get("InstanceType", "chosen at run time"))),
            count=str(cluster.get("InstanceCount", 1)),
            volume_gb=str(cluster.get("VolumeSizeInGB", "-")),
            key=str(cluster.get("VolumeKmsKeyId", "")),
            is_isolated=_is_isolated(arguments),
            is_in_vpc="VpcConfig" in {**arguments, **arguments.get("NetworkConfig", {})},
        )


def _first_type(written: str) -> str:
    """Return the type, of several in an expression the one that is tried first."""
    found = _TYPE.search(written) if written.startswith("{%") else None
    return found[0] if found else written


def _cluster(arguments: dict[str, Any]) -> dict[str, Any]:
    found = arguments.get("ResourceConfig")
    if found is None:
        found = arguments.get("ProcessingResources", {}).get("ClusterConfig", {})
    return found if isinstance(found, dict) else {}


def _is_isolated(arguments: dict[str, Any]) -> bool:
    network = arguments.get("NetworkConfig", {})
    return bool({**arguments, **network}.get("EnableNetworkIsolation"))
