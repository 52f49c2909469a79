"""One snapshot per stack and environment: what a reviewer reads to see what a change deploys."""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from config.loader import environment_names, load_environment
from tests.stacks.assembly import Assembly
from tests.support import quiet


def stack_names() -> list[str]:
    """Every stack that docs/architecture.md promises for the shipped environments."""
    names = []
    for environment in environment_names():
        config = load_environment(environment)
        own = ["Storage", "Monitoring", "Registry", "Workbench"]
        own += ["Network"] if config.is_private else []
        for model in config.models:
            own += [f"Inference-{model}", f"Training-{model}"]
        names += [f"{config.stage}-{stack}" for stack in own]
    return names


@pytest.mark.parametrize("stack", stack_names())
def test_template(stack: str, assembly: Assembly, snapshot: SnapshotAssertion) -> None:
    assert quiet(assembly.templates()[stack]) == snapshot.use_extension(JSONSnapshotExtension)


def test_no_stack_is_without_a_snapshot(assembly: Assembly) -> None:
    assert sorted(assembly.templates()) == sorted(stack_names())
