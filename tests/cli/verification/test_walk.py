"""Whatever happens on the way, the environment is destroyed at its end."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.environments.environment import Environment
from cli.terminal.errors import Failure, Interrupted
from cli.verification import walk as walking
from cli.verification.call_record import CallRecord
from cli.verification.findings import Walk
from cli.verification.life import Variant


class Place:
    """An environment of which only what is left can be asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.removed: list[Any] = []
        self.left: list[str] = []
        self._patch = monkeypatch
        for name in ("_stop_runs", "_settle"):
            monkeypatch.setattr(walking, name, lambda env: None)
        monkeypatch.setattr(walking, "_whatever_is_left", lambda env: self.left)

    def walk(self, *steps: object) -> Walk:
        def life(*_: object) -> Iterator[Any]:
            for step in steps:
                if isinstance(step, BaseException):
                    raise step
                yield step, "done"

        self._patch.setattr(walking, "steps_of_life", life)
        env: Any = object()
        variants = [Variant(env, env, None)]
        return walking.walk(
            "AWS", variants, "churn", CallRecord(), remove=self.remove, wait=lambda _: None
        )

    def remove(self, env: Environment) -> None:
        self.removed.append(env)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(monkeypatch)


def test_a_walk_to_the_end_ends_with_a_removal(place: Place) -> None:
    found = place.walk("Deployment", "Data")

    assert [step.name for step in found.steps] == ["Deployment", "Data", "Removal"]
    assert found.error == ""
    assert len(place.removed) == 1
    assert set(found.calls) == {"Deployment", "Data", "Removal"}


@pytest.mark.parametrize("error", [Failure("no capacity"), ValueError("no capacity")])
def test_a_step_that_fails_stops_the_walk_and_is_its_result(place: Place, error: Exception) -> None:
    found = place.walk("Deployment", error, "Never")

    assert [step.name for step in found.steps] == ["Deployment", "after Deployment", "Removal"]
    assert "no capacity" in found.error
    assert len(place.removed) == 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), Interrupted("interrupted")])
def test_an_interruption_is_raised_after_the_removal(
    place: Place, interruption: BaseException
) -> None:
    with pytest.raises(type(interruption)):
        place.walk("Deployment", interruption)

    assert len(place.removed) == 1


def test_what_is_left_is_named_and_is_an_error(place: Place) -> None:
    place.left = ["stack kiban-verify-Storage"]

    found = place.walk("Deployment")

    assert found.left == ["stack kiban-verify-Storage"]
    assert found.error == "stack kiban-verify-Storage is left"


def test_a_removal_that_fails_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(env: Environment) -> None:
        raise Failure("CDK: in use")

    monkeypatch.setattr(place, "remove", refuse)

    assert place.walk("Deployment").error == "CDK: in use"


def test_no_step_begins_after_two_hours(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "BEGIN_WITHIN_SECONDS", -1)

    found = place.walk("Deployment")

    assert found.steps[0].name == "after the beginning"
    assert "given up" in found.error
    assert len(place.removed) == 1


def test_what_is_left_is_looked_for_in_stacks_endpoints_and_buckets(dev: Environment) -> None:
    left = walking._whatever_is_left(dev)

    assert "stack kiban-dev-Storage" in left
    assert any(one.startswith("bucket kiban-dev-") for one in left)


def test_what_cannot_be_looked_at_is_not_called_removed(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(env: Environment) -> None:
        raise Failure("no")

    monkeypatch.setattr(Environment, "stacks", refuse)

    assert walking._whatever_is_left(dev) == ["perhaps all of kiban-dev (no)"]
