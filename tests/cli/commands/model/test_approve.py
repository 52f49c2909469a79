from pathlib import Path

import pytest

from cli.environments.environment import Environment
from cli.models import model_versions
from tests.cli.registry import listed_version
from tests.cli.terminal import kiban, require_one_line


def test_approving_twice_is_said_and_is_no_failure(folder: Path, version: int) -> None:
    words = ["approve", "churn", str(version), "--sandbox"]

    first, second = kiban(*words, folder=folder), kiban(*words, folder=folder)

    assert (first.code, second.code) == (0, 0)
    assert "is approved" in first.out
    assert "already approved" in second.out
    assert listed_version(folder, version)["status"] == "Approved"


def test_approving_an_older_version_says_that_the_newer_one_is_live(
    dev: Environment, folder: Path, older: int, version: int
) -> None:
    model_versions.set_approval_status(
        dev, model_versions.find_version(dev, "churn", version), "Approved", ""
    )

    screen = kiban("approve", "churn", str(older), "--wait", "--sandbox", folder=folder)

    assert screen.code == 0, screen.err
    assert f"Version {version} is newer and approved" in screen.out


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_an_unknown_version_is_refused(folder: Path, version: int, command: str) -> None:
    screen = kiban(command, "churn", "999", "--sandbox", folder=folder)

    message = require_one_line(screen, 2)
    assert "no version 999" in message
    assert str(version) in message


def test_a_version_that_is_no_number_is_refused(folder: Path) -> None:
    screen = kiban("approve", "churn", "first", "--sandbox", folder=folder)

    assert "VERSION" in require_one_line(screen, 2)
