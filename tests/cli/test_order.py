"""Names stand in the same order in every run: what a set or AWS gives in any order is sorted."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.environments.environment import DeployedStack, Environment
from cli.removal.removed_stacks import find_removed_stacks
from config.loader import load_environment
from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG, STACK_TAG
from tests.cli.service import Service, environment
from tests.cli.terminal import kiban


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "line", ["status --sandbox", "doctor --sandbox", "drift --sandbox", "status --env nowhere"]
)
def test_two_runs_that_hash_differently_say_the_same(
    dev: Environment, folder: Path, line: str
) -> None:
    words = [*line.split(), "--json"]

    first, second = (
        kiban(*words, folder=folder, variables={"PYTHONHASHSEED": seed}) for seed in ("1", "2")
    )

    assert first == second


def removed(model: str, part: str) -> DeployedStack:
    tags = {ENVIRONMENT_TAG: "kiban-dev", MODEL_TAG: model, STACK_TAG: f"{part}-{model}"}
    name = f"kiban-dev-{part}-{model}"
    return DeployedStack(name, "CREATE_COMPLETE", datetime.now(UTC), {}, {}, False, tags)


def test_stacks_that_the_file_no_longer_has_come_by_rank_and_name() -> None:
    stacks = [removed(model, part) for model in "ab" for part in ("Inference", "Training")]
    config = load_environment("dev")

    for given in itertools.permutations(stacks):
        env = environment(Service(), config=config, account_stacks=lambda given=given: [*given])
        names = [
            one.stack.name.removeprefix("kiban-dev-") for one in find_removed_stacks(env).found
        ]
        assert names == ["Training-a", "Training-b", "Inference-a", "Inference-b"]
