from pathlib import Path

import pytest

from cli.environments import environment_file
from cli.terminal.errors import WrongInput
from config.loader import load_environment
from tests.cli.terminal import PROJECT, with_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with the shipped environments, to write into."""
    return with_file(tmp_path, "dev", (PROJECT / "config" / "dev.toml").read_text())


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    folder = with_file(tmp_path, "lab", "# somebody's own\n") / "config"
    made = environment_file.copy_environment_file("lab", load_environment("dev"), {})

    with pytest.raises(WrongInput, match=r"config/lab\.toml: is there already"):
        made.write(folder)

    assert (folder / "lab.toml").read_text() == "# somebody's own\n"
    assert list(folder.glob(".lab*")) == []
