import json
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from cli.models import model_versions
from tests.cli.registry import listed_version
from tests.cli.terminal import kiban, require_one_line

pytestmark = pytest.mark.acceptance


def test_approving_twice_is_said_and_is_no_failure(folder: Path, version: int) -> None:
    words = ["approve", "churn", str(version), "--sandbox"]

    first, second = kiban(*words, folder=folder), kiban(*words, "--json", folder=folder)

    assert (first.code, second.code) == (0, 0)
    assert "is approved" in first.out
    assert "already approved" in second.err
    said = {"model": "churn", "version": version, "status": "Approved"}
    assert json.loads(second.out) == {**said, "newer": None, "live": None}
    assert listed_version(folder, version)["status"] == "Approved"


def test_approving_an_older_version_says_that_the_newer_one_is_live(
    dev: Environment, folder: Path, older: int, version: int
) -> None:
    model_versions.set_approval_status(
        dev, model_versions.find_version(dev, "churn", version), "Approved", ""
    )

    screen = kiban("approve", "churn", str(older), "--wait", "--sandbox", folder=folder)

    assert screen.code == 0, screen.err
    assert f"Version {version} is newer and approved" in screen.out


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_an_unknown_version_is_refused(folder: Path, version: int, command: str) -> None:
    screen = kiban(command, "churn", "999", "--sandbox", folder=folder)

    message = require_one_line(screen, 2)
    assert "no version 999" in message
    assert str(version) in message


def test_a_version_that_is_no_number_is_refused(folder: Path) -> None:
    screen = kiban("approve", "churn", "first", "--sandbox", folder=folder)

    assert "VERSION" in require_one_line(screen, 2)


def facts(folder: Path, version: int) -> dict[str, str]:
    found = listed_version(folder, version)["facts"]
    assert isinstance(found, dict)
    return found


def test_what_the_gate_refused_needs_a_reason_and_keeps_it(folder: Path, refused: int) -> None:
    words = ["approve", "churn", str(refused), "--sandbox"]

    bare = require_one_line(kiban(*words, folder=folder), 2)
    empty = require_one_line(kiban(*words, "--despite-gate", " ", folder=folder), 2)
    assert listed_version(folder, refused)["status"] == "PendingManualApproval"
    given = kiban(*words, "--despite-gate", "the old one leaks", folder=folder)

    for line in (bare, empty):
        assert "the gate refused it (auc 0.79 is below the minimum 0.8)" in line
        assert f'approve churn {refused} --sandbox --despite-gate "REASON"' in line
    assert given.code == 0, given.err
    stored = listed_version(folder, refused)
    assert stored["status"] == "Approved"
    assert facts(folder, refused)["despite_gate"] == "the old one leaks"
    assert stored["comment"] == (
        "Despite the gate (auc 0.79 is below the minimum 0.8): the old one leaks"
    )


def test_a_decision_of_the_gate_that_is_unknown_counts_as_a_refusal(
    folder: Path, unknown_decision: int
) -> None:
    screen = kiban("approve", "churn", str(unknown_decision), "--sandbox", folder=folder)

    assert "the gate refused it (unknown decision 'maybe')" in require_one_line(screen, 2)


def test_other_columns_need_a_word_that_names_them(folder: Path, other_columns: int) -> None:
    words = ["approve", "churn", str(other_columns), "--sandbox"]

    bare = require_one_line(kiban(*words, folder=folder), 2)
    shown = kiban("models", "churn", "--sandbox", folder=folder)
    named = kiban(*words, "--changes-schema", folder=folder)

    assert "takes other columns or has another task than the champion" in bare
    assert f"approve churn {other_columns} --sandbox --changes-schema" in bare
    assert "its model takes 13 features_ not 5" in " ".join(shown.out.split())
    assert "approve --changes-schema" in " ".join(shown.out.split())
    assert named.code == 0, named.err
    assert facts(folder, other_columns)["accepted_schema_change"].startswith("arn:aws:")
    assert "Changes the schema" in str(listed_version(folder, other_columns)["comment"])


@pytest.mark.parametrize(
    ("word", "line"),
    [
        (["--changes-schema"], "does not change the schema; leave --changes-schema out"),
        (["--despite-gate", "why"], "the gate did not refuse it; leave --despite-gate out"),
    ],
)
def test_a_word_that_does_not_fit_the_version_is_refused(
    folder: Path, version: int, word: list[str], line: str
) -> None:
    screen = kiban("approve", "churn", str(version), *word, "--sandbox", folder=folder)

    assert line in require_one_line(screen, 2)
    assert listed_version(folder, version)["status"] == "PendingManualApproval"


def test_a_version_that_was_approved_elsewhere_without_its_word_can_be_given_it(
    dev: Environment, folder: Path, other_columns: int
) -> None:
    found = model_versions.find_version(dev, "churn", other_columns)
    model_versions.set_approval_status(dev, found, "Approved", "")
    words = ["approve", "churn", str(other_columns), "--sandbox"]

    bare = kiban(*words, folder=folder)
    named = kiban(*words, "--changes-schema", folder=folder)
    again = kiban(*words, folder=folder)

    assert "--changes-schema" in require_one_line(bare, 2)
    assert "is approved" in named.out
    assert "already approved" in again.out
    assert "accepted_schema_change" in facts(folder, other_columns)
