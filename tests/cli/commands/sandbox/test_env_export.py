"""Any client of AWS calls the sandbox with what is printed, and with nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import Screen, kiban, require_one_line

_WHO = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def asked(lines: str, program: str = _WHO) -> subprocess.CompletedProcess[str]:
    """Run a program of boto3's in a shell that has read these lines, as a user's would."""
    mine = {"PATH": os.environ["PATH"], "AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "mine"}
    script = f'{lines}\nexec "$0" -c "$1"'
    return subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, program],
        env=mine,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shell_that_reads_it_calls_the_sandbox(started: tuple[Path, Screen]) -> None:
    folder, _ = started
    printed = kiban("env", "export", folder=folder)
    assert printed.code == 0, printed.err

    known, unknown = asked(printed.out), asked(f"{printed.out}\nAWS_SECRET_ACCESS_KEY=guessed")

    assert known.stdout.strip() == state_of(folder)["account"], known.stderr
    assert unknown.returncode != 0
    assert "SignatureDoesNotMatch" in unknown.stderr


def test_a_machine_gets_the_same_variables(started: tuple[Path, Screen]) -> None:
    folder, _ = started

    found = json.loads(kiban("env", "export", "--json", folder=folder).out)

    assert found["AWS_ENDPOINT_URL"] == state_of(folder)["url"]
    assert found["AWS_SECRET_ACCESS_KEY"] == state_of(folder)["secret"]


def test_the_secret_is_printed_nowhere_else(started: tuple[Path, Screen]) -> None:
    folder, up = started
    again = kiban("up", "--json", folder=folder)

    assert state_of(folder)["secret"] not in up.out + up.err + again.out + again.err


def test_without_a_sandbox_it_says_how_to_start_one(tmp_path: Path) -> None:
    message = require_one_line(kiban("env", "export", folder=tmp_path), 1)

    assert "./kiban up" in message
