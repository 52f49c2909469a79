from pathlib import Path

import pytest

from cli.aws.connection import Connection
from cli.environments.environment_loader import in_sandbox
from cli.sandbox.sandbox_state import RunningSandbox
from config.loader import load_environment
from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file

NEED_A_MODEL = ["train", "runs", "logs", "models"]


def test_an_unknown_environment_is_refused_with_the_nearest_first(tmp_path: Path) -> None:
    message = require_one_line(kiban("status", "--env", "prd", folder=tmp_path), 2)

    assert message == "config: no environment 'prd'; there is prod, dev, staging"


@pytest.mark.parametrize("command", NEED_A_MODEL)
def test_an_unknown_model_is_refused_before_anything_is_asked(tmp_path: Path, command: str) -> None:
    message = require_one_line(kiban(command, "chrun", "--sandbox", folder=tmp_path), 2)

    assert message == "config/dev.toml: no model 'chrun'; there is churn"


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

    message = require_one_line(kiban("up", folder=folder), 2)

    assert "config/dev.toml: not valid TOML" in message


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    folder = with_file(tmp_path, "dev", "")
    (folder / "config" / "dev.toml").write_bytes(b"a\xff\xfe")

    message = require_one_line(kiban("up", folder=folder), 2)

    assert message == "config/dev.toml: not text (byte 1 is not UTF-8); save it as UTF-8"


def test_the_sandbox_has_every_account_and_every_region() -> None:
    config = load_environment("dev")
    platform = {"account": "111122223333", "region": "eu-west-1"}
    pinned = config.model_copy(update={"platform": config.platform.model_copy(update=platform)})
    url, own = "http://127.0.0.1:4", "123456789012"
    here = RunningSandbox(1, 4, url, "us-east-1", own)

    assert in_sandbox(config, here).connection == Connection("us-east-1", url, own)
    assert in_sandbox(pinned, here).connection == Connection("eu-west-1", url, "111122223333")
