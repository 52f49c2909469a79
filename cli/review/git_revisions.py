"""Git revisions: commit of a name, uncommitted files, and the tree of a commit."""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.system.project_paths import PROJECT
from cli.terminal.errors import Failure, WrongInput

_LISTED = 3


def commit_of(name: str) -> str:
    """Return the hash of the commit `name`; raises WrongInput when there is none."""
    arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    done = _git(*arguments)
    if done.returncode:
        raise WrongInput(
            f"git: no commit {name!r}; name a branch, a tag or a commit that is here "
            "(a shallow clone fetches more with: git fetch --unshallow)"
        )
    return done.stdout.strip()


def require_committed() -> None:
    """Raise WrongInput for uncommitted files, as the result would not be reproducible."""
    done = _git("status", "--porcelain", "--untracked-files=normal")
    if done.returncode:
        raise WrongInput("git: this folder is no checkout; review --base needs one to compare with")
    names = [line[3:] for line in done.stdout.splitlines()]
    if names:
        listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
        raise WrongInput(
            f"git: not committed: {listed}; commit it, or include it with --uncommitted"
        )


@contextmanager
def checkout_of(commit: str) -> Iterator[Path]:
    """Yield a temporary folder with the project at `commit`, without a git worktree."""
    with tempfile.TemporaryDirectory(prefix="kiban-base-") as name:
        folder = Path(name)
        archive = folder / "base.tar"
        done = _git("archive", "--format=tar", f"--output={archive}", commit)
        if done.returncode:
            raise Failure(f"git: cannot read {commit[:12]}: {done.stderr.strip()}; try: git fsck")
        checkout = folder / "checkout"
        with tarfile.open(archive) as bundle:
            bundle.extractall(checkout, filter="data")
        if not (checkout / "app.py").exists():
            raise WrongInput(f"git: {commit[:12]} has no app.py; compare with a later commit")
        yield checkout


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(PROJECT), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as error:
        raise Failure("git: not found; install git to compare with another revision") from error
