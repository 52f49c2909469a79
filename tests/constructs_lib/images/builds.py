"""The CodeBuild project of an environment, and its script run with programs that only note."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.constructs_lib.conftest import Stacks


def project(stacks: Stacks) -> dict[str, Any]:
    (found,) = stacks.resources("Registry", "AWS::CodeBuild::Project")
    return found


def variables(stacks: Stacks) -> dict[str, Any]:
    rows = project(stacks)["Environment"]["EnvironmentVariables"]
    assert {row["Type"] for row in rows} == {"PLAINTEXT"}
    return {row["Name"]: row["Value"] for row in rows}


def phases(stacks: Stacks) -> dict[str, list[str]]:
    """The commands of each phase of the build."""
    spec = json.loads(project(stacks)["Source"]["BuildSpec"])
    return {name: phase["commands"] for name, phase in spec["phases"].items()}


def script(stacks: Stacks) -> str:
    """The script that builds and pushes."""
    (command,) = phases(stacks)["build"]
    return command


def run_build(
    folder: Path, *, script: str, tag_exists: bool, docker: str = "exit 0", aws: str | None = None
) -> list[str]:
    """Run the build's script; `aws` and `docker` only write down how they were called."""
    log = folder / "log"
    if aws is None:
        aws = "exit 0" if tag_exists else 'case "$2" in describe-images) exit 254;; esac'
    for program, answer in (("aws", aws), ("docker", docker)):
        path = folder / program
        path.write_text(f'#!/bin/sh\necho "{program} $*" >> "{log}"\n{answer}\n')
        path.chmod(0o755)
    environment = {
        "PATH": f"{folder}:/usr/bin:/bin",
        "TMPDIR": str(folder),
        "IMAGE_TAG": "abc",
        "REPOSITORY_NAME": "repo",
        "REPOSITORY_URI": "111122223333.dkr.ecr.test/repo",
    }
    subprocess.run(["bash", "-c", script], env=environment, check=True, capture_output=True)
    return log.read_text().splitlines()
