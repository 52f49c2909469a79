"""Which log `kiban logs` reads, and what its lines look like."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import logs as command
from cli.models import log_events, workflow_runs
from cli.models.log_events import LogSource
from cli.terminal.errors import Failure, WrongInput
from tests.cli.documents import require_documented

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STEPS = [(MOMENT, "Train[1]", "entered"), (MOMENT, "Train[1]", "x" * 121)]


class Logs:
    """What there is to read, and what was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.lines = [(MOMENT, "line [1]")]
        self.runs = [SimpleNamespace(name="run-1", arn="arn:run-1")]
        env = SimpleNamespace(command=lambda words: f"./kiban {words}")
        for module, name, answer in (
            (command, "open_model", lambda name, model, sandbox: env),
            (log_events, "newest_job_logs", lambda env, model: self._source("job")),
            (log_events, "endpoint_logs", lambda env, model: self._source("endpoint")),
            (log_events, "read_log", self._read),
            (log_events, "run_history", lambda env, arn: self._steps("read", arn)),
            (log_events, "follow_history", lambda env, arn: self._steps("followed", arn)),
            (workflow_runs, "newest_runs", lambda env, model, limit: self.runs[:limit]),
        ):
            monkeypatch.setattr(module, name, answer)

    def _source(self, name: str) -> LogSource:
        return LogSource("group", "", name, lambda: True)

    def _read(self, env: Any, source: LogSource, *, follow: bool) -> list[tuple[datetime, str]]:
        self.asked.append((source.name, follow))
        return self.lines

    def _steps(self, how: str, arn: str) -> list[tuple[datetime, str, str]]:
        self.asked.append((how, arn))
        return STEPS


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    return Logs(monkeypatch)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, ("job", False)),
        ({"job": True}, ("job", False)),
        ({"endpoint": True}, ("endpoint", False)),
        ({"endpoint": True, "follow": True}, ("endpoint", True)),
        ({"run": True}, ("read", "arn:run-1")),
        ({"run": True, "follow": True}, ("followed", "arn:run-1")),
    ],
)
def test_the_newest_job_is_read_unless_another_source_is_named(
    logs: Logs, given: dict[str, Any], asked: Any
) -> None:
    command.logs("churn", **given)

    assert logs.asked == [asked]


@pytest.mark.parametrize(
    "given", [{"job", "endpoint"}, {"job", "run"}, {"endpoint", "run"}, {"job", "endpoint", "run"}]
)
def test_two_sources_at_once_are_refused(logs: Logs, given: set[str]) -> None:
    both: dict[str, Any] = dict.fromkeys(given, True)

    with pytest.raises(WrongInput, match="exclude each other"):
        command.logs("churn", **both)
    assert logs.asked == []


def test_each_line_has_its_time_and_an_empty_log_says_so(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    command.logs("churn")
    full = capsys.readouterr()
    logs.lines = []
    command.logs("churn")
    empty = capsys.readouterr()

    assert (full.out, full.err) == ("03:04:05  line [1]\n", "job\n")
    assert (empty.out, empty.err) == ("", "job\nno lines yet\n")


@pytest.mark.parametrize("follow", [False, True])
def test_a_step_is_a_line_of_a_length_that_can_be_read(
    logs: Logs, follow: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    command.logs("churn", run=True, follow=follow)

    printed = capsys.readouterr()
    lines = [line.split() for line in printed.out.splitlines()]
    assert ["03:04:05", "Train[1]", "entered"] in lines
    assert printed.out.count("x") == 120
    assert printed.out.rstrip().endswith("…")
    assert printed.err == "run-1\n"


def test_a_text_of_the_longest_length_is_whole() -> None:
    assert command._clipped("x" * 120) == "x" * 120


def test_before_the_first_run_it_says_how_to_start_one(logs: Logs) -> None:
    logs.runs = []

    with pytest.raises(Failure, match=r"churn: no run yet; start one with: ./kiban train churn"):
        command.logs("churn", run=True)


def test_a_program_reads_all_lines_in_one_document(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    command.logs("churn", as_json=True)
    lines = require_documented(["logs"], capsys.readouterr().out)
    command.logs("churn", run=True, as_json=True)
    steps = require_documented(["logs"], capsys.readouterr().out)

    assert lines == {"source": "job", "lines": [{"time": MOMENT.isoformat(), "text": "line [1]"}]}
    assert steps["source"] == "run-1"
    assert [step["text"] for step in steps["lines"]] == ["entered", "x" * 121]


@pytest.mark.parametrize("run", [False, True])
def test_a_program_that_follows_reads_each_event_as_a_line(
    logs: Logs, capsys: pytest.CaptureFixture[str], run: bool
) -> None:
    command.logs("churn", run=run, follow=True, as_json=True)

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert logs.asked == [("followed", "arn:run-1") if run else ("job", True)]
    assert [one["text"] for one in found] == ([s[2] for s in STEPS] if run else ["line [1]"])
    assert {one["time"] for one in found} == {MOMENT.isoformat()}
