import json
import tomllib
from pathlib import Path

import pytest

from cli.environments import region_offer
from config.loader import load_environment
from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line, with_file

ACCOUNT = "111122223333"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with the shipped environments, to write into."""
    return with_file(tmp_path, "dev", (PROJECT / "config" / "dev.toml").read_text())


def new(folder: Path, *words: str) -> Screen:
    return kiban("env", "new", *words, folder=folder)


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "config").iterdir() if path.name != "__pycache__"}


def test_a_new_environment_is_the_old_one_in_its_own_place(folder: Path) -> None:
    there = ["--region", "eu-west-1", "--account", ACCOUNT]
    screen = new(folder, "eu", "--from", "prod", *there, "--json")

    assert screen.code == 0, screen.err
    assert json.loads(screen.out)["file"] == "config/eu.toml"
    written = load_environment("eu", folder / "config")
    prod = load_environment("prod")
    assert written.platform.region == "eu-west-1"
    assert written.platform.account == ACCOUNT
    same = {"environment": "eu", "platform": written.platform}
    assert prod.model_copy(update=same) == written


def test_a_new_file_says_only_what_differs_from_the_defaults(folder: Path) -> None:
    assert new(folder, "lab", "--from", "dev").code == 0

    said = tomllib.loads((folder / "config" / "lab.toml").read_text())
    assert "instance_type" not in said["models"]["churn"]["endpoint"]
    assert said["models"]["churn"]["endpoint"]["scaling"] == {
        "max_instances": 2,
        "track": {"target_per_minute": 6000},
    }
    assert said["models"]["churn"]["gate"] == {"minimum": 0.8}


def test_a_comment_stays_with_what_it_is_about_and_the_opening_one_is_new(folder: Path) -> None:
    dev = folder / "config" / "dev.toml"
    dev.write_text(dev.read_text().replace("max_depth = 4", "max_depth = 4  # deeper overfits"))

    assert new(folder, "lab").code == 0

    text = (folder / "config" / "lab.toml").read_text()
    assert "max_depth = 4  # deeper overfits" in text
    assert text.startswith("# lab, after dev: ")
    assert "may be destroyed" not in text


def test_settings_can_be_changed_on_the_way(folder: Path) -> None:
    words = ["--set", "workbench.volume_gb=40", "--set", 'platform.tags={ team = "risk" }']

    assert new(folder, "lab", *words).code == 0

    lab = load_environment("lab", folder / "config")
    assert lab.workbench.volume_gb == 40
    assert lab.platform.tags == {"team": "risk"}


def test_a_region_without_a_service_is_refused_with_what_to_do(folder: Path) -> None:
    before = files(folder)

    budget = require_one_line(new(folder, "north", "--region", "eu-north-1"), 2)
    group = require_one_line(new(folder, "south", "--region", "ap-south-2"), 2)

    assert (
        "config/north.toml: monitoring.monthly_budget_usd: CloudFormation in eu-north-1" in budget
    )
    assert budget.endswith("add --set monitoring.monthly_budget_usd=0")
    assert "ap-south-2 has no AWS::Budgets::Budget, AWS::SageMaker::ModelPackageGroup" in group
    assert "add --region ap-south-1 (or " in group
    assert files(folder) == before


def test_the_advice_of_a_refusal_works(folder: Path) -> None:
    words = ["north", "--region", "eu-north-1", "--set", "monitoring.monthly_budget_usd=0"]

    assert new(folder, *words).code == 0


def test_a_region_without_a_machine_is_refused_with_those_it_has(folder: Path) -> None:
    message = require_one_line(new(folder, "west", "--from", "prod", "--region", "us-west-1"), 2)

    setting = "models.churn.endpoint.instance_type"
    assert message.startswith(f"config/west.toml: {setting}: us-west-1 has no ml.c7i.xlarge")
    chosen = message.partition(f"add --set {setting}=")[2].split()[0]
    assert region_offer.is_offered(chosen, "endpoint", "us-west-1")


ELSEWHERE = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dev"], "config/dev.toml: is there already; choose another name"),
        (["lab", "--from", "prd"], "config: no environment 'prd'; there is prod, dev, staging"),
        (["LAB"], "config/LAB.toml: environment: is not spelled right"),
        (["lab", "--region", "moon"], "config/lab.toml: platform.region: AWS has no such region"),
        (["lab", "--region", "eu-west-9"], "did you mean eu-west-"),
        (["lab", "--account", "12"], "config/lab.toml: platform.account: is not spelled right"),
        (["lab", "--set", "workbench"], "--set workbench: is no setting; write it as"),
        (
            ["lab", "--set", "existing.key_arn=arn:aws:kms:us-east-1:111122223333:key/abcd"],
            "config/lab.toml: existing.key_arn: is not spelled right",
        ),
        (
            ["lab", "--set", f"existing.key_arn={ELSEWHERE}"],
            "config/lab.toml: existing.key_arn is a",
        ),
        (["lab", "--set", "workbnch.volume_gb=9"], "workbnch: unknown key; did you mean workbench"),
        (["lab", "--set", "platform.region.x=1"], "region holds a value, not settings"),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(
    folder: Path, words: list[str], message: str
) -> None:
    before = files(folder)

    assert message in require_one_line(new(folder, *words), 2)

    assert files(folder) == before


def test_a_half_written_file_is_neither_copied_nor_joined(folder: Path) -> None:
    (folder / "config" / "half.toml").write_text("[platform]\nregion = ")
    before = files(folder)

    copied = require_one_line(new(folder, "lab", "--from", "half"), 2)
    joined = require_one_line(new(folder, "lab", "--from", "dev"), 2)

    assert copied.startswith("config/half.toml: not valid TOML")
    assert joined == copied
    assert files(folder) == before


def test_two_environments_do_not_share_a_name(folder: Path) -> None:
    message = require_one_line(new(folder, "dev-churn"), 2)

    assert message.startswith("config/dev-churn.toml: the name 'kiban-dev-churn' is built from")
