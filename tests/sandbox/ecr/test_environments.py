"""The Python environment of an image, made from the command line."""

from pathlib import Path

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
