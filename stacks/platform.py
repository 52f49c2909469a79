"""Stacks that an environment has once, and the context that each model's stacks get from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.registry.model_context import ModelContext
from stacks.network import vpc_access

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
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

    def model_context(self, config: EnvironmentConfig, model: str) -> ModelContext:
        """Return the shared resources that the stacks of `model` use."""
        return ModelContext(
            config=config,
            name=model,
            key=self.storage.key,
            data=self.storage.data,
            artifacts=self.storage.artifacts,
            captures=self.storage.monitoring,
            topic=self.monitoring.topic,
            repository=self.registry.repository,
            image_build=self.registry.image_build,
            vpc=vpc_access(config, self.network),
        )
