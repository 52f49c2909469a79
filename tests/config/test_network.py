"""What an environment file may say of the network of a company."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal
from tests.templates.environments import make_environment


def line(folder: Path, text: str) -> str:
    """The one line with which `text` is refused, without the file's name."""
    (only,) = refusal(folder, VALID + text).splitlines()
    return only.removeprefix("config/dev.toml: ")


@pytest.mark.parametrize("prefix", ["ECR", "ecr-public/", "/ecr", "ecr public", "ecr..a", "ROOT"])
def test_a_prefix_that_no_rule_can_have_is_refused(tmp_path: Path, prefix: str) -> None:
    said = line(tmp_path, f'[network]\npull_through = "{prefix}"\n')

    assert said.startswith(f"network.pull_through: is not spelled right, got '{prefix}'; write")


@pytest.mark.parametrize("prefix", ["e", "e" * 31])
def test_a_prefix_of_another_length_is_refused(tmp_path: Path, prefix: str) -> None:
    said = line(tmp_path, f'[network]\npull_through = "{prefix}"\n')

    assert "a pull-through cache rule's prefix has 2 to 30 characters" in said


@pytest.mark.parametrize("prefix", ["ecr-public", "team/ecr.public", "e" * 30])
def test_a_prefix_of_ecrs_spelling_is_taken(prefix: str) -> None:
    assert make_environment(network={"pull_through": prefix}).network.pull_through == prefix


def test_the_image_cannot_be_pushed_into_the_cache(tmp_path: Path) -> None:
    settings = '[network]\npull_through = "cache"\n[existing]\nrepository = "cache/models"\n'

    assert "existing.repository lies below network.pull_through (cache)" in line(tmp_path, settings)
    beside = make_environment(
        network={"pull_through": "cache"}, existing={"repository": "cached/models"}
    )
    assert beside.existing.repository == "cached/models"
