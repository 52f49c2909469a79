"""A checkout of its own, with its own environment files: what a person has in front of them."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_PARTS = ("app.py", "cdk.json", "kiban", "package.json", "requirements.lock")
_PACKAGES = (
    "tools",
    "cfn",
    "cli",
    "config",
    "conformance",
    "constructs_lib",
    "container",
    "notebooks",
    "compare",
    "reviewer",
)
_LINKS = (".venv", "node_modules", ".cache")


@dataclass(frozen=True)
class Workplace:
    """A folder in which `./kiban` works; its sandbox lives there too."""

    folder: Path

    def kiban(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command as typed there, with nobody's AWS."""
        return self._run(["./kiban", *words])

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a whole line as a shell would."""
        return self._run(["sh", "-c", line])

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        clean |= {"AWS_EC2_METADATA_DISABLED": "true", "COLUMNS": "100", "HOME": str(self.folder)}
        clean.pop("KIBAN_SANDBOX", None)
        return subprocess.run(words, cwd=self.folder, env=clean, capture_output=True, text=True)

    def done(self, *words: str) -> str:
        """Run a command that has to succeed; return what it printed."""
        finished = self.kiban(*words)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def refused(self, *words: str) -> str:
        """Run a command that has to refuse its input; return its one line."""
        finished = self.kiban(*words)
        assert finished.returncode == 2, finished.stdout + finished.stderr
        (line,) = finished.stderr.splitlines()
        return line

    def file(self, environment: str) -> Path:
        return self.folder / "config" / f"{environment}.toml"

    def edit(self, environment: str, old: str, new: str) -> None:
        text = self.file(environment).read_text()
        assert old in text
        self.file(environment).write_text(text.replace(old, new))


def make(folder: Path) -> Workplace:
    """Copy the sources to `folder`; what is installed is shared."""
    ignored = shutil.ignore_patterns("__pycache__")
    for package in (*_PACKAGES, "sandbox", "stacks"):
        shutil.copytree(PROJECT / package, folder / package, ignore=ignored)
    for part in _PARTS:
        shutil.copy2(PROJECT / part, folder / part)
    for link in _LINKS:
        (folder / link).symlink_to((PROJECT / link).resolve())
    return Workplace(folder)
