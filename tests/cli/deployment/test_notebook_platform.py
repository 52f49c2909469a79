"""The upgrade of a notebook waits for what AWS does to it, and gives up where that failed."""

from typing import Any

import pytest

from cli.deployment.notebook_platform import upgrade_platform
from cli.environments.environment import Environment
from cli.terminal.errors import Failure

NEW = "notebook-al2023-v2"


class SageMaker:
    """Answers with one state after the other, and notes what is asked of it."""

    def __init__(self, *states: str, platform: str = "notebook-al2023-v1", keeps: bool = False):
        self._states, self._platform, self._keeps = [*states], platform, keeps
        self.calls: list[str] = []

    def describe_notebook_instance(self, **_: Any) -> dict[str, Any]:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return {
            "NotebookInstanceStatus": state,
            "PlatformIdentifier": self._platform,
            "FailureReason": "the script ended with 1",
        }

    def update_notebook_instance(self, **given: Any) -> None:
        self.calls.append("update")
        if not self._keeps:
            self._platform = given["PlatformIdentifier"]

    def stop_notebook_instance(self, **_: Any) -> None:
        self.calls.append("stop")

    def start_notebook_instance(self, **_: Any) -> None:
        self.calls.append("start")


class Place(Environment):
    """An environment with one notebook."""

    def __init__(self, sagemaker: SageMaker):
        object.__setattr__(self, "_sagemaker", sagemaker)

    def aws(self, service: str) -> Any:
        return self._sagemaker  # type: ignore[attr-defined]

    def output(self, part: str, key: str) -> str:
        return "kiban-dev-workbench"

    @property
    def poll_seconds(self) -> float:
        return 0


def upgrade(sagemaker: SageMaker, *, starts: bool = False) -> list[str]:
    """What was asked of SageMaker."""
    upgrade_platform(Place(sagemaker), NEW, starts=starts, on_step=lambda _: None)
    return sagemaker.calls


def test_every_state_on_the_way_is_waited_for() -> None:
    way = ("InMaintenance", "PendingMaintenance", "InService", "Stopping", "Stopped")
    back = ("Updating", "Stopped", "Pending", "InService")

    assert upgrade(SageMaker(*way, *back)) == ["stop", "update", "start"]


@pytest.mark.parametrize(
    ("states", "starts", "calls"),
    [
        (("Stopped",), False, ["update"]),
        (("Stopping", "Stopped", "Stopped", "InService"), True, ["update", "start"]),
    ],
)
def test_it_goes_on_where_it_was_interrupted(
    states: tuple[str, ...], starts: bool, calls: list[str]
) -> None:
    assert upgrade(SageMaker(*states), starts=starts) == calls


def test_what_is_upgraded_already_is_only_started() -> None:
    assert upgrade(SageMaker("Stopped", "InService", platform=NEW), starts=True) == ["start"]


@pytest.mark.parametrize(
    ("states", "calls"),
    [
        (("Failed",), []),
        (("Deleting",), []),
        (("InService", "Stopping", "Failed"), ["stop"]),
        (("InService", "Stopped", "Stopped", "Pending", "Failed"), ["stop", "update", "start"]),
    ],
)
def test_a_notebook_that_failed_or_goes_away_ends_it_with_the_reason(
    states: tuple[str, ...], calls: list[str]
) -> None:
    sagemaker = SageMaker(*states)

    with pytest.raises(Failure, match=r"is (Failed|Deleting) \(the script ended with 1\)"):
        upgrade(sagemaker)
    assert sagemaker.calls == calls


def test_a_platform_that_did_not_change_is_no_success() -> None:
    with pytest.raises(Failure, match="its platform is still notebook-al2023-v1"):
        upgrade(SageMaker("Stopped", keeps=True))


@pytest.mark.parametrize("states", [("InService", "InService"), ("InService", "Stopped")])
def test_what_should_be_stopped_or_started_and_is_not_is_said(states: tuple[str, ...]) -> None:
    with pytest.raises(Failure, match=r"should be (Stopped|InService) and is"):
        upgrade(SageMaker(*states))
