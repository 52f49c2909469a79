from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws.connection import Connection
from cli.commands.environment import deploy as command
from cli.deployment import endpoint_retype
from cli.environments.environment import Environment
from config.loader import load_environment
from tests.cli.terminal import PROJECT, kiban, require_one_line, with_file


def test_deploying_to_aws_unattended_needs_consent(tmp_path: Path) -> None:
    assert "--yes" in require_one_line(kiban("deploy", folder=tmp_path), 2)


def test_a_region_that_cannot_hold_the_stacks_is_refused_before_anything_is_made(
    tmp_path: Path,
) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "dev", dev.replace("us-east-1", "cn-north-1"))

    message = require_one_line(kiban("deploy", "--yes", folder=folder), 2)

    assert "cn-north-1 has no AWS::SageMaker::ModelPackageGroup" in message


def test_credentials_are_asked_for_before_a_synthesis(tmp_path: Path) -> None:
    message = require_one_line(kiban("deploy", "--yes", folder=tmp_path), 1)

    # What the CDK says of it comes after a synthesis, and begins with its name.
    assert message == (
        "kiban-dev: no credentials found; log in (aws sso login, aws configure) or add --sandbox"
    )


class Denied:
    """A CloudFormation client that describes one stack by its name, and never all of them."""

    class exceptions:
        ClientError = ClientError

    def __init__(self, *allowed: str) -> None:
        self._allowed = allowed

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if not StackName.endswith(self._allowed):
            response: Any = {"Error": {"Code": "AccessDenied", "Message": "no"}}
            raise ClientError(response, "DescribeStacks")
        described = {"StackName": StackName, "StackStatus": "CREATE_COMPLETE", "CreationTime": None}
        return {"Stacks": [described]}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self) -> Any:
        yield self.describe_stacks("all")


def environment_with(client: Denied, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setattr(Connection, "client", lambda *_: client)
    return Environment(load_environment("dev"), Connection("us-east-1"))


@pytest.mark.parametrize("as_json", [False, True])
def test_a_finished_deployment_has_not_failed_when_its_outputs_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    environment = environment_with(Denied("nothing"), monkeypatch)
    monkeypatch.setattr(command, "open_environment", lambda *_, **__: environment)
    monkeypatch.setattr(command, "deployment_lock", nullcontext)
    for before in ("require_account", "require_not_elsewhere", "_deploy"):
        monkeypatch.setattr(command, before, lambda *_, **__: None)

    command.deploy(env="dev", sandbox=False, yes=True, as_json=as_json)

    output = capsys.readouterr()
    assert output.out == ("{}\n" if as_json else "")
    assert output.err == (
        "kiban-dev is deployed; its outputs cannot be read: AWS: DescribeStacks is not allowed: no;"
        " ask for that permission\n"
        "not looked for stacks that config/dev.toml no longer has: AWS: DescribeStacks is not "
        "allowed: no; ask for that permission\n"
    )


@pytest.mark.parametrize("looks", ["find_removed_stacks", "warn_of_removed"])
def test_a_finished_deployment_has_not_failed_when_nobody_knows_what_else_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], looks: str
) -> None:
    environment = environment_with(Denied("Storage"), monkeypatch)
    monkeypatch.setattr(command, "open_environment", lambda *_, **__: environment)
    monkeypatch.setattr(command, "deployment_lock", nullcontext)
    for before in ("require_account", "require_not_elsewhere", "_deploy", "_report"):
        monkeypatch.setattr(command, before, lambda *_, **__: None)
    monkeypatch.setattr(command, "find_removed_stacks", lambda _: None)

    def throttled(*_: object) -> None:
        response: Any = {"Error": {"Code": "Throttling", "Message": "Rate\nexceeded"}}
        raise ClientError(response, "DescribeStacks")

    monkeypatch.setattr(command, looks, throttled)

    command.deploy(env="dev", sandbox=False, yes=True)

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("not looked for stacks that config/dev.toml no longer has: ")
    assert "was called too often" in line


def test_who_may_not_describe_all_stacks_of_an_account_is_shown_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = environment_with(Denied("Storage", "Registry", "churn", "Workbench", "ing"), monkeypatch)
    monkeypatch.setattr("cli.environments.environment._DESCRIBED_ONE_BY_ONE", 0)

    assert all(own.stacks().values())


def test_a_role_that_may_only_deploy_looks_for_scaled_endpoints_as_the_role_of_the_cdk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = environment_with(Denied("nothing"), monkeypatch)
    cdk = replace(own, connection=Connection("us-east-1", role="deploy"))
    looked: list[Environment] = []

    def find_none(env: Environment) -> list[Any]:
        looked.append(env)
        return []

    monkeypatch.setattr(command, "require_deployable", lambda *_: "plan")
    monkeypatch.setattr(command, "in_deploy_role", lambda *_: cdk)
    monkeypatch.setattr(endpoint_retype, "find_retypes", find_none)
    monkeypatch.setattr(command, "adopt_kept_resources", lambda *_, **__: True)
    monkeypatch.setattr(command, "deploy_environment", lambda *_, **__: None)

    command._deploy(own, is_asked=False)

    assert looked == [cdk]
