import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import PROJECT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, set up, whose Python only says what it was given."""
    folder = tmp_path / "a b" / "kiban"
    for ready in (".cache/environments/.ready", "node_modules/.ready", ".venv/bin/python"):
        (folder / ready).parent.mkdir(parents=True, exist_ok=True)
        (folder / ready).touch()
    python = folder / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$PYTHONPATH|$*"\n')
    python.chmod(0o755)
    shutil.copy(PROJECT / "kiban", folder / "kiban")
    for lock in ("requirements.lock", ".venv/.platform"):
        (folder / lock).write_text("what is installed\n")
    return folder


def output_of(program: Path | str, cwd: Path) -> str:
    words = [str(program), "status", "a b"]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_command_line_runs_from_any_folder_and_a_path_with_spaces(checkout: Path) -> None:
    assert output_of(checkout / "kiban", Path("/")) == f"{checkout}|-m cli status a b"
    assert output_of("./kiban", checkout) == f"{checkout}|-m cli status a b"


def test_a_link_to_the_command_line_finds_its_checkout(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "absolute").symlink_to(checkout / "kiban")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "relative").symlink_to(os.path.join("..", "absolute"))

    for link in (tmp_path / "absolute", tmp_path / "bin" / "relative"):
        assert output_of(link, Path("/")) == f"{checkout}|-m cli status a b"
