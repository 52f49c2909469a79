"""What every model's stacks stand on, handed over as one thing."""

from dataclasses import dataclass

from stacks.monitoring import MonitoringStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.storage import StorageStack


@dataclass(frozen=True)
class Platform:
    """The stacks an environment has once; `network` only in private mode."""

    storage: StorageStack
    monitoring: MonitoringStack
    registry: RegistryStack
    network: NetworkStack | None
