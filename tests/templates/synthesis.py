"""Runs `app.py` as the CDK CLI would; one result serves every worker of a test run."""

import fcntl
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

REPO = Path(__file__).parents[2]
# A proxy without a listener: a network call fails instead of getting a response.
_CLOSED_PROXY = "http://127.0.0.1:9"
_TIMEOUT_SECONDS = 180


@cache
def feature_flags() -> dict[str, Any]:
    """The context of cdk.json, which an app made in a test does not read by itself."""
    context: dict[str, Any] = json.loads((REPO / "cdk.json").read_text())["context"]
    return context


def synthesised_once(folder: Path) -> Path:
    """Every shipped environment in `folder`, written by whichever worker comes first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.with_suffix(".done")
        if not done.exists():
            _synthesise(folder)
            done.touch()
    return folder


def _synthesise(folder: Path) -> None:
    """Run `app.py` with no credentials, no settings of AWS and no network."""
    environment = {
        "PATH": os.environ["PATH"],
        "JSII_NODE": str(REPO / "constructs_lib/synthesis/cdk-node"),
        "HOME": os.environ.get("HOME", ""),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT", ""),
        "PYTHONPATH": str(REPO),
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(feature_flags()),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTP_PROXY": _CLOSED_PROXY,
        "HTTPS_PROXY": _CLOSED_PROXY,
    }
    run = subprocess.run(
        [sys.executable, "-O", "app.py"],
        cwd=REPO,
        env={key: value for key, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    # Open findings end in 1 with the report written; another test says which they are.
    assert (folder / "manifest.json").exists(), run.stderr[-3_000:]
