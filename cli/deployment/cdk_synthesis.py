"""Synthesis of a checkout with the CDK command line, without AWS and without the network."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.system.child_processes import process_group
from cli.system.project_paths import CDK, LOGS, PROJECT, display_path
from cli.system.system_errors import find_system_error
from cli.terminal.errors import Failure

_ERRORS = ("Error", "error:", "rror at", ".toml:")
# What the CDK command line adds to the context of cdk.json; each changes what is written.
_CONTEXT = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:disable-version-reporting": True,
    "aws:cdk:bundling-stacks": ["**"],
    "@aws-cdk/core:failSynthOnValidationErrors": False,
}
_UNCHECKED = Path("compare", "unchecked.py")


def synthesise(checkout: Path, assembly: Path, log: Path, *, is_checked: bool = True) -> None:
    """Synthesise every environment of `checkout` into `assembly`; raises Failure with the reason.

    Without checks there is no report of them, where the checkout can do without.

    Findings of the rule packs are no failure here, as the review reports them. The app is run as
    the CDK command line runs it, without that: it would take an eighth of the time, and only look
    for what needs AWS. Nothing that the app started is left.
    """
    require_cdk()
    command, context = _app(checkout)
    if not is_checked and (checkout / _UNCHECKED).exists():
        command = re.sub(r"\bapp\.py$", "-m compare.unchecked", command)
    own = {"CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": json.dumps(context)}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                command,
                shell=True,
                cwd=checkout,
                env=_environment(checkout) | own,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        with process_group(start) as child:
            code = child.wait()
    if not (assembly / "manifest.json").exists() or (
        code and not (assembly / "validation-report.json").exists()
    ):
        reason = _reason(log.read_text(encoding="utf-8", errors="replace"))
        raise Failure(f"CDK: {reason}; all of it: {display_path(log)}")


def _app(checkout: Path) -> tuple[str, dict[str, Any]]:
    """Return the app's command and context, as cdk.json and cdk.context.json say them."""
    try:
        settings = json.loads((checkout / "cdk.json").read_text(encoding="utf-8"))
        cached = checkout / "cdk.context.json"
        context = json.loads(cached.read_text(encoding="utf-8")) if cached.exists() else {}
        return str(settings["app"]), {**context, **settings.get("context", {}), **_CONTEXT}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"cdk.json: names no app ({error}); see: git diff cdk.json") from None


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
    # jsii says of every error of Node.js that it is one, and which on the next line.
    errors = [line for line in errors if not line.endswith("JavaScriptError:")]
    errors = [line for line in errors if not line.startswith("raise ")]
    return find_system_error(lines) or (errors[0] if errors else "it does not synthesise")
