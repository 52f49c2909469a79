"""Which policy wins, what cooldowns allow, and why nothing happens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.applicationautoscaling import activities, decisions, targets
from sandbox.cloudwatch import evaluation, state_changes
from sandbox.state import clock
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
RESOURCE = "endpoint/e/variant/v"


class Fleet:
    """A scalable target with policies, of which each has the metric's value that its alarm saw."""

    def __init__(self) -> None:
        self.count, self.at_rest, self.changes = 2, True, []  # type: ignore[var-annotated]
        self.now = datetime(2026, 11, 30, 8, tzinfo=UTC)
        self.target = SimpleNamespace(
            service_namespace="sagemaker",
            resource_id=RESOURCE,
            scalable_dimension=targets.DIMENSION,
            min_capacity=1,
            max_capacity=10,
            suspended_state=None,
        )
        self.backend = SimpleNamespace(
            targets={targets.DIMENSION: {RESOURCE: self.target}}, policies={}
        )
        self.alarms: dict[str, Any] = {}
        self.values: dict[str, list[float]] = {}

    def policy(self, name: str, kind: str = "TargetTrackingScaling", **settings: Any) -> Any:
        tracks = kind == "TargetTrackingScaling"
        one = SimpleNamespace(
            policy_name=name,
            policy_type=kind,
            policy_arn=f"arn:{name}",
            resource_id=RESOURCE,
            scalable_dimension=targets.DIMENSION,
            target_tracking_scaling_policy_configuration={"TargetValue": 10, **settings}
            if tracks
            else None,
            step_scaling_policy_configuration=None if tracks else settings,
        )
        self.backend.policies[name] = one
        return one

    def alarm(self, policy: str, *values: float, above: bool = True, state: str = "ALARM") -> None:
        name = f"{policy}-{'High' if above else 'Low'}"
        self.values[name] = [*values]
        self.alarms[name] = SimpleNamespace(
            name=name,
            state_value=state,
            actions_enabled=True,
            alarm_actions=[f"arn:{policy}:createdBy/u"],
            comparison_operator="GreaterThanThreshold" if above else "LessThanThreshold",
            evaluation_periods=3,
            threshold=10.0,
        )

    def decide(self) -> int:
        """What is desired after the alarms were heard."""
        decisions.trigger(HERE, None, f"arn:x:resource/sagemaker/{RESOURCE}:policyName/p")
        return self.count

    def reasons(self) -> list[dict[str, Any]]:
        request = {"ServiceNamespace": "sagemaker", "IncludeNotScaledActivities": True}
        return [one["NotScaledReasons"][0] for one in activities.items(HERE, request)]


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    fleet = Fleet()

    def change(place: Any, target: Any, count: int, cause: str, on_success: Any) -> None:
        fleet.count = count
        fleet.changes.append((count, cause))
        on_success()

    monkeypatch.setattr(clock, "now", lambda: fleet.now)
    monkeypatch.setattr(targets, "every", lambda: [(HERE, fleet.backend)])
    monkeypatch.setattr(targets, "capacity", lambda *given: fleet.count)
    monkeypatch.setattr(targets, "is_at_rest", lambda *given: fleet.at_rest)
    monkeypatch.setattr(targets, "change", change)
    monkeypatch.setattr(evaluation, "recent_values", lambda place, alarm: fleet.values[alarm.name])
    cloudwatch = SimpleNamespace(alarms=fleet.alarms)
    monkeypatch.setattr(state_changes, "backends", lambda: [(HERE, cloudwatch)])
    yield fleet
    decisions.forget()
    activities.forget()


def test_the_largest_capacity_wins_where_any_policy_grows(fleet: Fleet) -> None:
    for name, value in (("one", 15), ("two", 25)):
        fleet.policy(name)
        fleet.alarm(name, value)
    fleet.policy("quiet")
    fleet.alarm("quiet", 0, above=False)

    assert fleet.decide() == 5
    assert fleet.changes == [(5, "monitor alarm two-High in state ALARM triggered policy two")]


def test_tracking_shrinks_only_when_all_of_its_kind_agree(fleet: Fleet) -> None:
    fleet.count = 4
    for name, value in (("one", 1), ("two", 4)):
        fleet.policy(name)
        fleet.alarm(name, value, above=False)
    fleet.alarms["two-Low"].state_value = "OK"
    fleet.policy("never", DisableScaleIn=True)

    assert fleet.decide() == 4
    fleet.alarms["two-Low"].state_value = "ALARM"
    assert fleet.decide() == 2
    assert fleet.changes == [(2, "monitor alarm two-Low in state ALARM triggered policy two")]


def test_a_step_policy_shrinks_without_asking(fleet: Fleet) -> None:
    fleet.count = 4
    fleet.policy("tracks")
    steps = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}]
    fleet.policy("steps", "StepScaling", AdjustmentType="ChangeInCapacity", StepAdjustments=steps)
    fleet.alarm("steps", 2, above=False)

    assert fleet.decide() == 3


