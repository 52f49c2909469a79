"""Which tests a mutant is tried against."""

from pathlib import Path

import pytest

from tests.tools.mutants.material import checkout
from tools.mutants.near import ImportGraph, near_tests, snapshot_tests
from tools.mutants.scope import COMPARED_WITH_FILES, REPO, SCOPES, Scope, mutated_files


def near(root: Path, file: str) -> list[str]:
    return [Path(name).stem for name in near_tests(root, ImportGraph(root), "config", file)]


def test_a_test_that_imports_the_file_comes_before_one_that_reaches_it_through_another(
    tmp_path: Path,
) -> None:
    root = checkout(tmp_path)
    (root / "config" / "loader.py").write_text("from config.limits import admit\n")
    (root / "tests" / "config" / "test_all.py").write_text("from config import loader\n")
    (root / "tests" / "config" / "test_zero.py").write_text("from config import limits\n")

    assert near(root, "config/limits.py") == ["test_limits", "test_zero", "test_all"]


def test_a_test_reaches_what_its_fixtures_import(tmp_path: Path) -> None:
    root = checkout(tmp_path, tests="def test_it(snapshot: int) -> None: ...\n")
    (root / "tests" / "config" / "conftest.py").write_text("import config.limits\n")

    steps = ImportGraph(root).steps("config.limits")

    assert steps["tests.config.test_limits"] == 2


def test_a_test_that_imports_nothing_of_it_comes_last(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    (root / "tests" / "config" / "test_a_process.py").write_text("import subprocess\n")

    assert near(root, "config/limits.py")[-1] == "test_a_process"


def test_a_file_with_the_fixture_has_snapshots(tmp_path: Path) -> None:
    assert snapshot_tests(checkout(tmp_path), "config") == ["tests/config/test_limits.py"]
    assert snapshot_tests(checkout(tmp_path, tests="def test_it(): ...\n"), "config") == []


def test_the_tests_that_compare_with_committed_files_exist() -> None:
    text = "".join(path.read_text() for path in (REPO / "tests").rglob("test_*.py"))

    assert {name for name in COMPARED_WITH_FILES if f"def {name}(" not in text} == set()


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.package)
def test_every_package_has_sources_and_tests(scope: Scope) -> None:
    assert mutated_files(REPO, scope)
    assert [name for name in scope.tests if not (REPO / "tests" / name).is_dir()] == []
    assert [name for name in scope.rules if not (REPO / name).is_file()] == []
    assert [name for name in scope.without if not (REPO / name).exists()] == []


def test_the_stacks_have_snapshots_of_their_own() -> None:
    assert snapshot_tests(REPO, "stacks")
