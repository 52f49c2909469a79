"""Stops this notebook instance once nobody and nothing has worked on it for a while.

It runs as root from a systemd timer, by the system's Python (3.9 on Amazon Linux 2023) and with
the standard library only, because nothing else is certain to be there.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")
BOTO3_STOP = (
    "import sys, boto3; boto3.client('sagemaker', region_name=sys.argv[1])"
    ".stop_notebook_instance(NotebookInstanceName=sys.argv[2])"
)
CONDA = "/home/ec2-user/anaconda3"
CLIS = ("aws", f"{CONDA}/bin/aws")
PYTHONS = (f"{CONDA}/envs/JupyterSystemEnv/bin/python", f"{CONDA}/bin/python")


class AutoStopError(Exception):
    """Idleness cannot be judged or the instance cannot be stopped; the text is one line."""


class Machine(NamedTuple):
    """What the operating system says: seconds since it started, 15-minute load average."""

    uptime_seconds: float
    load: float


class Limits(NamedTuple):
    """Quiet for this long is idle; a load from here on is work."""

    idle_seconds: float
    busy_load: float


def activity_reason(jupyter: dict[str, Any], machine: Machine, limits: Limits) -> str | None:
    """Why the instance is in use, or None when it is idle.

    `jupyter` holds the answers of `/api/kernels` and `/api/terminals`. An open browser tab alone
    is no work: connections are not looked at.
    """
    if machine.uptime_seconds < limits.idle_seconds:
        return f"it started {machine.uptime_seconds / 60:.0f} minutes ago"
    if machine.load >= limits.busy_load:
        return f"the load average is {machine.load:.2f}"
    for kernel in jupyter["kernels"]:
        if kernel["execution_state"] == "busy":
            return f"kernel {kernel['name']} is busy"
    for kind in ("kernels", "terminals"):
        for item in jupyter[kind]:
            quiet = time.time() - _moment(item["last_activity"])
            if quiet < limits.idle_seconds:
                return f"{kind[:-1]} {item['name']} was used {max(quiet, 0) / 60:.0f} minutes ago"
    return None


def _moment(text: str) -> float:
    """Seconds since the epoch of a time such as 2026-04-07T15:27:02.004000Z, always UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ask_jupyter(url: str) -> dict[str, Any]:
    """Kernels and terminals of the Jupyter server at `url`, which must be this machine."""
    if urlsplit(url).hostname not in LOOPBACK or not url.startswith("http"):
        raise AutoStopError(f"--url: only this machine may be asked, got {url!r}; use localhost")
    # The server's certificate is self-signed; on loopback there is nobody else to be.
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    answers = {}
    for kind in ("kernels", "terminals"):
        address = f"{url.rstrip('/')}/api/{kind}"
        try:
            with urllib.request.urlopen(address, timeout=20, context=unverified) as answer:
                answers[kind] = json.load(answer)
        except (OSError, ValueError) as error:
            raise AutoStopError(f"{address}: {error}; the nightly stop still applies") from None
    return answers


def read_machine() -> Machine:
    """Ask the kernel; the instance was started when its operating system was."""
    uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return Machine(uptime, os.getloadavg()[2])


def own_identity(metadata: Path) -> tuple[str, str]:
    """Region and name of this instance, from the file SageMaker writes."""
    try:
        data = json.loads(metadata.read_text(encoding="utf-8"))
        return data["ResourceArn"].split(":")[3], data["ResourceName"]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise AutoStopError(f"{metadata}: does not say who this is: {error!r}") from None


def stop(region: str, name: str) -> None:
    """Ask SageMaker to stop this instance, by whichever AWS client is installed.

    The AWS CLI is part of Amazon Linux; the conda environments of the image carry boto3.
    """
    words = ("sagemaker", "stop-notebook-instance", "--region", region)
    by_cli = [[cli, *words, "--notebook-instance-name", name] for cli in CLIS]
    by_boto3 = [[python, "-c", BOTO3_STOP, region, name] for python in PYTHONS]
    problems = []
    for command in by_cli + by_boto3:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        except FileNotFoundError:
            problems.append(f"{command[0]} is not there")
        except (subprocess.SubprocessError, OSError) as error:
            detail = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
            problems.append(f"{command[0]}: {detail[-1]}")
        else:
            return
    raise AutoStopError(f"{name} could not be stopped: {'; '.join(problems)}")


def main(arguments: list[str]) -> int:
    """Stop the instance when it is idle; 0 = judged (and stopped), 1 = could not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle-minutes", type=int, required=True)
    # A process that computes keeps one core busy; the daemons of an idle instance stay far below.
    parser.add_argument("--busy-load", type=float, default=0.5)
    parser.add_argument("--url", default="https://localhost:8443")
    parser.add_argument(
        "--metadata", type=Path, default=Path("/opt/ml/metadata/resource-metadata.json")
    )
    options = parser.parse_args(arguments)
    try:
        jupyter = ask_jupyter(options.url)
        limits = Limits(options.idle_minutes * 60, options.busy_load)
        try:
            reason = activity_reason(jupyter, read_machine(), limits)
        except (KeyError, TypeError, ValueError) as error:
            raise AutoStopError(f"{options.url}: not an answer of Jupyter: {error!r}") from None
        if reason is not None:
            print(f"in use: {reason}")
            return 0
        region, name = own_identity(options.metadata)
        print(f"idle for {options.idle_minutes} minutes; stopping {name}")
        stop(region, name)
    except AutoStopError as error:
        print(f"auto_stop: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
