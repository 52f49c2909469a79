"""Synthesis of a checkout with the CDK command line, without AWS and without the network."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.system.child_processes import process_group
from cli.system.project_paths import CDK, LOGS, PROJECT, display_path
from cli.terminal.errors import Failure

_ERRORS = ("Error", "error:", "rror at", ".toml:")


def synthesise(checkout: Path, assembly: Path, log: Path) -> None:
    """Synthesise every environment of `checkout` into `assembly`; raises Failure with the reason.

    Findings of the rule packs are no failure here, as the review reports them.
    """
    require_cdk()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [str(CDK), "synth", "**", "--quiet", "--no-color", "--output", str(assembly)],
            cwd=checkout,
            env=_environment(checkout),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode and not (assembly / "validation-report.json").exists():
        reason = _reason(log.read_text(encoding="utf-8", errors="replace"))
        raise Failure(f"CDK: {reason}; all of it: {display_path(log)}")


def synthesise_project(folder: Path) -> Path:
    """Synthesise this checkout into `folder` and return the assembly's folder."""
    synthesise(PROJECT, folder / "cdk.out", LOGS / "review.log")
    return folder / "cdk.out"


@contextmanager
def synthesis_in_background(command: list[str], log: Path) -> Iterator[Callable[[], None]]:
    """Begin a synthesis, and yield what waits for its end; that raises Failure with the reason.

    Nothing of it is left after the block, however that ends.
    """
    require_cdk()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [*command, "--no-color"],
                cwd=PROJECT,
                env=_environment(PROJECT),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        with process_group(start) as child:

            def finish() -> None:
                if child.wait():
                    reason = _reason(log.read_text(encoding="utf-8", errors="replace"))
                    raise Failure(f"CDK: {reason}; all of it: {display_path(log)}")

            yield finish


def require_cdk() -> None:
    """Raise Failure unless the pinned CDK command line is installed."""
    if not CDK.exists():
        raise Failure(f"{display_path(CDK)}: not there; install it with: make setup")


def _environment(checkout: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    clean |= {"PYTHONPATH": str(checkout), "AWS_EC2_METADATA_DISABLED": "true"}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return clean | nowhere


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if any(word in line for word in _ERRORS)]
    return errors[0] if errors else "it does not synthesise"
