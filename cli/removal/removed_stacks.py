"""Deployed stacks of an environment that its file no longer has."""

from dataclasses import dataclass

from cli.aws import aws_errors
from cli.environments.environment import DeployedStack, Environment
from config.stack_names import (
    DELIVERY,
    MONITORING,
    NETWORK,
    REGISTRY,
    STORAGE,
    WORKBENCH,
    all_stacks,
    inference_stack,
    training_stack,
)
from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG, STACK_TAG

_BEFORE_MODELS = (DELIVERY, STORAGE, MONITORING, NETWORK, REGISTRY)


@dataclass(frozen=True)
class RemovedStack:
    """A stack that carries the environment's tags and is not in its file.

    `part` is its name without the stage, empty when it was deployed before stacks were tagged so;
    `model` is empty for a stack that an environment has once.
    """

    stack: DeployedStack
    part: str
    model: str

    @property
    def is_training(self) -> bool:
        """Whether it holds a model's versions, workflow and rollout."""
        return bool(self.model) and self.part == training_stack(self.model)


@dataclass(frozen=True)
class RemovedStacks:
    """The removed stacks in the order of deletion; `problem` says why they are not known."""

    found: tuple[RemovedStack, ...] = ()
    problem: str = ""


def find_removed_stacks(env: Environment) -> RemovedStacks:
    """Return the stacks of `env` that its file no longer has, as far as the caller may look."""
    formation = env.aws("cloudformation")
    try:
        stacks = env.account_stacks()
    except formation.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            return RemovedStacks(problem=aws_errors.explain(error) or str(error))
        raise
    expected = {f"{env.config.stage}-{part}" for part in all_stacks(env.config)}
    removed = [
        RemovedStack(stack, stack.tags.get(STACK_TAG, ""), stack.tags.get(MODEL_TAG, ""))
        for stack in stacks
        if stack.tags.get(ENVIRONMENT_TAG) == env.config.stage and stack.name not in expected
    ]
    # CloudFormation promises no order: stacks of two models have the same rank.
    return RemovedStacks(tuple(sorted(removed, key=lambda one: (-_rank(one), one.stack.name))))


def _rank(removed: RemovedStack) -> int:
    """Return the place of a stack in the order of deployment."""
    models = (inference_stack(removed.model), training_stack(removed.model))
    order = (*_BEFORE_MODELS, *models, WORKBENCH)
    return order.index(removed.part) if removed.part in order else len(order)
