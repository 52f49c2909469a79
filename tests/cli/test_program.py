import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line


def test_a_mistyped_command_and_option_are_refused_in_one_line(tmp_path: Path) -> None:
    assert "deplyo" in require_one_line(kiban("deplyo", folder=tmp_path), 2)
    assert "--limit" in require_one_line(kiban("runs", "churn", "--limti", folder=tmp_path), 2)


def test_a_refused_word_points_to_the_help_of_its_command(tmp_path: Path) -> None:
    message = require_one_line(kiban("runs", "churn", "--limit", "many", folder=tmp_path), 2)

    assert message.endswith("see: ./kiban runs --help")
    assert "?; " not in require_one_line(kiban("stauts", folder=tmp_path), 2)


def test_help_is_no_failure_and_has_no_control_characters_in_a_pipe(tmp_path: Path) -> None:
    screen = kiban("--help", folder=tmp_path)

    assert screen.code == 0
    assert "\x1b" not in screen.out
    for word in ("demo", "deploy", "data", "approve", "predict", "destroy"):
        assert word in screen.out


def test_without_credentials_aws_is_not_asked_and_the_way_out_is_named(tmp_path: Path) -> None:
    message = require_one_line(kiban("data", "list", "churn", folder=tmp_path), 1)

    assert "no credentials" in message
    assert "--sandbox" in message


def test_a_profile_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    screen = kiban("status", folder=tmp_path, variables={"AWS_PROFILE": "nobody"})

    assert "nobody" in require_one_line(screen, 1)


@pytest.mark.parametrize("redirection", ["| head -1", ">&-", ">&- 2>&-", "<&-"])
def test_output_that_nobody_reads_is_no_failure(
    started: tuple[Path, Screen], redirection: str
) -> None:
    variables = {**os.environ, "KIBAN_SANDBOX": str(started[0])}
    words = f"set -o pipefail; '{sys.executable}' -m cli status --sandbox {redirection}"
    done = subprocess.run(
        ["bash", "-c", words], cwd=PROJECT, env=variables, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line(started: tuple[Path, Screen], unbuffered: str) -> None:
    variables = {
        **os.environ,
        "KIBAN_SANDBOX": str(started[0]),
        "PYTHONUNBUFFERED": unbuffered,
    }
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "status", "--sandbox"],
            cwd=PROJECT,
            env=variables,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == "this machine: no space left on device; free some space and try again\n"
