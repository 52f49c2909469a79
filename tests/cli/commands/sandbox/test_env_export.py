"""Any client of AWS calls the sandbox with what is printed, and with nothing else."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from cli.environments.environment_loader import in_sandbox
from cli.sandbox.sandbox_state import require_sandbox
from config.loader import load_environment
from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import Screen, kiban, require_one_line

_WHO = """
import boto3
# As the SageMaker SDKs do, which AWS_ENDPOINT_URL alone would not keep in the sandbox.
sts = boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com")
print(sts.get_caller_identity()["Account"])
"""

_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_MAY_LIST_TOPICS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}],
    }
)


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
    # Of whom the SDKs tell nothing to AWS, and whose own defaults they do not read.
    for who in ("ADMIN", "USER"):
        assert (
            "TelemetryOptOut: true" in Path(found[f"SAGEMAKER_{who}_CONFIG_OVERRIDE"]).read_text()
        )


def test_the_secret_is_printed_nowhere_else(started: tuple[Path, Screen]) -> None:
    folder, up = started
    again = kiban("up", "--json", folder=folder)

    assert state_of(folder)["secret"] not in up.out + up.err + again.out + again.err


def test_without_a_sandbox_it_says_how_to_start_one(tmp_path: Path) -> None:
    message = require_one_line(kiban("env", "export", folder=tmp_path), 1)

    assert "./kiban up" in message


@pytest.fixture
def role(started: tuple[Path, Screen]) -> str:
    """A role that trusts a notebook alone, and may list topics."""
    folder, _ = started
    iam = in_sandbox(load_environment("dev"), require_sandbox(folder)).aws("iam")
    name = f"notebook-{uuid.uuid4().hex[:6]}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_TRUST)
    iam.put_role_policy(RoleName=name, PolicyName="list", PolicyDocument=_MAY_LIST_TOPICS)
    return name


def test_with_a_role_a_shell_has_its_rights_and_no_others(
    started: tuple[Path, Screen], role: str
) -> None:
    folder, _ = started
    printed = kiban("env", "export", "--role", role, folder=folder)
    assert printed.code == 0, printed.err

    who = asked(
        printed.out, "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    )
    may = asked(printed.out, "import boto3; print(boto3.client('sns').list_topics()['Topics'])")
    may_not = asked(printed.out, "import boto3; boto3.client('sqs').list_queues()")

    assert f":assumed-role/{role}/" in who.stdout, who.stderr
    assert may.stdout.strip() == "[]", may.stderr
    assert "is not authorized to perform: sqs:ListQueues" in may_not.stderr


def test_a_role_may_be_named_by_its_arn(started: tuple[Path, Screen], role: str) -> None:
    folder, _ = started
    arn = f"arn:aws:iam::{state_of(folder)['account']}:role/{role}"

    found = json.loads(kiban("env", "export", "--role", arn, "--json", folder=folder).out)

    assert found["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert found["AWS_SECRET_ACCESS_KEY"] != state_of(folder)["secret"]


def test_an_unknown_role_is_answered_with_those_that_there_are(
    started: tuple[Path, Screen], role: str
) -> None:
    folder, _ = started
    foreign = f"arn:aws:iam::999999999999:role/{role}"

    for wrong in (f"{role}x", foreign):
        message = require_one_line(kiban("env", "export", "--role", wrong, folder=folder), 1)
        assert wrong in message
        assert role in message.partition("its roles: ")[2]
        assert "cdk-" not in message
