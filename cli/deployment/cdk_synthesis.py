"""Synthesises a checkout with the real CDK command line, asking neither AWS nor the network."""

import os
import subprocess
from pathlib import Path

from cli.system.project_paths import CDK, LOGS, PROJECT, shown
from cli.terminal.errors import Failure

_TROUBLE = ("Error", "error:", "rror at", ".toml:")


def synthesise(checkout: Path, assembly: Path, log: Path) -> None:
    """Write every environment of `checkout` into `assembly`; Failure says why it cannot be.

    Open findings of the rule packs are no failure here: they are what a review is about.
    """
    require_cdk()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as kept:
        done = subprocess.run(
            [str(CDK), "synth", "**", "--quiet", "--no-color", "--output", str(assembly)],
            cwd=checkout,
            env=_environment(checkout),
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode and not (assembly / "validation-report.json").exists():
        told = _reason(log.read_text(encoding="utf-8", errors="replace"))
        raise Failure(f"CDK: {told}; all of it: {shown(log)}")


def synthesise_project(folder: Path) -> Path:
    """Synthesise this checkout into `folder` and return the assembly's folder."""
    synthesise(PROJECT, folder / "cdk.out", LOGS / "review.log")
    return folder / "cdk.out"


def require_cdk() -> None:
    """Raise Failure unless the pinned CDK command line is installed."""
    if not CDK.exists():
        raise Failure(f"{shown(CDK)}: not there; install it with: make setup")


def _environment(checkout: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    clean |= {"PYTHONPATH": str(checkout), "AWS_EC2_METADATA_DISABLED": "true"}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return clean | nowhere


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if any(word in line for word in _TROUBLE)]
    return told[0] if told else "it does not synthesise"
