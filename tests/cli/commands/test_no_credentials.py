"""Without credentials a command that calls AWS says so at once, before it synthesises anything."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from cli import program
from cli.aws import connection
from cli.command_table import KIBAN
from tests.cli.test_command_table import commands

# Those that call no AWS: they read files, or the sandbox of this machine.
OWN = {"demo", "up", "down", "review", "env new", "env compare", "env export", "sandbox save"}
OWN |= {"sandbox load", "container test", "container new", "notebook open", "data put", "predict"}
OWN |= {"completion"}
CALLING = [
    "doctor",
    "plan",
    "plan --no-change-sets",
    "deploy --yes",
    "deploy --yes --as-new",
    "deploy --yes --prune",
    "destroy --yes",
    "status",
    "drift",
    "verify --max-usd 5 --yes",
    "prices refresh",
    "notebook upgrade --to notebook-al2023-v2 --yes",
    "train churn",
    "train churn --data-version one",
    "runs churn",
    "models churn",
    "report churn",
    "approve churn 1",
    "reject churn 1",
    "promote churn --from staging --to prod",
    "data list churn",
    "logs churn",
    "logs churn --endpoint",
    "logs churn --run",
]


class Nobody:
    """A client of a service of AWS, every call of which raises `error`."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, error: type[BaseException] = NoCredentialsError) -> None:
        self._error = error

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            raise self._error

        return call

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=getattr(self, operation))


def never(*given: Any, **named: Any) -> Any:
    raise AssertionError("a program was started before the credentials were looked at")


@pytest.mark.parametrize("line", CALLING)
def test_nothing_is_started_without_credentials(
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    session = SimpleNamespace(get_credentials=lambda: None)
    monkeypatch.setattr(connection, "_aws_client", lambda *given: Nobody())
    monkeypatch.setattr(connection, "_aws_session", lambda region: session)
    monkeypatch.setattr(program, "PROJECT", tmp_path)
    monkeypatch.setattr(subprocess.Popen, "__init__", never)
    if line == "doctor":
        # It looks at the tools as well, which it starts.
        monkeypatch.setattr("cli.environments.deployment_checks.check_tools", list)

    code = program.main(line.split())

    output = capsys.readouterr()
    said = " ".join((output.out + output.err).lower().split())
    assert (code, "no credentials" in said, "log in" in said) == (1, True, True), said


def test_every_command_calls_aws_or_is_known_not_to() -> None:
    names = {one.name for one in commands(KIBAN)}

    assert {name for name in names if not any(line.startswith(name) for line in CALLING)} <= OWN


@pytest.mark.parametrize("line", CALLING)
def test_a_ctrl_c_while_aws_is_called_is_one_line_and_one_document(
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def interrupted(*given: Any) -> None:
        raise KeyboardInterrupt

    session = SimpleNamespace(get_credentials=interrupted)
    monkeypatch.setattr(connection, "_aws_client", lambda *given: Nobody(KeyboardInterrupt))
    monkeypatch.setattr(connection, "_aws_session", lambda region: session)
    monkeypatch.setattr(subprocess.Popen, "__init__", never)
    monkeypatch.setattr("cli.environments.deployment_checks.check_tools", list)

    code = program.main([*line.split(), "--json"])

    output = capsys.readouterr()
    (said,) = output.err.splitlines()
    assert (code, "interrupted" in said) == (130, True)
    assert json.loads(output.out) == {"error": {"exit_code": 130, "message": said}}
