"""What `kiban models`, `approve` and `train` say of versions and runs."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import approve, models, train
from cli.data import data_versions
from cli.models import model_versions, workflow_runs
from cli.models.approval import ApprovalWords
from cli.models.model_versions import ModelVersion
from cli.models.workflow_runs import Run
from cli.terminal.errors import Failure, Interrupted, WrongInput
from config.loader import load_environment
from tests.cli.service import Service, environment

DEV = load_environment("dev")
METRIC = DEV.models["churn"].gate.metric
ENV = environment(Service(get_caller_identity=[{"Arn": "arn:me"}]), config=DEV)
CHANGE = "13, not 5"


def version(number: int = 3, status: str = "Approved", comment: str = "", **facts: str) -> Any:
    return ModelVersion(f"arn:g/{number}", status, datetime.now(UTC), comment, facts)


@pytest.mark.parametrize(
    ("one", "notes"),
    [
        (version(), []),
        (version(comment="fine"), ["fine"]),
        (version(schema_change=CHANGE), [f"changes the schema ({CHANGE})"]),
        (
            version(comment="Changes the schema (x)", schema_change=CHANGE),
            ["Changes the schema (x)"],
        ),
        (
            version(status="Pending", schema_change=CHANGE),
            [
                "takes other columns or has another task than the champion: requests that work "
                f"today may fail ({CHANGE}); it needs approve --changes-schema"
            ],
        ),
        (version(status="Pending"), []),
    ],
)
def test_a_version_has_notes_where_a_person_has_to_know_more(
    one: ModelVersion, notes: list[str]
) -> None:
    assert list(models._notes(one)) == notes


def listed(monkeypatch: pytest.MonkeyPatch, *found: ModelVersion, as_json: bool = False) -> None:
    monkeypatch.setattr(models, "open_model", lambda name, model, sandbox: ENV)
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: [*found])
    live = SimpleNamespace(package="arn:g/2")
    monkeypatch.setattr(model_versions, "live_endpoint", lambda env, model: live)
    models.models("churn", as_json=as_json)


def test_the_live_version_is_marked_and_the_newest_report_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = version(3, "Rejected", report="s3://r3", **{f"metric_{METRIC}": "0.5"})

    listed(monkeypatch, newest, version(2, report="s3://r2"))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["3", "Rejected", "0.5000", "just", "now"] in lines
    assert ["2", "Approved", "live", "just", "now"] in lines
    assert lines[-1] == ["report", "of", "3:", "s3://r3"]
    listed(monkeypatch, version(3), version(2, report="s3://r2"))
    assert "s3://r2" not in capsys.readouterr().out


def test_a_machine_learns_which_version_is_live_and_what_the_gate_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(monkeypatch, version(3, gate="refused: poor"), version(2), as_json=True)

    found = json.loads(capsys.readouterr().out)
    assert [(one["number"], one["live"], one["gate_refusal"]) for one in found] == [
        (3, False, "poor"),
        (2, True, ""),
    ]


@pytest.mark.parametrize(
    ("facts", "words", "reason", "kept"),
    [
        ({}, {}, "", {}),
        (
            {"schema_change": CHANGE},
            {"changes_schema": True},
            f"Changes the schema ({CHANGE})",
            {"accepted_schema_change": "arn:me"},
        ),
        (
            {"gate": "refused: poor"},
            {"despite_gate": "known"},
            "Despite the gate (poor): known",
            {"despite_gate": "known"},
        ),
    ],
)
def test_an_approval_keeps_who_said_what(
    facts: dict[str, str],
    words: dict[str, Any],
    reason: str,
    kept: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[Any] = []
    monkeypatch.setattr(model_versions, "set_approval_status", lambda *given: done.append(given))

    approve._approve(ENV, "churn", version(status="Pending", **facts), ApprovalWords(**words))

    assert [given[2:] for given in done] == [("Approved", reason, kept)]


def test_who_is_asked_for_no_word_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_versions, "set_approval_status", lambda *given: None)
    nobody = environment(Service(), config=DEV)

    approve._approve(nobody, "churn", version(status="Pending"), ApprovalWords())
    with pytest.raises(WrongInput, match=r"./kiban approve churn 3 --despite-gate"):
        approve._approve(nobody, "churn", version(gate="refused: poor"), ApprovalWords())


@pytest.mark.parametrize(
    ("one", "newer", "wait", "said", "waits"),
    [
        (version(), None, False, ["already approved", "follow it with: ./kiban approve"], 0),
        (version(), None, True, ["already approved"], 1),
        (version(), version(4), True, ["already approved", "4 is newer and approved"], 0),
        (version(status="Pending"), None, True, ["3 of churn is approved"], 1),
    ],
)
def test_a_version_is_approved_once_and_waited_for_when_it_goes_live(
    one: ModelVersion,
    newer: ModelVersion | None,
    wait: bool,
    said: list[str],
    waits: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    waited: list[Any] = []
    done: list[Any] = []
    monkeypatch.setattr(approve, "open_model", lambda name, model, sandbox: ENV)
    monkeypatch.setattr(approve, "newer_approved_version", lambda env, model, number: newer)
    monkeypatch.setattr(approve, "wait_for_rollout", lambda *given: waited.append(given))
    monkeypatch.setattr(model_versions, "find_version", lambda env, model, number: one)
    monkeypatch.setattr(model_versions, "set_approval_status", lambda *given: done.append(given))

    approve.approve("churn", 3, wait=wait)

    printed = capsys.readouterr().out
    assert all(text in printed for text in said)
    assert (len(waited), len(done)) == (waits, 0 if one.status == "Approved" else 1)


def test_an_approval_without_a_word_that_it_needs_is_no_approval_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = version(gate="refused: poor")
    monkeypatch.setattr(approve, "open_model", lambda name, model, sandbox: ENV)
    monkeypatch.setattr(model_versions, "find_version", lambda env, model, number: lacking)

    with pytest.raises(WrongInput, match="the gate refused it"):
        approve.approve("churn", 3)


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

    assert "registered as version [bold]7[/]: auc 0.5000, f1 1.0000" in said
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
