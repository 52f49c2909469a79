"""No client of a Python program leaves the sandbox, whatever address the program names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.templates.synthesis import REPO

FOLDER = REPO / "sandbox/python_clients"
SANDBOX = "http://127.0.0.1:9"
REAL = "https://sts.us-east-1.amazonaws.com"
_ASKS = """
import sys
import boto3
client = boto3.client("sts", endpoint_url=sys.argv[1] or None)
print(client.meta.endpoint_url)
"""


def printed(code: str, *words: str, url: str = SANDBOX, path: str = "") -> str:
    """What a program prints that is started as `env export` has it."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(filter(None, [str(FOLDER), path])),
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("named", "called"),
    [
        ("", SANDBOX),
        (REAL, SANDBOX),
        ("http://169.254.169.254", SANDBOX),
        ("http://127.0.0.1:4599", "http://127.0.0.1:4599"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_a_client_that_is_told_another_machine_calls_the_sandbox(named: str, called: str) -> None:
    assert printed(_ASKS, named) == called


def test_without_a_sandbox_a_program_calls_whom_it_names() -> None:
    assert printed(_ASKS, REAL, url="https://proxy.example.com") == REAL


def test_a_program_without_botocore_gets_none() -> None:
    assert printed("import sys; print('botocore' in sys.modules)") == "False"


def test_a_module_of_this_name_that_was_there_is_run_too(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('mine')")

    assert printed(_ASKS, REAL, path=str(tmp_path)).splitlines() == ["mine", SANDBOX]
