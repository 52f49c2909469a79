"""Where the command line finds the project and keeps what belongs to a running sandbox."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CDK = PROJECT / "node_modules" / ".bin" / "cdk"
LOGS = PROJECT / ".cache" / "logs"


def sandbox_folder() -> Path:
    """Folder of the sandbox in use: `KIBAN_SANDBOX`, else `.sandbox` of the project."""
    chosen = os.environ.get("KIBAN_SANDBOX")
    return Path(chosen).resolve() if chosen else PROJECT / ".sandbox"


def shown(path: Path) -> str:
    """Return `path` as a person in the project's folder would type it."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
