"""Which versions of tools and of the bootstrap are new enough, and what an unread quota means."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.environments import deployment_checks, service_quotas
from tests.cli.service import Service, environment, refused
from tests.templates.environments import make_environment


def program(folder: Path, script: str, name: str, oldest: int) -> tuple[str, str]:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    found = deployment_checks._program(name, [str(file)], oldest)
    return found.level, found.note


@pytest.mark.parametrize(
    ("script", "name", "level", "note"),
    [
        ("echo v22.0.0", "Node", "ok", "22.0.0"),
        ("echo v21.9.9", "Node", "fail", "21.9.9 does not fit"),
        ("echo v24.1.0", "Node", "ok", "24.1.0"),
        ("echo 22.1000.0 '(build x)'", "CDK command line", "fail", "22.1000.0 does not fit"),
        ("echo none", "Node", "fail", "none does not fit"),
        ("true", "Node", "fail", "? does not fit"),
        ("echo v22.0.0; exit 1", "Node", "fail", "does not run"),
    ],
)
def test_a_program_has_to_run_and_to_be_new_enough(
    script: str, name: str, level: str, note: str, tmp_path: Path
) -> None:
    assert program(tmp_path, script, name, 22) == (level, note)


@pytest.mark.parametrize(
    ("version", "level"),
    [("2.0.0", "ok"), ("2.1148.0", "ok"), ("1.9.0", "fail"), ("3.0.0", "fail")],
)
def test_only_version_two_of_the_cdk_command_line_reads_the_assemblies(
    version: str, level: str, tmp_path: Path
) -> None:
    assert program(tmp_path, f"echo {version}", "CDK command line", 2)[0] == level


def test_a_program_that_is_not_there_does_not_run(tmp_path: Path) -> None:
    found = deployment_checks._program("Node", [str(tmp_path / "none")], 22)

    assert (found.level, found.note, found.advice) == (
        "fail",
        "does not run",
        "install it with: make setup",
    )


@pytest.mark.parametrize(
    ("python", "node", "levels"),
    [
        ((3, 11, 5), 22, ["ok", "ok"]),
        ((3, 12, 0), 22, ["ok", "ok"]),
        ((3, 11, 4), 22, ["fail", "ok"]),
        ((3, 11, 5), 21, ["ok", "fail"]),
    ],
)
def test_the_oldest_tools_that_do_are_python_3_11_5_and_node_22(
    python: tuple[int, ...],
    node: int,
    levels: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binary = tmp_path / ".venv" / "bin" / "node"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\necho v{node}.0.0\n")
    binary.chmod(0o755)
    monkeypatch.setattr(deployment_checks, "PROJECT", tmp_path)
    monkeypatch.setattr(deployment_checks, "CDK", tmp_path / "cdk")
    monkeypatch.setattr(sys, "version_info", (*python, "final", 0))

    found = list(deployment_checks.check_tools())

    assert [one.level for one in found] == [*levels, "fail"]
    assert [one.subject for one in found] == ["Python", "Node", "CDK command line"]


class Missing(ClientError):
    """What SSM says of a parameter that is not there."""


class Account(Service):
    """An account with this bootstrap."""

    exceptions = SimpleNamespace(ClientError=ClientError, ParameterNotFound=Missing)

    def __init__(self, bootstrap: Any, identity: Any = None) -> None:
        super().__init__(
            get_parameter=[bootstrap], get_caller_identity=[identity or {"Account": "1"}]
        )


def version(number: int) -> dict[str, Any]:
    return {"Parameter": {"Value": str(number)}}


@pytest.mark.parametrize(
    ("answer", "level", "note", "advice"),
    [
        (version(6), "ok", "version 6", ""),
        (version(21), "ok", "version 21", ""),
        (version(5), "fail", "version 5, 6 or later is needed", "cdk bootstrap aws://1/us-east-1"),
        (Missing({}, "x"), "fail", "this account and region are not bootstrapped", "aws://1/us-e"),
        (refused("AccessDenied", "not you"), "warn", "not you", "ask for ssm:GetParameter"),
    ],
)
def test_a_bootstrap_is_new_enough_missing_or_hidden(
    answer: Any, level: str, note: str, advice: str
) -> None:
    config = make_environment()
    connection = SimpleNamespace(region="us-east-1")
    env = environment(Account(answer), connection=connection, config=config)

    found = deployment_checks.check_bootstrap(env)

    assert (found.level, found.note) == (level, note)
    assert advice in found.advice


@pytest.mark.parametrize(
    ("pinned", "identity", "level", "note", "advice"),
    [
        (None, {"Account": "1"}, "ok", "account 1", ""),
        ("1", {"Account": "1"}, "ok", "account 1", ""),
        ("2", {"Account": "1"}, "fail", "account 1, but config/dev.toml says 2", "log in to that"),
        (None, refused("ExpiredToken"), "fail", "your credentials have expired", "renew them"),
        (None, ValueError("x"), "fail", "ValueError: x", "log in: aws sso login"),
    ],
)
def test_credentials_have_to_be_of_the_account_that_the_file_names(
    pinned: str | None, identity: Any, level: str, note: str, advice: str
) -> None:
    config = SimpleNamespace(platform=SimpleNamespace(account=pinned))
    env = environment(Account({}, identity), config=config, file="config/dev.toml")

    found = deployment_checks.check_account(env)

    assert (found.level, found.subject, found.note) == (level, "credentials", note)
    assert found.advice.startswith(advice)


@pytest.mark.parametrize(
    ("error", "note", "advice"),
    [
        (refused("AccessDeniedException", "no"), "permission denied, so", "ask for servicequotas"),
        (refused("Throttling", "slow"), "slow", "look under Service Quotas, SageMaker"),
    ],
)
def test_quotas_that_cannot_be_read_are_a_warning_with_its_reason(
    error: ClientError, note: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(client: Any) -> None:
        raise error

    monkeypatch.setattr(service_quotas, "read_quotas", refuse)
    config: Any = None

    (found,) = deployment_checks.check_service_quotas(config, Service())

    assert found.level == "warn"
    assert found.note.startswith(note)
    assert found.advice.startswith(advice)
