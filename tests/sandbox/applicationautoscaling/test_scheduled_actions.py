"""When a scheduled action runs, and what it sets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.applicationautoscaling import activities, scheduled_actions, targets
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
MOMENT = datetime(2026, 11, 30, 8, 15, tzinfo=UTC)  # a Monday
REQUEST = {"ServiceNamespace": "sagemaker"}


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The targets that were moved into their bounds."""
    found: list[Any] = []
    monkeypatch.setattr(targets, "move_into_bounds", lambda place, one: found.append(one))
    yield found
    activities.forget()


def target(**more: Any) -> Any:
    usual = {
        "service_namespace": "sagemaker",
        "resource_id": "endpoint/e/variant/v",
        "scalable_dimension": targets.DIMENSION,
        "min_capacity": 1,
        "max_capacity": 4,
        "suspended_state": None,
    }
    return SimpleNamespace(**{**usual, **more})


def action(schedule: str, **more: Any) -> Any:
    usual = {
        "scheduled_action_name": "a",
        "resource_id": "endpoint/e/variant/v",
        "scalable_dimension": targets.DIMENSION,
        "schedule": schedule,
        "timezone": None,
        "start_time": None,
        "end_time": None,
        "creation_time": MOMENT.timestamp() - 600,
        "scalable_target_action": {"MinCapacity": 2, "MaxCapacity": 3},
    }
    return SimpleNamespace(**{**usual, **more})


@pytest.mark.parametrize(
    ("schedule", "more", "due"),
    [
        ("at(2026-11-30T08:15:00)", {}, True),
        ("at(2026-11-30T08:15:30)", {}, True),
        ("at(2026-11-30T08:16:00)", {}, False),
        ("at(2026-11-30T17:15:00)", {"timezone": "Asia/Tokyo"}, True),
        ("cron(15 8 ? * MON *)", {}, True),
        ("cron(15 8 ? * TUE *)", {}, False),
        ("cron(15 9 * * ? *)", {"timezone": "Europe/Paris"}, True),
        ("rate(5 minutes)", {}, True),
        ("rate(7 minutes)", {}, False),
        ("cron(15 8 ? * MON *)", {"start_time": MOMENT.timestamp() + 1}, False),
        ("cron(15 8 ? * MON *)", {"end_time": MOMENT.timestamp() - 1}, False),
        ("cron(15 8 ? * MON *)", {"start_time": 0.0, "end_time": MOMENT.timestamp()}, True),
        ("cron(nonsense)", {}, False),
        ("at(2026-11-30T08:15:00)", {"timezone": "Nowhere/None"}, False),
    ],
)
def test_an_action_runs_in_its_minute(
    schedule: str,
    more: dict[str, Any],
    due: bool,
    moved: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = target()
    backend = SimpleNamespace(
        scheduled_actions=[action(schedule, **more)],
        targets={targets.DIMENSION: {one.resource_id: one}},
    )
    monkeypatch.setattr(targets, "every", lambda: [(HERE, backend)])

    scheduled_actions.tick(MOMENT)

    assert (moved == [one]) is due
    assert ((one.min_capacity, one.max_capacity) == (2, 3)) is due


def test_suspended_schedules_do_nothing(moved: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    one = target(suspended_state={"ScheduledScalingSuspended": True})
    backend = SimpleNamespace(
        scheduled_actions=[action("rate(1 minute)"), action("rate(1 minute)", resource_id="gone")],
        targets={targets.DIMENSION: {one.resource_id: one}},
    )
    monkeypatch.setattr(targets, "every", lambda: [(HERE, backend)])

    scheduled_actions.tick(MOMENT)

    assert (moved, one.min_capacity) == ([], 1)


@pytest.mark.parametrize(
    ("wanted", "bounds", "description"),
    [
        ({"MinCapacity": 2}, (2, 4), "Setting min capacity to 2"),
        ({"MaxCapacity": 8}, (1, 8), "Setting max capacity to 8"),
        (
            {"MinCapacity": 0, "MaxCapacity": 0},
            (0, 0),
            "Setting min capacity to 0 and max capacity to 0",
        ),
    ],
)
def test_one_bound_alone_leaves_the_other(
    wanted: dict[str, int], bounds: tuple[int, int], description: str, moved: list[Any]
) -> None:
    one = target()

    scheduled_actions.run(HERE, one, action("rate(1 day)", scalable_target_action=wanted))

    assert (one.min_capacity, one.max_capacity) == bounds
    (item,) = activities.items(HERE, REQUEST)
    assert (item["Description"], item["StatusCode"]) == (description, "Successful")
    assert item["Cause"] == "scheduled action name a was triggered"


def test_a_minimum_over_the_maximum_fails_and_changes_nothing(moved: list[Any]) -> None:
    one = target()

    scheduled_actions.run(HERE, one, action("", scalable_target_action={"MinCapacity": 5}))

    assert (one.min_capacity, moved) == (1, [])
    (item,) = activities.items(HERE, REQUEST)
    assert item["StatusCode"] == "Failed"
    assert "minimum capacity 5 is over maximum capacity 4" in item["StatusMessage"]
