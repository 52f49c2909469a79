from pathlib import Path

import pytest

from cli.commands.environment.destroy import require_unprotected, retained_resources
from cli.environments.environment import DeployedStack, Environment
from cli.terminal.errors import Failure
from config.loader import load_environment
from tests.cli.terminal import Screen, kiban


def test_a_protected_stack_is_not_destroyed_and_the_way_is_named(dev: Environment) -> None:
    stack = dev.require_stack("Storage")
    protected = DeployedStack(stack.name, stack.status, stack.updated, {}, {}, is_protected=True)

    with pytest.raises(Failure, match="--no-enable-termination-protection"):
        require_unprotected([stack, protected])
    require_unprotected([stack])


def test_what_a_retained_environment_leaves_behind_is_named(dev: Environment) -> None:
    stack = dev.require_stack("Storage")
    prod = Environment(load_environment("prod"), dev.connection)

    assert f"bucket {stack.outputs['DataBucketName']}" in retained_resources(prod, [stack])
    assert retained_resources(dev, [stack]) == []


def test_destroying_what_is_not_deployed_does_nothing(started: tuple[Path, Screen]) -> None:
    screen = kiban("destroy", "--sandbox", "--yes", folder=started[0])

    assert screen.code == 0
    assert "nothing to do" in screen.out
