"""Version of this project, the only place that has it, and of what its templates are made with."""

import json
import platform
from importlib import metadata

from cli.system.project_paths import CDK

VERSION = "0.1.0-dev"
"""A semantic version; it ends with `-dev` while the changelog's newest part is unreleased."""
_NOT_THERE = "not installed; run: make setup"


def versions() -> dict[str, str]:
    """Return the version of each part by its name, without starting or importing one."""
    return {
        "kiban": VERSION,
        "python": platform.python_version(),
        "aws-cdk": _cdk_version(),
        "aws-cdk-lib": _library_version(),
    }


def _cdk_version() -> str:
    """Return the version of the CDK command line, which takes half a second to say it itself."""
    try:
        package = CDK.resolve().parents[1] / "package.json"
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return _NOT_THERE


def _library_version() -> str:
    try:
        return metadata.version("aws-cdk-lib")
    except metadata.PackageNotFoundError:
        return _NOT_THERE
