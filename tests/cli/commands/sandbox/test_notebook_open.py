"""`./kiban notebook` opens JupyterLab on a sandbox, and says so where there is none."""

from pathlib import Path

import pytest

from tests.cli.terminal import kiban, require_one_line


@pytest.mark.parametrize("words", [("notebook",), ("notebook", "open")])
def test_an_option_after_the_group_belongs_to_its_default(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    message = require_one_line(kiban(*words, "--sandbox", "--no-browser", folder=tmp_path), 1)

    assert "./kiban up" in message


def test_on_aws_the_console_opens_it(tmp_path: Path) -> None:
    message = require_one_line(kiban("notebook", "open", folder=tmp_path), 2)

    assert "SageMaker console" in message
    assert "--sandbox" in message


def test_a_group_alone_shows_its_commands(tmp_path: Path) -> None:
    shown = kiban("notebook", "--help", folder=tmp_path)

    assert shown.code == 0
    assert "upgrade" in shown.out
    assert "open" in shown.out
