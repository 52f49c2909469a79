"""What `kiban train` says of a run, and how it ends."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.commands.model import train
from cli.data import data_versions
from cli.models import workflow_runs
from cli.models.workflow_runs import Run
from cli.terminal.errors import Failure, Interrupted
from config.loader import load_environment
from tests.cli.service import Service, environment

DEV = load_environment("dev")
ENV = environment(Service(), config=DEV)


def run(status: str, **output: Any) -> Run:
    return Run("arn:x:run-1", status, datetime.now(UTC), None, {}, output, "")


REGISTERED = run(
    "SUCCEEDED", Outcome="registered", ModelPackageArn="g/7", Metrics={"auc": 0.5, "f1": 1}
)


@pytest.mark.parametrize("approval", ["manual", "automatic"])
def test_a_registered_version_says_what_is_next_where_a_person_approves(approval: str) -> None:
    model = DEV.models["churn"]
    gate = model.gate.model_copy(update={"approval": approval})
    models_ = {"churn": model.model_copy(update={"gate": gate})}
    env = environment(Service(), config=DEV.model_copy(update={"models": models_}))

    said = train.outcome_markup(env, "churn", REGISTERED)

    assert "registered as version [bold]7[/]: auc 0.5000, f1 (macro) 1.0000" in said
    assert ("Next: ./kiban approve churn 7 --wait" in said) is (approval == "manual")


def test_any_other_end_is_its_state_and_its_metrics() -> None:
    refused = run("SUCCEEDED", Outcome="refused", Metrics={"auc": 0.5})

    assert train.outcome_markup(ENV, "churn", refused) == "[red]refused[/]: auc 0.5000"
    assert train.outcome_markup(ENV, "churn", run("FAILED")) == "[red]FAILED[/]"


class Training:
    """A workflow that is started and comes to an end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, end: Run | BaseException) -> None:
        self.asked: list[Any] = []
        self._end = end
        for module, name, answer in (
            (train, "open_model", lambda name, model, sandbox: ENV),
            (data_versions, "require_ready", lambda env, model, name: self.asked.append(name)),
            (workflow_runs, "start_run", lambda env, model, name: f"arn {name}"),
            (workflow_runs, "describe_run", lambda env, arn: run("RUNNING")),
            (workflow_runs, "wait_for_run", self._wait),
        ):
            monkeypatch.setattr(module, name, answer)

    def _wait(self, env: Any, arn: str, spinner: Any) -> Run:
        self.asked.append("waited")
        if isinstance(self._end, BaseException):
            raise self._end
        return self._end


def test_a_training_starts_and_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training = Training(monkeypatch, run("FAILED"))

    train.train("churn")

    assert training.asked == []
    assert capsys.readouterr().out.splitlines() == [
        "Training of churn started: run-1",
        "Next: ./kiban runs churn",
    ]
    train.train("churn", data_version="v1", as_json=True)
    assert training.asked == ["v1"]
    assert json.loads(capsys.readouterr().out)["name"] == "run-1"


def test_a_training_that_is_waited_for_has_to_register_a_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Training(monkeypatch, REGISTERED)
    train.train("churn", wait=True)
    assert "registered as version 7" in capsys.readouterr().out
    Training(monkeypatch, run("FAILED"))
    with pytest.raises(Failure, match="the training failed: no reason given"):
        train.train("churn", wait=True)
    Training(monkeypatch, KeyboardInterrupt())
    with pytest.raises(Interrupted, match=r"the training goes on, see: ./kiban runs churn"):
        train.train("churn", wait=True)
