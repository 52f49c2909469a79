"""`./kiban --version` says what a report of a fault needs, without starting anything."""

import json
import platform
import re
import subprocess
from pathlib import Path

import pytest

from cli import program, version
from tests.cli.terminal import PROJECT


def typed(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = program.main(words)
    return code, capsys.readouterr().out


@pytest.fixture
def started_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*given: object, **named: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess.Popen, "__init__", never)


@pytest.mark.usefixtures("started_nothing")
def test_the_version_of_each_part_is_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    code, output = typed("--version", capsys=capsys)

    lines = dict(line.split(" ", 1) for line in output.splitlines())
    package = json.loads((PROJECT / "package.json").read_text())
    assert code == 0
    assert lines["kiban"] == version.VERSION
    assert lines["python"] == platform.python_version()
    assert lines["aws-cdk"] == package["devDependencies"]["aws-cdk"]
    assert f"aws-cdk-lib=={lines['aws-cdk-lib']} " in (PROJECT / "requirements.lock").read_text()


@pytest.mark.parametrize("words", [("--version", "--json"), ("--json", "--version")])
def test_a_program_reads_the_same_in_one_document(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, output = typed(*words, capsys=capsys)

    assert (code, json.loads(output)) == (0, version.versions())


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "CDK", tmp_path / "a" / "b" / "cdk")
    for text in (None, "{", "{}", "[]"):
        if text is not None:
            (tmp_path / "a" / "package.json").parent.mkdir(exist_ok=True)
            (tmp_path / "a" / "package.json").write_text(text)
        assert version.versions()["aws-cdk"] == "not installed; run: make setup"


def test_the_version_is_that_of_the_changelog() -> None:
    newest = re.search(r"^## (.+)$", (PROJECT / "CHANGELOG.md").read_text(), re.M)

    assert newest is not None
    assert version.VERSION.endswith("-dev") == (newest[1] == "Unreleased")
    assert newest[1] == "Unreleased" or newest[1].split()[0] == version.VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+(-dev)?", version.VERSION)
