"""What `kiban reject`, `runs` and `data list` say of versions, runs and data."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import data_list, reject, runs
from cli.models import model_versions, workflow_runs
from cli.models.model_versions import ModelVersion
from cli.models.workflow_runs import Run
from config.loader import load_environment

DEV = load_environment("dev")
METRIC = DEV.models["churn"].gate.metric
ENV = SimpleNamespace(config=DEV, command=lambda words: f"./kiban {words}")


def version(number: int, status: str) -> ModelVersion:
    return ModelVersion(f"arn:g/{number}", status, datetime.now(UTC), "", {})


class Registry:
    """Versions of a model of which one is live, and what happens to them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *versions: ModelVersion) -> None:
        self.versions, self.live = list(versions), 3
        self.done: list[Any] = []
        for module, name, answer in (
            (reject, "open_model", lambda name, model, sandbox: ENV),
            (reject, "wait_for_rollout", lambda env, model, one: self.done.append(one.number)),
            (model_versions, "find_version", lambda env, model, number: self._find(number)),
            (model_versions, "live_endpoint", lambda env, model: self._endpoint()),
            (model_versions, "list_versions", lambda env, model: self.versions),
            (model_versions, "set_approval_status", self._set),
        ):
            monkeypatch.setattr(module, name, answer)

    def _find(self, number: int) -> ModelVersion:
        return next(one for one in self.versions if one.number == number)

    def _endpoint(self) -> Any:
        return SimpleNamespace(package=f"arn:g/{self.live}")

    def _set(self, env: Any, one: ModelVersion, status: str, reason: str) -> None:
        self.done.append((one.number, status, reason))
        self.versions = [version(o.number, status) if o == one else o for o in self.versions]


REJECTED = (3, "Rejected", "rejected by a person")


@pytest.mark.parametrize(
    ("older", "wait", "done", "said"),
    [
        ("Approved", False, [REJECTED], "It was live; version 2 takes over by itself."),
        ("Approved", True, [REJECTED, 2], None),
        ("Rejected", False, [REJECTED], "It stays live: no other version is approved."),
        ("Rejected", True, [REJECTED], "It stays live: no other version is approved."),
    ],
)
def test_the_approved_version_before_it_takes_over_where_there_is_one(
    older: str,
    wait: bool,
    done: list[Any],
    said: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry = Registry(
        monkeypatch, version(4, "Pending"), version(3, "Approved"), version(2, older)
    )

    reject.reject("churn", 3, wait=wait)

    assert registry.done == done
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["Version 3 of churn is rejected.", *([said] if said else [])]


def test_a_version_that_is_not_live_is_rejected_and_nothing_takes_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(monkeypatch, version(4, "Pending"), version(3, "Approved"))

    reject.reject("churn", 4, reason="no use", wait=True)
    reject.reject("churn", 4)

    assert registry.done == [(4, "Rejected", "no use")]
    assert capsys.readouterr().out.splitlines() == [
        "Version 4 of churn is rejected.",
        "Version 4 of churn is already rejected.",
    ]


def run(status: str, error: str = "", **output: Any) -> Run:
    return Run(
        "arn:x:name",
        status,
        datetime.now(UTC),
        datetime.now(UTC) + timedelta(seconds=90),
        {},
        output,
        error,
    )


@pytest.mark.parametrize(
    ("given", "state", "metric"),
    [
        (run("RUNNING", Outcome="registered"), "running", ""),
        (run("SUCCEEDED", Outcome="registered", Metrics={METRIC: 0.5}), "registered", "0.5000"),
        (run("FAILED"), "FAILED", ""),
    ],
)
def test_a_run_is_a_row_with_its_state_and_its_metric(given: Run, state: str, metric: str) -> None:
    row = runs._row(given, METRIC, "")

    assert (row[1], row[5]) == ("1 min 30 s", metric)
    assert f"]{state}[" in row[4]
    assert "[dim]Train[/]" in runs._row(given, METRIC, "Train")[4]


@pytest.mark.parametrize(
    ("errors", "failure"),
    [(["", "E: newest", "E: older"], "The newest failure: E: newest"), (["", ""], None)],
)
def test_the_newest_failure_is_told_below_the_table(
    errors: list[str],
    failure: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(runs, "open_model", lambda name, model, sandbox: ENV)
    found = [run("FAILED" if error else "RUNNING", error) for error in errors]
    monkeypatch.setattr(workflow_runs, "newest_runs", lambda env, model, limit: found)
    monkeypatch.setattr(workflow_runs, "current_state", lambda env, arn: "Train")

    runs.runs("churn")

    printed = capsys.readouterr().out
    assert "running Train" in printed
    assert ("newest failure" in printed) is (failure is not None)
    assert (failure or "") in printed


@pytest.mark.parametrize(
    ("count", "size"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (1_000_000, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
        (1_000_000_000_000, "1000.0 GB"),
        (5_000_000_000_000, "5000.0 GB"),
    ],
)
def test_a_size_is_in_the_largest_unit_that_it_fills(count: int, size: str) -> None:
    assert data_list._size(count) == size
