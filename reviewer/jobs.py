"""SageMaker jobs that a state machine starts: machines, disks and keys that no resource names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cfn.values import at, mapping, mappings

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
    for name, state in mapping(machine.get("States")).items():
        state = mapping(state)
        inner = [*mappings(state.get("Branches"))]
        inner += [mapping(state.get(key)) for key in ("ItemProcessor", "Iterator")]
        for one in inner:
            yield from tasks(one)
        if state.get("Type") == "Task":
            operation = str(state.get("Resource")).partition(":states:::")[2]
            yield name, operation, mapping(state.get("Arguments", state.get("Parameters")))


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
            is_in_vpc="VpcConfig" in {**arguments, **mapping(arguments.get("NetworkConfig"))},
        )


def _first_type(written: str) -> str:
    """Return the type, of several in an expression the one that is tried first."""
    found = _TYPE.search(written) if written.startswith("{%") else None
    return found[0] if found else written


def _cluster(arguments: dict[str, Any]) -> dict[str, Any]:
    found = arguments.get("ResourceConfig")
    return mapping(at(arguments, "ProcessingResources/ClusterConfig") if found is None else found)


def _is_isolated(arguments: dict[str, Any]) -> bool:
    network = mapping(arguments.get("NetworkConfig"))
    return {**arguments, **network}.get("EnableNetworkIsolation") is True
