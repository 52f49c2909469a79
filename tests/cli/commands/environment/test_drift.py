"""What `kiban drift` prints of what it found, and how it ends."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cfn.live.differences import Difference
from cli.commands.environment import drift as command
from cli.drift.environment_drift import Drifted, DriftReport

CHANGED = Drifted(
    "kiban-dev-Storage",
    "Data",
    "AWS::S3::Bucket",
    "data",
    (Difference("Versioning", "Enabled", "Suspended"), Difference("Tags", 1, None, True)),
)
GONE = Drifted("kiban-dev-Storage", "Key", "AWS::KMS::Key", "key", (), is_gone=True)
UNREAD = ("kiban-dev-Storage/Topic", "not allowed")


def told(monkeypatch: pytest.MonkeyPatch, report: DriftReport, *, as_json: bool = False) -> int:
    """How the command ends when this was found."""
    env = SimpleNamespace(
        config=SimpleNamespace(stage="kiban-dev"), command=lambda words: f"./kiban {words}"
    )
    monkeypatch.setattr(command, "open_environment", lambda name, sandbox: env)
    monkeypatch.setattr(command, "find_drift", lambda env: report)
    try:
        command.drift(as_json=as_json)
    except typer.Exit as end:
        return end.exit_code
    return 0


@pytest.mark.parametrize(
    ("drifted", "unread", "code", "well", "advice"),
    [
        ((), (), 0, True, False),
        ((CHANGED,), (), 3, False, True),
        ((), (UNREAD,), 3, False, False),
        ((GONE,), (UNREAD,), 3, False, True),
    ],
)
def test_all_is_well_when_everything_was_read_and_nothing_drifted(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    drifted: tuple[Drifted, ...],
    unread: tuple[tuple[str, str], ...],
    code: int,
    well: bool,
    advice: bool,
) -> None:
    assert told(monkeypatch, DriftReport(drifted, unread, 7)) == code

    printed = capsys.readouterr().out
    assert ("everything is as it was deployed" in printed) is well
    assert ("put it back by hand, or write it into the file and deploy: ./kiban" in printed) is (
        advice
    )
    assert "7 resources compared" in printed
    assert ("Storage/Topic not read: not allowed" in printed) is bool(unread)


def test_each_difference_is_a_line_and_says_whether_the_template_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, DriftReport((CHANGED, GONE), (), 2))

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    at = lines.index("kiban-dev-Storage/Data S3::Bucket")
    assert lines[at + 1 : at + 5] == [
        "Versioning: Enabled → Suspended",
        "Tags: 1 → nothing  (the template leaves it out)",
        "kiban-dev-Storage/Key KMS::Key",
        "it is gone",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ([], "nothing"),
        ({}, "nothing"),
        (0, "0"),
        (False, "False"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 120 + "…"),
    ],
)
def test_a_value_is_short_and_an_empty_one_is_named(value: Any, shown: str) -> None:
    assert command._short(value) == shown


def test_a_machine_gets_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(monkeypatch, DriftReport((GONE,), (UNREAD,), 2), as_json=True) == 3

    found = json.loads(capsys.readouterr().out)
    assert found["compared"] == 2
    assert found["unread"] == [{"at": UNREAD[0], "reason": "not allowed"}]
    assert [(one["logical_id"], one["is_gone"]) for one in found["drifted"]] == [("Key", True)]
