"""What a command has to make sure of is looked at before anything is changed."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.environment import deploy, destroy, review
from cli.commands.model import train
from cli.deployment import cdk_command, cdk_synthesis
from cli.environments.environment import DeployedStack
from cli.terminal.errors import Failure, WrongInput


class Refused(Exception):
    """What a check raises here."""


def refuse(*given: Any, **named: Any) -> Any:
    raise Refused


def never(*given: Any, **named: Any) -> Any:
    raise AssertionError("this was done before the check")


def test_stacks_that_cannot_be_deleted_are_not_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = DeployedStack("kiban-test-Storage", "OK", None, {}, {}, is_protected=True)  # type: ignore[arg-type]
    env = SimpleNamespace(stacks=lambda: {"Storage": stack})
    monkeypatch.setattr(destroy, "open_environment", lambda name, sandbox: env)
    monkeypatch.setattr(destroy, "require_deletable", refuse)
    monkeypatch.setattr(destroy, "destroy_stacks", never)
    monkeypatch.setattr(destroy, "retained_resources", never)

    with pytest.raises(Refused):
        destroy.destroy(yes=True)


def test_a_region_without_a_type_is_found_before_a_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deploy, "open_environment", lambda name, sandbox: SimpleNamespace())
    monkeypatch.setattr(deploy, "require_types", refuse)
    monkeypatch.setattr(deploy, "deploy_environment", never)

    with pytest.raises(Refused):
        deploy.deploy(yes=True)


def test_data_that_is_not_ready_starts_no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "open_model", lambda env, model, sandbox: SimpleNamespace())
    monkeypatch.setattr("cli.data.data_versions.require_ready", refuse)
    monkeypatch.setattr("cli.models.workflow_runs.start_run", never)

    with pytest.raises(Refused):
        train.train("churn", data_version="v1")


def test_a_training_that_is_waited_for_has_to_register(monkeypatch: pytest.MonkeyPatch) -> None:
    run = SimpleNamespace(name="n", state="refused", package="3")
    monkeypatch.setattr(train, "open_model", lambda env, model, sandbox: SimpleNamespace())
    monkeypatch.setattr("cli.models.workflow_runs.start_run", lambda *given: "arn")
    monkeypatch.setattr(train, "wait_for_run", lambda *given: run)

    with pytest.raises(Failure, match="the gate refused the candidate"):
        train.train("churn", wait=True, as_json=True)


@pytest.mark.parametrize("module", [cdk_command, cdk_synthesis])
def test_nothing_is_synthesised_without_a_command_line_to_do_it(
    module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "logs" / "cdk.log"
    calls: dict[str, Callable[[], object]] = {
        "cdk_command": lambda: cdk_command.run_cdk(SimpleNamespace(), [], log, never),  # type: ignore[arg-type]
        "cdk_synthesis": lambda: cdk_synthesis.synthesise(tmp_path, tmp_path, log),
    }
    monkeypatch.setattr(module, "require_cdk", refuse)

    with pytest.raises(Refused):
        calls[module.__name__.rpartition(".")[2]]()
    assert not log.parent.exists()


def test_what_is_not_committed_is_compared_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(review, "commit_of", lambda base: "commit")
    monkeypatch.setattr(review, "require_committed", refuse)
    monkeypatch.setattr(review, "review_by_base", never)

    with pytest.raises(Refused):
        review.review(base="main")
    with pytest.raises(AssertionError, match="before the check"):
        review.review(base="main", uncommitted=True)
    with pytest.raises(WrongInput, match="--check and --base exclude each other"):
        review.review(base="main", check=True)
    with pytest.raises(WrongInput, match="nowhere"):
        review.review(env="nowhere")
