"""Git revisions: commit of a name, uncommitted files, and the tree of a commit."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.system.project_paths import PROJECT
from cli.terminal.errors import Failure, WrongInput

_LISTED = 3
_UNREAD = ("conformance", "docs", "sheets", "tests", "tools")


def commit_of(name: str) -> str:
    """Return the hash of the commit `name`; raises WrongInput when there is none."""
    arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    done = _git(*arguments)
    if done.returncode:
        _require_checkout()
        raise WrongInput(
            f"git: no commit {name!r}; name a branch, a tag or a commit that is here "
            "(a shallow clone fetches more with: git fetch --unshallow)"
        )
    return done.stdout.strip()


def _require_checkout() -> None:
    """Raise WrongInput with git's reason where it reads no checkout, as in a downloaded archive."""
    done = _git("rev-parse", "--git-dir")
    if not done.returncode:
        return
    if "safe.directory" in done.stderr:
        raise WrongInput(
            "git: this folder is another user's, so git does not read it; allow it with: "
            f"git config --global --add safe.directory {PROJECT}"
        )
    raise WrongInput(
        "git: this folder is no checkout, which review --base needs; make one with: git clone"
    )


def is_part_of(commit: str, name: str) -> bool:
    """Return whether the history of `name` has the commit; True when git cannot say."""
    return _git("merge-base", "--is-ancestor", commit, name).returncode != 1


def require_committed() -> None:
    """Raise WrongInput for uncommitted files, as the result would not be reproducible."""
    done = _git("status", "--porcelain", "--untracked-files=normal")
    if done.returncode:
        _require_checkout()
        raise Failure(f"git: cannot say what is committed: {done.stderr.strip()}; try: git fsck")
    names = [line[3:] for line in done.stdout.splitlines()]
    if names:
        listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
        raise WrongInput(
            f"git: not committed: {listed}; commit it, or include it with --uncommitted"
        )


def archive_of(commit: str) -> bytes:
    """Return the project at `commit` as a tar archive in memory, without a git worktree.

    What is run afterwards cannot change it there. Folders that neither a synthesis nor a review
    reads are left out: to write their files took as long as a sixth of a synthesis.
    """
    unread = [f":(exclude){folder}" for folder in _UNREAD]
    done = run_git(PROJECT, "archive", "--format=tar", commit, "--", ".", *unread)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise Failure(f"git: cannot read {commit[:12]}: {reason}; try: git fsck")
    return done.stdout


@contextmanager
def checkout_of(commit: str, archive: bytes) -> Iterator[Path]:
    """Yield a temporary folder with the archive of `commit`, and with what is installed here."""
    with tempfile.TemporaryDirectory(prefix="kiban-base-") as name:
        checkout = Path(name) / "checkout"
        with tarfile.open(fileobj=io.BytesIO(archive)) as bundle:
            bundle.extractall(checkout, filter="data")
        if not (checkout / "app.py").exists():
            raise WrongInput(f"git: {commit[:12]} has no app.py; compare with a later commit")
        for installed in (".venv", "node_modules"):
            if (PROJECT / installed).exists():
                (checkout / installed).symlink_to((PROJECT / installed).resolve())
        yield checkout


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = run_git(PROJECT, *arguments)
    out, err = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def run_git(
    folder: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in `folder` and return what it said; raises Failure when it is not installed."""
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            input=given or b"",
            check=False,
        )
    except FileNotFoundError as error:
        raise Failure("git: not found; install git to compare with another revision") from error
