"""Which files of two commits differ, and what they hold."""

from pathlib import Path

import pytest

from cli.review.changed_files import changed_files
from cli.terminal.errors import Failure
from reviewer.sources.source_findings import FileChange
from tests.cli.review.test_git_revisions import git


@pytest.fixture
def commit(tmp_path: Path) -> str:
    """A repository with a few files in one commit."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for name in ("reviewer/safety.py", "prices/a.json", "docs/a.md", "kiban"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one\ntwo\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    return git(tmp_path, "rev-parse", "HEAD")


def edit(folder: Path) -> None:
    (folder / "reviewer" / "safety.py").write_text("one\n2\n3\n")
    (folder / "reviewer" / "new\nname.py").write_text("a")
    (folder / "docs" / "a.md").write_text("")
    (folder / "prices" / "a.json").unlink()
    (folder / "kiban").unlink()
    (folder / "kiban").symlink_to("/bin/true")


WANTED = [
    FileChange("kiban", b"one\ntwo\n", b"/bin/true", 1, 2),
    FileChange("prices/a.json", b"one\ntwo\n", None, 0, 2),
    FileChange("reviewer/new\nname.py", None, b"a", 1, 0),
    FileChange("reviewer/safety.py", b"one\ntwo\n", b"one\n2\n3\n", 2, 1),
]


def test_two_commits_differ_in_the_files_that_a_person_may_have_to_look_at(
    tmp_path: Path, commit: str
) -> None:
    edit(tmp_path)
    git(tmp_path, "config", "diff.external", "false")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Second")

    assert sorted(changed_files(tmp_path, commit, "HEAD"), key=lambda it: it.path) == WANTED
    assert changed_files(tmp_path, commit, commit) == []
    # An attribute hides the number of lines, and no file.
    (tmp_path / ".git" / "info" / "attributes").write_text("* -diff\n")
    found = changed_files(tmp_path, commit, "HEAD")
    assert sorted((it.path, it.after, it.added) for it in found) == [
        (it.path, it.after, None) for it in WANTED
    ]


def test_a_folder_differs_in_what_was_never_added_too(tmp_path: Path, commit: str) -> None:
    edit(tmp_path)

    assert sorted(changed_files(tmp_path, commit, ""), key=lambda it: it.path) == WANTED


def test_a_commit_that_is_not_there_is_a_failure(tmp_path: Path, commit: str) -> None:
    with pytest.raises(Failure, match="git: cannot compare the files: fatal: "):
        changed_files(tmp_path, commit, "01234567" * 5)
