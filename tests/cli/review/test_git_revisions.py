"""Which commit a name is, what is not committed, and what a commit contained."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.review import git_revisions
from cli.terminal.errors import Failure, WrongInput

WHO = ("-c", "user.name=n", "-c", "user.email=e@example.com")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *WHO, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def new_project(folder: Path, name: str = "app.py") -> str:
    """Make a repository of one commit with one file; return its hash."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / name).write_text("first")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "First")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is taken for the project."""
    monkeypatch.setattr(git_revisions, "PROJECT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def test_a_branch_is_its_commit_and_a_mistyped_one_none(project: Path) -> None:
    commit = new_project(project)

    assert git_revisions.commit_of("main") == git_revisions.commit_of("HEAD") == commit
    with pytest.raises(WrongInput, match="no commit 'mian'; name a branch"):
        git_revisions.commit_of("mian")


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (["b"], "b; commit it"),
        (["b", "c", "d"], "b, c, d; commit it"),
        (["b", "c", "d", "e"], "b, c, d, …; commit it"),
    ],
)
def test_what_is_not_committed_is_named_the_first_three_of_it(
    project: Path, names: list[str], listed: str
) -> None:
    new_project(project)
    git_revisions.require_committed()
    for name in names:
        (project / name).write_text("new")

    with pytest.raises(WrongInput, match=f"git: not committed: {listed}"):
        git_revisions.require_committed()


def test_a_folder_that_is_no_checkout_is_refused() -> None:
    with pytest.raises(WrongInput, match="this folder is no checkout"):
        git_revisions.require_committed()


def test_without_a_checkout_no_branch_is_looked_for() -> None:
    with pytest.raises(WrongInput, match=r"this folder is no checkout.*git clone"):
        git_revisions.commit_of("main")


def test_a_folder_of_another_user_is_to_be_allowed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_project(project)
    # Git's own switch for its tests: every folder is somebody else's.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    for look in (lambda: git_revisions.commit_of("main"), git_revisions.require_committed):
        with pytest.raises(WrongInput, match=r"git config --global --add safe\.directory"):
            look()


def test_a_commit_is_unpacked_as_it_was_and_goes_away_again(project: Path) -> None:
    commit = new_project(project)
    (project / "app.py").write_text("second")

    with git_revisions.checkout_of(commit, git_revisions.archive_of(commit)) as folder:
        assert (folder / "app.py").read_text() == "first"
    assert not folder.exists()
    assert git(project, "worktree", "list").count("\n") == 0


def test_a_commit_is_unpacked_with_what_is_installed_here(project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".git").mkdir()
    (project / ".git" / "info").mkdir()
    (project / ".git" / "info" / "exclude").write_text(".venv")
    commit = new_project(project)

    with git_revisions.checkout_of(commit, git_revisions.archive_of(commit)) as folder:
        assert (folder / ".venv").readlink() == (project / ".venv").resolve()
        assert not (folder / "node_modules").exists()
    assert (project / ".venv").is_dir()


def test_what_no_synthesis_reads_is_not_unpacked(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_app.py").touch()
    commit = new_project(project)

    with git_revisions.checkout_of(commit, git_revisions.archive_of(commit)) as folder:
        assert [path.name for path in folder.iterdir()] == ["app.py"]


def test_what_runs_after_a_commit_was_read_does_not_change_it(project: Path) -> None:
    commit = new_project(project)
    archive = git_revisions.archive_of(commit)
    shutil.rmtree(project / ".git")

    with git_revisions.checkout_of(commit, archive) as folder:
        assert (folder / "app.py").read_text() == "first"


def test_a_commit_from_before_the_project_is_refused(project: Path) -> None:
    commit = new_project(project, "README.md")
    archive = git_revisions.archive_of(commit)

    with (
        pytest.raises(WrongInput, match=f"git: {commit[:12]} has no app.py"),
        git_revisions.checkout_of(commit, archive),
    ):
        pass


def test_a_commit_that_cannot_be_read_says_what_git_said(project: Path) -> None:
    new_project(project)

    with pytest.raises(Failure, match=r"git: cannot read 012345670123: fatal: .*; try: git fsck"):
        git_revisions.archive_of("01234567" * 5)


def test_a_commit_is_part_of_its_own_history_and_of_no_earlier_one(project: Path) -> None:
    first = new_project(project)
    (project / "app.py").write_text("second")
    git(project, "commit", "--quiet", "--all", "--message", "Second")

    assert git_revisions.is_part_of(first, "HEAD")
    assert not git_revisions.is_part_of("HEAD", first)
    assert git_revisions.is_part_of("01234567" * 5, "HEAD"), "what git cannot say is no permission"


def test_a_machine_without_git_is_told_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(Failure, match="git: not found; install git"):
        git_revisions.commit_of("main")
