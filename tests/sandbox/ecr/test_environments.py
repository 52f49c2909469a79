"""The Python environment of an image, made from the command line."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ecr import environments
from sandbox.ecr.environments import EnvironmentFailed


def test_the_program_makes_the_environment_of_its_arguments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(environments, "ensure", lambda *files: made.extend(files))

    assert environments.main(["a.txt", "b.txt"]) == 0
    assert made == [Path("a.txt"), Path("b.txt")]


def test_the_program_without_arguments_says_how_it_is_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert environments.main([]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m sandbox.ecr.environments ")


def test_an_environment_that_cannot_be_made_is_told_and_a_bug_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*files: Path) -> None:
        raise EnvironmentFailed("no such package") if files[0].name == "a" else KeyError("a bug")

    monkeypatch.setattr(environments, "ensure", fail)

    assert environments.main(["a"]) == 1
    assert capsys.readouterr().err == "no such package\n"
    with pytest.raises(KeyError):
        environments.main(["b"])


class Programs:
    """Stands for `venv` and uv: makes what they make, or fails with these words."""

    def __init__(self, fails: str | None = None) -> None:
        self.fails = fails
        self.ran: list[list[str]] = []

    def run(self, command: list[str], **options: Any) -> Any:
        self.ran.append(command)
        assert options.pop("env")
        assert options == {"capture_output": True, "text": True, "check": False}
        if "venv" in command:
            programs = Path(command[-1]) / "bin"
            programs.mkdir(parents=True)
            (programs / "tool").write_text(f"#!{programs}/python")
            (programs / "data").write_text(f"{programs}/python")
            (programs / "python").symlink_to("/usr/bin/env")
            (programs / "folder").mkdir()
        code = int(self.fails is not None and "install" in command)
        return SimpleNamespace(returncode=code, stderr=self.fails or "")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIBAN_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "requirements.txt"
    file.write_text("# nothing\nxgboost==3.2.0\n")
    return file


def test_an_environment_is_made_once_and_its_scripts_begin_with_its_place(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs()
    monkeypatch.setattr(subprocess, "run", programs.run)

    found = environments.ensure(made)

    assert environments.ensure(made) == found
    assert len(programs.ran) == 2
    assert programs.ran[1][-2:] == ["-r", str(made)]
    assert (found / "bin/tool").read_text() == f"#!{found}/bin/python"
    assert ".tmp" in (found / "bin/data").read_text()
    assert (found / "bin/python").is_symlink()
    left = [one for one in found.parent.iterdir() if one.suffix == ".tmp"]
    assert left == []


def test_of_a_lock_is_installed_what_it_names_and_only_by_hash(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs()
    monkeypatch.setattr(subprocess, "run", programs.run)
    lock = made.with_suffix(".lock")
    lock.write_text("xgboost==3.2.0 --hash=sha256:00")

    environments.ensure(made)
    environments.ensure(lock)

    assert [
        ("--no-deps" in words, "--require-hashes" in words) for words in programs.ran[1::2]
    ] == [
        (False, False),
        (True, True),
    ]


def test_without_a_package_nothing_is_installed(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs()
    monkeypatch.setattr(subprocess, "run", programs.run)
    made.write_text("# nothing\n\n")

    environments.ensure(made)

    assert len(programs.ran) == 1


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (
            "warning: old\nerror: no such package\n  cause: offline.\n\nhint: try",
            "no such package: offline",
        ),
        ("killed.", "killed"),
        ("", "no output"),
    ],
)
def test_a_package_that_cannot_be_installed_is_told_and_leaves_nothing(
    stderr: str, reason: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs(stderr)
    monkeypatch.setattr(subprocess, "run", programs.run)

    with pytest.raises(EnvironmentFailed, match=f"cannot install the packages: {reason};"):
        environments.ensure(made)
    assert [one.suffix for one in environments.cache_folder().iterdir()] == [".lock"]


def test_a_file_that_is_not_there_is_told(made: Path) -> None:
    with pytest.raises(EnvironmentFailed, match=r"none\.txt: not found; list the image's packages"):
        environments.ensure(made, made.with_name("none.txt"))
