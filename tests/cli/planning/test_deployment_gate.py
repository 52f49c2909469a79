"""A deployment that AWS would refuse ends before anything is touched."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands.environment import drift as drift_command
from cli.commands.environment import plan as plan_command
from cli.deployment import cdk_command
from cli.planning.deployment_gate import require_deployable
from cli.program import main
from cli.terminal.errors import Refused
from tests.cli.planning.conftest import Deployed
from tests.reviewer.planted import setting

pytestmark = pytest.mark.acceptance

_SMALLER = setting("AWS::SageMaker::NotebookInstance", "", "VolumeSizeInGB", 10)


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The assembly lies there already, so that the gate need not synthesise it."""
    monkeypatch.setattr(cdk_command, "run_cdk", lambda *_: None)


def test_what_aws_would_refuse_ends_with_the_steps_and_changes_nothing(
    prod: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prod.physical_ids()
    undo = prod.edit("Workbench", _SMALLER)
    try:
        with pytest.raises(Refused, match="this deployment will be refused, 2 reasons") as refusal:
            require_deployable(prod.env, prod.cdk_out)
    finally:
        undo()

    shown = capsys.readouterr()
    assert refusal.value.exit_code == 4
    assert "delete-stack --stack-name kiban-prod-Workbench" in shown.err
    assert shown.out == ""
    assert prod.physical_ids() == before


def test_what_nothing_speaks_against_is_planned_and_goes_on(prod: Deployed) -> None:
    found = require_deployable(prod.env, prod.cdk_out)

    assert found is not None
    assert found.exit_code == 0


def test_a_new_environment_is_not_looked_at(prod: Deployed) -> None:
    elsewhere = replace(prod.env, connection=prod.env.connection.in_region("eu-west-1"))

    assert require_deployable(elsewhere, Path("nowhere")) is None


@pytest.fixture
def typed(prod: Deployed, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command in this process, which is the sandbox's; returns its exit code."""

    def run(*words: str) -> int:
        for module in (plan_command, drift_command):
            monkeypatch.setattr(module, "open_environment", lambda *_, **__: prod.env)
        return main([*words, "--env", "prod", "--sandbox"])

    return run


@pytest.mark.parametrize(("edits", "code"), [(False, 0), (True, 4)])
def test_the_exit_code_of_a_plan_says_whether_aws_refuses_something(
    edits: bool,
    code: int,
    prod: Deployed,
    typed: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    undo = prod.edit("Workbench", _SMALLER) if edits else lambda: None
    try:
        ended = typed("plan", "--assembly", str(prod.cdk_out), "--json")
    finally:
        undo()

    assert ended == code
    assert json.loads(capsys.readouterr().out)["exit_code"] == code


def test_a_person_reads_the_verdict_and_the_steps(
    prod: Deployed, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    undo = prod.edit("Workbench", _SMALLER)
    try:
        typed("plan", "--assembly", str(prod.cdk_out))
    finally:
        undo()

    shown = capsys.readouterr().out
    assert "Will be refused" in shown
    assert "→ ./kiban deploy --env prod" in shown
    assert "Idle cost: USD" in shown


def test_drift_ends_with_0_where_nobody_touched_anything(
    typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = typed("drift")

    assert "everything is as it was deployed" in capsys.readouterr().out
    assert ended == 0


def test_drift_ends_with_3_and_names_what_was_changed(
    prod: Deployed, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    key = next(
        physical_id
        for (stack, logical_id), physical_id in prod.physical_ids().items()
        if stack == "kiban-prod-Storage" and logical_id.startswith("Key")
    )
    prod.env.aws("kms").disable_key_rotation(KeyId=key)
    try:
        ended = typed("drift")
    finally:
        prod.env.aws("kms").enable_key_rotation(KeyId=key)

    assert "EnableKeyRotation: True → " in capsys.readouterr().out
    assert ended == 3
