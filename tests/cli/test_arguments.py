import json
from pathlib import Path

import pytest

from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file

NEED_A_MODEL = ["train", "runs", "logs", "models"]


def test_an_unknown_environment_is_refused_with_the_nearest_first(tmp_path: Path) -> None:
    told = require_one_line(kiban("status", "--env", "prd", folder=tmp_path), 2)

    assert told == "config: no environment 'prd'; there is prod, dev, staging"


@pytest.mark.parametrize("command", NEED_A_MODEL)
def test_an_unknown_model_is_refused_before_anything_is_asked(tmp_path: Path, command: str) -> None:
    told = require_one_line(kiban(command, "chrun", "--sandbox", folder=tmp_path), 2)

    assert told == "config/dev.toml: no model 'chrun'; there is churn"


def test_a_mistyped_command_and_option_are_refused_in_one_line(tmp_path: Path) -> None:
    assert "deplyo" in require_one_line(kiban("deplyo", folder=tmp_path), 2)
    assert "--limit" in require_one_line(kiban("runs", "churn", "--limti", folder=tmp_path), 2)


def test_a_refused_word_points_to_the_help_of_its_command(tmp_path: Path) -> None:
    told = require_one_line(kiban("runs", "churn", "--limit", "many", folder=tmp_path), 2)

    assert told.endswith("see: ./kiban runs --help")
    assert "?; " not in require_one_line(kiban("stauts", folder=tmp_path), 2)


def test_help_is_no_failure_and_has_no_control_characters_in_a_pipe(tmp_path: Path) -> None:
    screen = kiban("--help", folder=tmp_path)

    assert screen.code == 0
    assert "\x1b" not in screen.out
    for word in ("demo", "deploy", "data", "approve", "predict", "destroy"):
        assert word in screen.out


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "up",
        "deploy",
        "train",
        "logs",
        "approve",
        "reject",
        "predict",
        "data put",
        "container test",
    ],
)
def test_the_help_of_a_command_gives_an_example(tmp_path: Path, command: str) -> None:
    screen = kiban(*command.split(), "--help", folder=tmp_path)

    assert screen.code == 0
    assert f"Example: ./kiban {command}" in screen.out


def test_logs_are_read_from_one_source_at_a_time(tmp_path: Path) -> None:
    screen = kiban("logs", "churn", "--job", "--endpoint", "--sandbox", folder=tmp_path)

    assert "exclude each other" in require_one_line(screen, 2)


@pytest.mark.parametrize("version", ["a/b", "", "-x", "x" * 64, "a b"])
def test_a_data_version_that_cannot_be_a_key_is_refused(tmp_path: Path, version: str) -> None:
    words = ["data", "put", "churn", "rows.csv", f"--version={version}", "--sandbox"]

    assert "is not a version" in require_one_line(kiban(*words, folder=tmp_path), 2)


def test_without_credentials_aws_is_not_asked_and_the_way_out_is_named(tmp_path: Path) -> None:
    told = require_one_line(kiban("data", "list", "churn", folder=tmp_path), 1)

    assert "no credentials" in told
    assert "--sandbox" in told


def test_a_profile_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    screen = kiban("status", folder=tmp_path, variables={"AWS_PROFILE": "nobody"})

    assert "nobody" in require_one_line(screen, 1)


def test_deploying_to_aws_unattended_needs_consent(tmp_path: Path) -> None:
    assert "--yes" in require_one_line(kiban("deploy", folder=tmp_path), 2)


def test_doctor_names_what_is_missing_and_fails(tmp_path: Path) -> None:
    screen = kiban("doctor", "--json", folder=tmp_path)

    found = {item["subject"]: item for item in json.loads(screen.out)}
    assert screen.code == 1
    assert found["CDK command line"]["level"] == "ok"
    assert found["credentials"]["level"] == "fail"
    assert found["credentials"]["advice"]


def test_every_mistake_of_a_broken_file_is_a_line_and_nothing_is_deployed(tmp_path: Path) -> None:
    good = (PROJECT / "config" / "dev.toml").read_text()
    broken = good.replace("idle_minutes = 30", "idle_minuts = 30").replace("0.80", "true")
    folder = with_file(tmp_path, "dev", broken)

    screen = kiban("deploy", "--sandbox", folder=folder)

    assert screen.code == 2
    lines = screen.err.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["config/dev.toml", "workbench.idle_minuts"],
        ["config/dev.toml", "models.churn.gate.minimum"],
    ]
    assert "did you mean idle_minutes?" in lines[0]


def test_a_file_that_is_not_toml_is_one_line(tmp_path: Path) -> None:
    folder = with_file(tmp_path, "dev", "region = ")

    told = require_one_line(kiban("up", folder=folder), 2)

    assert "config/dev.toml: not valid TOML" in told


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    folder = with_file(tmp_path, "dev", "")
    (folder / "config" / "dev.toml").write_bytes(b"\xff\xfe")

    told = require_one_line(kiban("up", folder=folder), 2)

    assert told == "config/dev.toml: not text (byte 0 is not UTF-8); save it as UTF-8"


def test_a_region_that_cannot_hold_the_stacks_is_refused_before_anything_is_made(
    tmp_path: Path,
) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "dev", dev.replace("us-east-1", "cn-north-1"))

    told = require_one_line(kiban("deploy", "--yes", folder=folder), 2)

    assert "cn-north-1 has no AWS::SageMaker::ModelPackageGroup" in told


def test_doctor_says_what_the_region_lacks(tmp_path: Path) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "dev", dev.replace("us-east-1", "eu-north-1"))

    found = json.loads(kiban("doctor", "--json", folder=folder).out)

    (lack,) = [one for one in found if one["subject"] == "offer of the region"]
    assert lack["level"] == "fail"
    assert lack["advice"] == "set monitoring.monthly_budget_usd to 0"
