"""Which version is live instead, and what an interrupted wait says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.models import model_versions, rollout
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Interrupted
from tests.cli.service import Service, environment


def version(number: int, status: str = "Approved") -> ModelVersion:
    return ModelVersion(f"arn:g/{number}", status, datetime.now(UTC), "", {})


@pytest.mark.parametrize(
    ("versions", "newer"),
    [
        ([version(4), version(3), version(2)], 4),
        ([version(5, "Rejected"), version(4), version(3)], 4),
        ([version(4, "PendingManualApproval"), version(3)], None),
        ([version(3), version(2)], None),
        ([], None),
    ],
)
def test_only_a_newer_version_that_is_approved_is_live_instead(
    versions: list[ModelVersion], newer: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_versions, "list_versions", lambda env, model: versions)

    found = rollout.newer_approved_version(environment(Service()), "churn", 3)

    assert (found.number if found else None) == newer


def test_a_rollout_that_is_waited_for_ends_with_its_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited: list[Any] = []
    monkeypatch.setattr(model_versions, "wait_until_live", lambda *given: waited.append(given[2]))

    rollout.wait_for_rollout(environment(Service()), "churn", version(3))

    assert waited[0].number == 3
    assert capsys.readouterr().out == "✓ version 3 of churn is live\n"


def test_an_interrupted_wait_leaves_the_rollout_going(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(model_versions, "wait_until_live", interrupted)

    with pytest.raises(Interrupted, match=r"the rollout goes on, see: ./kiban status"):
        rollout.wait_for_rollout(environment(Service()), "churn", version(3))
