"""A checkout of its own with a history, in which a test may commit what it likes."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.cli.terminal import COMMANDS
from tests.forking import Program
from tests.templates.synthesis import REPO

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "cdk.out*", ".cache", ".sandbox", "__pycache__", ".*_cache"
)
# Nobody's own settings: hooks, signatures, another default branch.
_GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")


@dataclass(frozen=True)
class Checkout:
    """A folder with the project in it."""

    folder: Path

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of one file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def git(self, *words: str) -> str:
        """Run git here."""
        done = subprocess.run(
            ["git", *_NOBODY, *words],
            cwd=self.folder,
            env=os.environ | _GIT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit everything; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def review(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `./kiban review` here."""
        return self.run("review", *words)

    def run(
        self, *words: str, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command here, with nobody's AWS but what `variables` says."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        clean |= {"PYTHONPATH": str(self.folder), "COLUMNS": "200", **_GIT, **(variables or {})}
        return COMMANDS.run(Program(("cli", *words), clean, str(self.folder)))


def copied(folder: Path) -> Checkout:
    """The project as it is now, with what is installed, in no history."""
    shutil.copytree(REPO, folder, ignore=_LEFT_OUT, symlinks=True)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to((REPO / name).resolve())
    return Checkout(folder)


def new_checkout(folder: Path) -> Checkout:
    """The project as it is now, committed in a history of its own."""
    checkout = copied(folder)
    checkout.git("init", "--quiet", "--initial-branch", "main")
    # The folder may be a home, too, in which the CDK keeps its cache.
    (folder / ".git" / "info" / "exclude").write_text(".venv\nnode_modules\n.cdk\n")
    checkout.commit("As it is")
    return checkout
