"""Where the programs of a container are looked for, and which names a new one may have."""

import os
from pathlib import Path

import pytest

from cli.containers import container_packages, container_template
from cli.terminal.errors import Failure, WrongInput
from sandbox.ecr import environments


def test_programs_are_looked_for_among_the_packages_and_then_in_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "ensure", lambda requirements: tmp_path / "made")

    assert container_packages.search_path(tmp_path) is None
    (tmp_path / "requirements.txt").mkdir()
    assert container_packages.search_path(tmp_path) is None
    (tmp_path / "requirements.txt").rmdir()
    (tmp_path / "requirements.txt").touch()
    path = container_packages.search_path(tmp_path)
    assert path is not None
    assert path.split(os.pathsep) == [
        str(tmp_path / "made" / "bin"),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
    ]


def test_packages_that_cannot_be_installed_are_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(requirements: Path) -> Path:
        raise environments.EnvironmentFailed("no network")

    (tmp_path / "requirements.txt").touch()
    monkeypatch.setattr(environments, "ensure", refuse)

    with pytest.raises(Failure, match="no network"):
        container_packages.search_path(tmp_path)


def test_a_name_that_only_points_somewhere_is_taken_too(tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "nowhere")

    with pytest.raises(WrongInput, match="mine: is there already"):
        container_template.create_container("mine", tmp_path)
    with pytest.raises(WrongInput, match="none: no such folder; make it"):
        container_template.create_container("mine", tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(WrongInput, match="file: no such folder"):
        container_template.create_container("mine", tmp_path / "file")


def test_a_new_container_has_nothing_that_only_ours_needs(tmp_path: Path) -> None:
    made = container_template.create_container("mine", tmp_path)

    names = {path.name for path in made.iterdir()}
    assert not {"hyperparameters", "examples", "bench"} & names
    assert "xgboost" not in (made / "algorithm.py").read_text()
    # A folder of that name deeper inside is none of those.
    ours = {path.name for path in container_template.OURS.iterdir() if path.is_dir()}
    assert {name for name in ours if not name.startswith((".", "__"))} - names == {
        "hyperparameters",
        "examples",
        "bench",
    }
    assert 'title="mine"' in (made / "Dockerfile").read_text()
