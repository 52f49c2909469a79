"""When the waits of a deployment end, and what ends the deployment with them."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sagemaker.deployments import baking
from sandbox.sagemaker.deployments.baking import Abandoned, RolledBack, Watch
from sandbox.sagemaker.deployments.policies import Policy
from sandbox.state import clock
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The alarms of the account, none at first."""
    found: dict[str, Any] = {}
    backends = {HERE.account: {HERE.region: SimpleNamespace(alarms=found)}}
    monkeypatch.setattr(baking, "cloudwatch_backends", backends)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return found


def alarm(state: str, name: str = "late") -> Any:
    return SimpleNamespace(name=name, state_value=state)


@pytest.fixture
def begun(alarms: dict[str, Any]) -> Iterator[Callable[..., Watch]]:
    watches: list[Watch] = []

    def begin(on_the_clock: bool = False, **policy: Any) -> Watch:
        one = Watch(HERE, Policy(alarms=("late",), **policy), on_the_clock=on_the_clock)
        watches.append(one)
        one.begin()
        return one

    yield begin
    for one in watches:
        one.end()


Begin = Callable[..., Watch]


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_a_wait_that_is_not_on_the_clock_is_over_at_once(
    begun: Begin, alarms: dict[str, Any], state: str
) -> None:
    alarms |= {"late": alarm(state), "other": alarm("ALARM", "other")}

    begun().bake(3_600)


def test_an_alarm_rolls_back_and_is_named(begun: Begin, alarms: dict[str, Any]) -> None:
    alarms["late"] = alarm("ALARM")

    with pytest.raises(RolledBack, match="CloudWatch alarm late is in ALARM state"):
        begun().bake(0)


def test_an_alarm_that_was_in_alarm_between_two_looks_is_remembered(
    begun: Begin, alarms: dict[str, Any]
) -> None:
    watch = begun()
    baking.hear(HERE, alarm("ALARM", "other"))
    baking.hear(HERE, alarm("OK"))
    baking.hear(Place(HERE.account, "eu-west-1"), alarm("ALARM"))
    watch.look()
    baking.hear(HERE, alarm("ALARM"))
    alarms["late"] = alarm("OK")

    with pytest.raises(RolledBack, match="late"):
        watch.look()


@pytest.mark.parametrize(("longest", "limit"), [(600, 600), (None, 28_800)])
def test_waits_that_are_skipped_count_for_the_longest_time(
    begun: Begin, longest: int | None, limit: int
) -> None:
    watch = begun(longest_seconds=longest)
    watch.bake(limit - 1)

    with pytest.raises(RolledBack, match="longer than MaximumExecutionTimeoutInSeconds"):
        watch.bake(1)


def resting(watch: Watch, seconds: float) -> tuple[threading.Thread, list[str]]:
    """Let a thread wait, and return it and what it is told in the end."""
    found: list[str] = []

    def wait() -> None:
        try:
            watch.bake(seconds)
            found.append("over")
        except (RolledBack, Abandoned) as error:
            found.append(type(error).__name__)
        watch.end()

    thread = threading.Thread(target=wait)
    thread.start()
    baking.tick(NOON)  # returns when it waits
    assert watch.is_resting
    return thread, found


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_wait_on_the_clock_lasts_as_long_as_it_says(begun: Begin) -> None:
    watch = begun(on_the_clock=True)
    assert baking.is_waited_for()
    thread, found = resting(watch, 60)
    baking.tick(after(59.9))
    assert watch.is_resting

    baking.tick(after(60))

    thread.join(5)
    assert found == ["over"]
    assert not baking.is_waited_for()


def test_an_alarm_ends_a_wait(begun: Begin) -> None:
    thread, found = resting(begun(on_the_clock=True), 60)

    baking.hear(HERE, alarm("ALARM"))

    thread.join(5)
    assert found == ["RolledBack"]


def test_no_wait_lasts_longer_than_the_deployment_may(
    begun: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread, found = resting(begun(on_the_clock=True, longest_seconds=600), 3_600)
    monkeypatch.setattr(clock, "now", lambda: after(600))

    baking.tick(after(600))

    thread.join(5)
    assert found == ["RolledBack"]


def test_an_endpoint_that_goes_ends_the_wait(begun: Begin) -> None:
    watch = begun(on_the_clock=True)
    thread, found = resting(watch, 60)

    watch.stop()

    thread.join(5)
    assert found == ["Abandoned"]
    with pytest.raises(Abandoned):
        watch.look()


def test_nobody_follows_the_clock_whose_waits_are_skipped(begun: Begin) -> None:
    begun()

    assert not baking.is_waited_for()
    baking.tick(NOON)
