"""Another platform name or region would make a second environment and leave the first alone."""

import pytest

from cli.environments.environment import Environment
from cli.planning.elsewhere import found_elsewhere, require_not_elsewhere
from cli.terminal.errors import Refused


def moved(dev: Environment, *, name: str = "kiban", region: str = "us-east-1") -> Environment:
    """`dev` with another platform name or region in its file."""
    platform = dev.config.platform.model_copy(update={"name": name, "region": region})
    config = dev.config.model_copy(update={"platform": platform})
    return Environment(config, dev.connection.in_region(region))


def test_an_environment_is_found_under_its_old_name(dev: Environment) -> None:
    (found,) = found_elsewhere(moved(dev, name="other"))

    assert found.setting == "platform.name"
    assert 'platform.name = "kiban"' in found.why
    assert "--as-new" in found.why


def test_an_environment_is_found_in_its_old_region(dev: Environment) -> None:
    (found,) = found_elsewhere(moved(dev, region="eu-west-1"))

    assert found.setting == "platform.region"
    assert "us-east-1" in found.why


def test_an_environment_of_another_file_is_another_one(dev: Environment) -> None:
    config = moved(dev, name="other").config.model_copy(update={"environment": "second"})

    assert found_elsewhere(Environment(config, dev.connection)) == []


def test_a_refusal_says_the_steps_and_that_nothing_was_touched(
    dev: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Refused, match=r"platform.name cannot be changed .* nothing was touched"):
        require_not_elsewhere(moved(dev, name="other"))

    said = capsys.readouterr().err
    assert "1. put platform.name back in config/dev.toml" in said
    assert "./kiban destroy --env dev" in said
