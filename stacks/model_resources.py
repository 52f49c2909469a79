"""Turns the stacks of an environment into the ground one model stands on."""

from config.schema import EnvironmentConfig
from constructs_lib.network.vpc_access import VpcAccess
from constructs_lib.registry.model_context import ModelSite
from stacks.network import NetworkStack
from stacks.platform import Platform


def model_site(config: EnvironmentConfig, model: str, platform: Platform) -> ModelSite:
    """What the stacks of `model` share with everybody else."""
    storage, registry = platform.storage, platform.registry
    return ModelSite(
        config=config,
        name=model,
        key=storage.key,
        data=storage.data,
        artifacts=storage.artifacts,
        captures=storage.monitoring,
        topic=platform.monitoring.topic,
        repository=registry.repository,
        image_build=registry.image_build,
        vpc=_vpc_access(config, platform.network),
    )


def _vpc_access(config: EnvironmentConfig, network: NetworkStack | None) -> VpcAccess | None:
    existing = config.existing.network
    if existing is not None:
        return VpcAccess([*existing.subnet_ids], [*existing.security_group_ids])
    if network is None:
        return None
    return VpcAccess(
        network.subnet_ids, [network.job_security_group_id], network.host_security_group_ids
    )
