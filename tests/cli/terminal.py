"""Types a command line and looks at what a person would see."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cli.documents import require_documented
from tests.forking import ForkServer, Program

PROJECT = Path(__file__).parents[2]
COMMANDS = ForkServer("boto3", "botocore.client", "cli.*")


@dataclass(frozen=True)
class Screen:
    """What a finished command left behind."""

    code: int
    out: str
    err: str


def kiban(
    *words: str, folder: Path, given: str = "", variables: dict[str, str] | None = None
) -> Screen:
    """Run `kiban words` as a process of its own, with the sandbox of `folder` and nobody's AWS."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    clean |= {"KIBAN_SANDBOX": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    clean |= {"HOME": str(folder), "COLUMNS": "100"}
    clean |= {"PYTHONPATH": str(PROJECT), **(variables or {})}
    place = folder if (folder / "config").is_dir() else PROJECT
    program = Program(("cli", *words), clean, str(place), given)
    # What Python reads when it starts, a fork cannot read again.
    starts_anew = any(name.startswith("PYTHON") for name in variables or {})
    done = _real(program) if starts_anew else COMMANDS.run(program)
    if "--json" in words:
        require_documented(words, done.stdout)
    return Screen(done.returncode, done.stdout, done.stderr)


def _real(program: Program) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *program.words],
        cwd=program.folder,
        env=program.environment,
        input=program.given,
        capture_output=True,
        text=True,
    )


def with_file(folder: Path, env: str, text: str) -> Path:
    """Return `folder`, now a place where `config/<env>.toml` says `text`."""
    shutil.copytree(PROJECT / "config", folder / "config")
    (folder / "config" / f"{env}.toml").write_text(text)
    return folder


def require_one_line(screen: Screen, code: int) -> str:
    """Return the one line a refused command may say."""
    assert screen.code == code, screen
    assert "Traceback" not in screen.err
    assert "\x1b" not in screen.out + screen.err
    lines = screen.err.splitlines()
    assert len(lines) == 1, screen.err
    return lines[0]