@pytest.mark.parametrize(("how", "count"), [(None, 4), ("Maximum", 7), ("Minimum", 3)])
def test_a_step_is_chosen_by_the_values_of_the_alarm(
    how: str | None, count: int, fleet: Fleet
) -> None:
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 5, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 2},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 5},
    ]
    more = {"MetricAggregationType": how} if how else {}
    kind = "ChangeInCapacity"
    fleet.policy("steps", "StepScaling", AdjustmentType=kind, StepAdjustments=steps, **more)
    fleet.alarm("steps", 12.0, 13.0, 20.0, 999.0)  # the last is older than its periods

    assert fleet.decide() == count


def test_in_a_cooldown_only_a_larger_growth_acts_less_what_was_added(fleet: Fleet) -> None:
    fleet.policy("one", ScaleOutCooldown=120)
    fleet.alarm("one", 20)
    assert fleet.decide() == 4  # two were added

    fleet.values["one-High"] = [15.0]  # it asks for two more
    assert fleet.decide() == 4
    fleet.values["one-High"] = [17.5]  # for three: one more than was added
    assert fleet.decide() == 5
    fleet.now += timedelta(seconds=120)
    fleet.values["one-High"] = [12.0]
    assert fleet.decide() == 6


def test_a_shrinking_waits_for_its_cooldown_and_a_growth_ends_it(fleet: Fleet) -> None:
    fleet.count = 8
    fleet.policy("one", ScaleOutCooldown=0)
    fleet.alarm("one", 5, above=False)
    assert fleet.decide() == 4
    assert fleet.decide() == 4
    fleet.now += timedelta(seconds=300)  # the default
    assert fleet.decide() == 2

    fleet.alarms["one-Low"].state_value = "OK"
    fleet.alarm("one", 20)
    assert fleet.decide() == 4
    fleet.alarms["one-High"].state_value = "OK"
    fleet.alarms["one-Low"].state_value = "ALARM"
    assert fleet.decide() == 2


@pytest.mark.parametrize(
    ("count", "above", "value", "reason"),
    [
        (10, True, 99, {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 10}),
        (1, False, 0, {"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}),
        (2, False, 8, {"Code": "AutoScalingAnticipatedFlapping", "CurrentCapacity": 2}),
    ],
)
def test_why_nothing_happens_is_told_once(
    count: int, above: bool, value: float, reason: dict[str, Any], fleet: Fleet
) -> None:
    fleet.count = count
    fleet.policy("one")
    fleet.alarm("one", value, above=above)

    fleet.decide()
    fleet.decide()

    assert (fleet.changes, fleet.reasons()) == ([], [reason])
    (item,) = activities.items(
        HERE, {"ServiceNamespace": "sagemaker", "IncludeNotScaledActivities": True}
    )
    assert (item["StatusCode"], item["Description"]) == (
        "Failed",
        "Attempting to scale due to alarm triggered",
    )
    assert activities.items(HERE, {"ServiceNamespace": "sagemaker"}) == []


def test_an_endpoint_that_changes_is_not_scaled_and_tried_again(fleet: Fleet) -> None:
    fleet.policy("one")
    fleet.alarm("one", 20)
    fleet.at_rest = False

    assert fleet.decide() == 2
    assert fleet.reasons() == [{"Code": "TargetServicePutResourceAsUnscalable"}]
    fleet.at_rest = True
    assert fleet.decide() == 4


@pytest.mark.parametrize("above", [True, False])
def test_suspended_scaling_of_one_direction_does_nothing(above: bool, fleet: Fleet) -> None:
    fleet.policy("one")
    fleet.alarm("one", 20 if above else 0, above=above)
    way = "Out" if above else "In"
    fleet.target.suspended_state = {f"DynamicScaling{way}Suspended": True}

    assert fleet.decide() == 2
    assert fleet.reasons() == []


def test_nothing_is_multiplied_where_there_is_nothing(fleet: Fleet) -> None:
    fleet.policy("one")
    fleet.alarm("one", 20)
    fleet.count = 0
    assert fleet.decide() == 0
    fleet.count, fleet.values["one-High"] = 2, []
    assert fleet.decide() == 2
    fleet.values["one-High"] = [20.0]
    fleet.alarms["one-High"].actions_enabled = False
    assert fleet.decide() == 2


@pytest.mark.parametrize(
    ("above", "code"), [(True, "AlreadyAtDesiredCapacity"), (False, "AlreadyAtMinCapacity")]
)
def test_a_step_that_changes_nothing_is_a_growth_where_its_alarm_is_about_too_much(
    above: bool, code: str, fleet: Fleet
) -> None:
    fleet.count = 1
    step = (
        {"ScalingAdjustment": 1, "MetricIntervalLowerBound": 0}
        if above
        else {
            "ScalingAdjustment": 1,
            "MetricIntervalUpperBound": 0,
        }
    )
    fleet.policy("steps", "StepScaling", AdjustmentType="ExactCapacity", StepAdjustments=[step])
    fleet.alarm("steps", 20 if above else 5, above=above)

    assert fleet.decide() == 1
    assert [one["Code"] for one in fleet.reasons()] == [code]
