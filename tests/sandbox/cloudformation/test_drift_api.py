"""Drift detection as a client asks for it."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.cloudformation import drift_api
from sandbox.cloudformation.drift_api import DriftOperations
from sandbox.cloudformation.errors import TemplateError


def stack(status: str = "CREATE_COMPLETE", drift: Any = None) -> Any:
    return SimpleNamespace(stack_id="id", status=status, drift=drift)


def detection(number: str, *statuses: str) -> Any:
    drifts = [{"StackResourceDriftStatus": one} for one in statuses]
    return SimpleNamespace(id=number, drifts=drifts, describe=lambda: {"Of": number})


class Asked(DriftOperations):
    """A request with these parameters, to an account with these stacks."""

    def __init__(self, *stacks: Any, **parameters: Any) -> None:
        self.stacks, self.parameters = stacks, parameters

    @property
    def _backend(self) -> Any:
        named = dict(enumerate(self.stacks))
        return SimpleNamespace(stacks=named, existing=lambda name: named[0], aws=lambda: None)

    def _get_param(self, name: str, *default: Any) -> Any:
        return self.parameters.get(name)


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
    ],
)
def test_drift_is_detected_in_a_stack_that_does_not_move(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift_api, "DriftDetection", lambda stack, aws: detection("d"))
    one = stack(status)

    found = Asked(one).detect_stack_drift()

    assert found.result == {"StackDriftDetectionId": "d"}
    assert one.drift.id == "d"


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_drift_is_not_detected_in_another(status: str) -> None:
    with pytest.raises(TemplateError, match=rf"on stack \[id\] in {status} state"):
        Asked(stack(status)).detect_stack_drift()


def test_a_detection_is_found_by_its_id_among_all_stacks() -> None:
    stacks = (stack(), stack(drift=detection("a")), stack(drift=detection("b")))

    def asked(wanted: str) -> Any:
        asked = Asked(*stacks, StackDriftDetectionId=wanted)
        return asked.describe_stack_drift_detection_status().result

    assert (asked("a"), asked("b")) == ({"Of": "a"}, {"Of": "b"})
    with pytest.raises(TemplateError, match="Unable to find Drift Detection Status for id c"):
        asked("c")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [(None, 3), ([], 3), (["MODIFIED"], 2), (["MODIFIED", "DELETED"], 3), (["IN_SYNC"], 0)],
)
def test_the_drifts_of_a_stack_are_shown_by_their_status(
    filters: list[str] | None, expected: int
) -> None:
    one = stack(drift=detection("d", "MODIFIED", "DELETED", "MODIFIED"))
    asked = Asked(one, StackResourceDriftStatusFilters=filters)

    assert len(asked.describe_stack_resource_drifts().result["StackResourceDrifts"]) == expected


def test_a_stack_that_was_never_looked_at_has_no_drifts() -> None:
    assert Asked(stack()).describe_stack_resource_drifts().result == {"StackResourceDrifts": []}
