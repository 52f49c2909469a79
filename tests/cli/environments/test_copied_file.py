"""A copy of an environment's file keeps what is said in it, and says nothing twice."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cli.environments.environment_file import EnvironmentFile, copy_environment_file
from cli.terminal.errors import WrongInput
from config.schema import EnvironmentConfig

TEXT = """\
# About the first one.

# More about it.
[platform]
region = "us-east-1"
removal = "destroy"  # kept
log_retention_days = 30

[sharing]
accounts = ["111122223333"]

[monitoring]
emails = ["a@example.com"]

[models.churn]
training.hyperparameters = { objective = "binary:logistic", num_round = 9 }
gate = { metric = "auc", minimum = 0.8 }

[models.churn.endpoint]
instance_type = "ml.m5.large"
"""


def copied(folder: Path, settings: dict[str, str], **more: Any) -> EnvironmentFile:
    (folder / "first.toml").write_text(TEXT)
    source = EnvironmentConfig.model_validate({**tomllib.loads(TEXT), "environment": "first"})
    return copy_environment_file("second", source, settings, folder, **more)


def test_a_copy_begins_with_its_own_remark_and_leaves_out_what_is_the_others(
    tmp_path: Path,
) -> None:
    made = copied(tmp_path, {})

    assert made.left_out == ("sharing",)
    assert made.text.startswith(
        '# second, after first: the rest is as in config/schema.py.\n\n[platform]\nregion = "us-'
    )
    assert "About" not in made.text
    assert "sharing" not in made.text
    assert "# kept" in made.text
    assert (made.config.environment, made.where) == ("second", "config/second.toml")


def test_a_table_that_is_left_out_too_is_named(tmp_path: Path) -> None:
    made = copied(tmp_path, {}, also_left_out=("monitoring", "delivery"))

    assert made.left_out == ("sharing", "monitoring")
    assert "monitoring" not in made.text


@pytest.mark.parametrize(
    ("setting", "value", "found"),
    [
        ("platform.log_retention_days", "90", 90),
        ("platform.region", "eu-west-1", "eu-west-1"),
        ("platform.region", '"eu-west-1"', "eu-west-1"),
        ("monitoring.monthly_budget_usd", "50", 50),
        ("models.churn.endpoint.capture.percent", "20", 20),
        ("network.mode", "private", "private"),
    ],
)
def test_a_setting_is_changed_wherever_it_stands(
    tmp_path: Path, setting: str, value: str, found: object
) -> None:
    document: Any = tomllib.loads(copied(tmp_path, {setting: value}).text)
    for key in setting.split("."):
        document = document[key]

    assert document == found


def test_a_setting_that_becomes_its_default_is_left_out(tmp_path: Path) -> None:
    assert "managed" not in copied(tmp_path, {"network.mode": "managed"}).text
    assert "emails" not in copied(tmp_path, {"monitoring.emails": "[]"}).text


def test_a_value_has_no_settings_below_it(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"--set platform.region.x: region holds a value, not"):
        copied(tmp_path, {"platform.region.x": "1"})


def test_each_mistake_is_a_line_of_the_refusal(tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as refusal:
        copied(tmp_path, {"platform.removal": "maybe", "platform.colour": "red"})

    lines = str(refusal.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("config/second.toml: platform") for line in lines)


def test_a_file_is_written_whole_and_can_be_read_by_everybody(tmp_path: Path) -> None:
    made = copied(tmp_path, {})

    made.write(tmp_path)

    file = tmp_path / "second.toml"
    assert file.read_text() == made.text
    assert file.stat().st_mode & 0o777 == 0o644
    assert {path.name for path in tmp_path.iterdir()} == {"first.toml", "second.toml"}
