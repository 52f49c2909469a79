"""Names of the CloudFormation stacks of an environment, without the stage: one list for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig

DELIVERY = "Delivery"
STORAGE = "Storage"
MONITORING = "Monitoring"
NETWORK = "Network"
REGISTRY = "Registry"
WORKBENCH = "Workbench"


def inference_stack(model: str) -> str:
    """Return the name of the stack that serves `model`, without the stage."""
    return f"Inference-{model}"


def training_stack(model: str) -> str:
    """Return the name of the stack that trains `model`, without the stage."""
    return f"Training-{model}"


def model_stacks(model: str) -> tuple[str, str]:
    """Return the names of the stacks of one model, in the order of deployment."""
    return inference_stack(model), training_stack(model)


def all_stacks(config: EnvironmentConfig) -> list[str]:
    """Return every stack of an environment in the order of deployment, without the stage."""
    return list(_all_stacks(config))


def _all_stacks(config: EnvironmentConfig) -> Iterator[str]:
    if config.delivery is not None:
        yield DELIVERY
    yield from (STORAGE, MONITORING)
    if config.is_private:
        yield NETWORK
    yield REGISTRY
    for model in config.models:
        yield from model_stacks(model)
    yield WORKBENCH
