import os
from pathlib import Path

import pytest

from cli.containers import container_template
from tests.cli.terminal import PROJECT, kiban, require_one_line


def test_a_new_container_is_the_shape_of_ours_without_xgboost(tmp_path: Path) -> None:
    screen = kiban("container", "new", "my-model", "--into", str(tmp_path), folder=tmp_path)

    made = tmp_path / "my-model"
    assert screen.code == 0
    assert f"./kiban container test {made}" in screen.out
    assert f"./kiban container test {made}" in (made / "README.md").read_text()
    assert sorted(program.name for program in (made / "bin").iterdir()) == [
        "evaluate",
        "serve",
        "train",
    ]
    assert all(os.access(program, os.X_OK) for program in (made / "bin").iterdir())
    texts = "".join(path.read_text() for path in made.rglob("*") if path.is_file())
    assert "import xgboost" not in texts
    assert "container.hyperparameters" not in texts
    assert [path for path in tmp_path.iterdir() if path != made and path.is_dir()] == []


def test_a_new_container_installs_what_its_algorithm_needs_as_it_is_tested_here() -> None:
    pins = [
        line for line in container_template.template_requirements().splitlines() if "==" in line
    ]
    development = (PROJECT / "requirements-dev.txt").read_text()
    (learner,) = [pin for pin in pins if pin.startswith("scikit-learn==")]

    assert learner in development
    assert not [pin for pin in pins if pin.startswith("xgboost")]
    assert [pin for pin in pins if pin.startswith("pyarrow==")]


@pytest.mark.parametrize("name", ["My-Model", "1st", "a b", "a/b", "..", "a" * 64, "a_b"])
def test_a_name_that_cannot_be_an_images_is_refused(tmp_path: Path, name: str) -> None:
    screen = kiban("container", "new", name, "--into", str(tmp_path), folder=tmp_path)

    assert "is no name" in require_one_line(screen, 2)
    assert list(tmp_path.glob("*/bin")) == []


def test_an_existing_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    screen = kiban("container", "new", "mine", "--into", str(tmp_path), folder=tmp_path)

    assert "is there already" in require_one_line(screen, 2)
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_container_is_made_where_there_is_a_folder_for_it(tmp_path: Path) -> None:
    words = ["container", "new", "mine", "--into", str(tmp_path / "nowhere")]

    assert "no such folder" in require_one_line(kiban(*words, folder=tmp_path), 2)
