"""Paths of the project, of the CDK command line and of the sandbox's folder."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CDK = PROJECT / "node_modules" / ".bin" / "cdk"
LOGS = PROJECT / ".cache" / "logs"


def sandbox_folder() -> Path:
    """Return the folder of the sandbox: `KIBAN_SANDBOX`, else `.sandbox` of the project."""
    chosen = os.environ.get("KIBAN_SANDBOX")
    return Path(chosen).resolve() if chosen else PROJECT / ".sandbox"


def display_path(path: Path) -> str:
    """Return `path`, relative to the project's folder when it is inside."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
