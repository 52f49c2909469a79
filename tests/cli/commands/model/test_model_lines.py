"""What `kiban models` and `approve` say of versions."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import approve, models
from cli.models import model_versions
from cli.models.approval import ApprovalWords
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import WrongInput
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
    assert lines[-2] == ["report", "of", "3:", "s3://r3"]
    assert lines[-1] == ["open", "it", "with:", "./kiban", "report", "churn"]
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
    one = ModelVersion("arn:g/3", "Pending", datetime.now(UTC), "", facts)
    monkeypatch.setattr(model_versions, "set_approval_status", lambda *given: done.append(given))

    approve._approve(ENV, "churn", one, ApprovalWords(**words))

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
