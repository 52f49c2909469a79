"""Deletion of the stacks that an environment's file no longer has, with what they hold."""

import time
from collections.abc import Callable
from functools import partial

from cli.deployment import data_removal
from cli.deployment.stack_events import failure_reason
from cli.environments.environment import Environment
from cli.removal import running_work
from cli.removal.deletion_checks import Obstacle, require_deletable
from cli.removal.removed_stacks import RemovedStack, RemovedStacks
from cli.terminal.errors import Failure

_DELETION_SECONDS = 60 * 60


def require_prunable(env: Environment, removed: RemovedStacks, *, is_deployed: bool) -> None:
    """Raise Failure, with the lines to run, when a removed stack could not be deleted.

    Stacks that a deployment is about to detach from them are looked at after it only.
    """
    if removed.problem:
        raise Failure(removed.problem)
    unknown = [
        Obstacle(
            f"{one.stack.name} was deployed before stacks said what they are",
            "deploy it once more with its table in the file, then take the table out again",
        )
        for one in removed.found
        if not one.part
    ]
    stacks = [one.stack for one in removed.found]
    require_deletable(env, stacks, unknown, looks_at_imports=is_deployed)


def prune(env: Environment, removed: RemovedStacks, on_step: Callable[[str], None]) -> None:
    """Stop what runs in the removed stacks, remove their data where the file allows it, delete.

    A stack is deleted before those that it uses.
    """
    stacks = [one.stack for one in removed.found]
    models = {one.model for one in removed.found if one.model}
    on_step("stopping what runs")
    running_work.stop_all(
        env, partial(running_work.find_running_work, env, stacks=stacks, models=models)
    )
    for one in removed.found:
        if one.is_training and not env.config.keeps_data:
            on_step(f"model versions of {one.model}")
            data_removal.remove_versions(env, one.stack)
        on_step(one.stack.name)
        _delete(env, one)
    for model in sorted(models):
        if not env.config.keeps_data:
            on_step(f"objects of {model}")
            data_removal.remove_model_objects(env, model)


def _delete(env: Environment, removed: RemovedStack) -> None:
    """Delete a stack with the role it was deployed with, and wait until it is gone."""
    formation, name = env.aws("cloudformation"), removed.stack.name
    formation.delete_stack(StackName=name)
    until = time.monotonic() + _DELETION_SECONDS
    while stack := env.named_stack(name):
        if not stack.status.endswith("_IN_PROGRESS"):
            raise Failure(f"{name}: {stack.status}: {failure_reason(env, stack)}")
        if time.monotonic() > until:
            raise Failure(f"{name}: still {stack.status}; see: {env.command('status')}")
        time.sleep(env.poll_seconds)
