"""What alarms make of a scalable target: which policy wins, cooldowns, and why nothing happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.applicationautoscaling import activities, amounts, targets
from sandbox.cloudwatch import evaluation, state_changes
from sandbox.cloudwatch.alarm_states import ALARM
from sandbox.state import clock

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_DEFAULT_COOLDOWN = 300


class Wish(NamedTuple):
    """The capacity that a policy wants for an alarm, before the target's bounds."""

    capacity: int
    is_up: bool
    policy: Any
    alarm: Any

    @property
    def cause(self) -> str:
        """Why, in AWS's words."""
        name = self.policy.policy_name
        return f"monitor alarm {self.alarm.name} in state ALARM triggered policy {name}"


@dataclass
class _Past:
    """What cooldowns need of the last activities of a target."""

    out_until: datetime | None = None
    before_out: int = 0
    in_until: datetime | None = None


_PAST: dict[tuple[Place, str], _Past] = {}
_WAITING: set[tuple[Place, str]] = set()
_LOCK = threading.Lock()


def trigger(place: Place, alarm: Any, arn: str) -> None:
    """Do what an alarm's action asks of a policy: with all others once each was evaluated."""
    resource = arn.partition(":resource/")[2].partition(":policyName/")[0].partition("/")[2]
    with _LOCK:
        _WAITING.add((place, resource))
    if not clock.is_telling():
        decide()


def tick(moment: datetime) -> None:
    """Decide what the alarms of this moment ask for, and what had to wait."""
    targets.move_later_ones()
    decide()


def decide() -> None:
    """Decide for each target of which a policy was triggered."""
    with _LOCK:
        waiting = set(_WAITING)
        _WAITING.clear()
    for place, backend in targets.every():
        for where, resource_id in waiting:
            target = targets.find(backend, resource_id, targets.DIMENSION)
            if where == place and target is not None:
                _decide(place, backend, target)


def _decide(place: Place, backend: Any, target: Any) -> None:
    current = targets.capacity(place, target)
    if not current:  # nothing to multiply
        return
    own = [one for one in list(backend.policies.values()) if one.resource_id == target.resource_id]
    policies = [one for one in own if one.scalable_dimension == target.scalable_dimension]
    alarms = [(policy, alarm) for policy in policies for alarm in _alarms_of(place, policy)]
    found = [
        _wish(place, policy, alarm, (current, target.min_capacity))
        for policy, alarm in alarms
        if alarm.state_value == ALARM
    ]
    wishes = [wish for wish in found if wish is not None]
    growing = [one for one in wishes if one.is_up]
    if growing:
        _scale_out(place, target, current, max(growing, key=lambda one: one.capacity))
        return
    shrinking = [one for one in wishes if not one.is_up]
    # Tracking shrinks only when all of its kind agree; a step policy asks nobody.
    agreed = {id(one.policy) for one in shrinking}
    trackers = [
        one for one in policies if _tracks(one) and not _settings(one).get("DisableScaleIn")
    ]
    if not all(id(one) in agreed for one in trackers):
        shrinking = [one for one in shrinking if not _tracks(one.policy)]
    if shrinking:
        _scale_in(place, target, current, max(shrinking, key=lambda one: one.capacity))


def _alarms_of(place: Place, policy: Any) -> list[Any]:
    found = dict(state_changes.backends()).get(place)
    every = list(found.alarms.values()) if found is not None else []
    return [
        one
        for one in every
        if one.actions_enabled
        and any(arn.partition(":createdBy/")[0] == policy.policy_arn for arn in one.alarm_actions)
    ]


def _wish(place: Place, policy: Any, alarm: Any, now: tuple[int, int]) -> Wish | None:
    """Return what a policy wants; `now` is the capacity and the least that it may be."""
    current, least = now
    settings, values = _settings(policy), evaluation.recent_values(place, alarm)
    if not values:
        return None
    is_above = str(alarm.comparison_operator).startswith("Greater")
    if _tracks(policy):
        target = float(settings["TargetValue"])
        if is_above:
            return Wish(amounts.track_out(current, values[0], target), True, policy, alarm)
        if settings.get("DisableScaleIn"):
            return None
        return Wish(amounts.track_in(current, values[0], target, least), False, policy, alarm)
    part = values[: int(alarm.evaluation_periods)]
    how = settings.get("MetricAggregationType", "Average")
    value = {"Minimum": min(part), "Maximum": max(part)}.get(how, sum(part) / len(part))
    steps = settings.get("StepAdjustments") or []
    step = amounts.step_of(steps, value - float(alarm.threshold), is_above=is_above)
    if step is None:
        return None
    count = amounts.adjust(
        current,
        str(settings.get("AdjustmentType")),
        int(step["ScalingAdjustment"]),
        int(settings.get("MinAdjustmentMagnitude") or 0),
    )
    return Wish(count, count > current or (count == current and is_above), policy, alarm)


def _scale_out(place: Place, target: Any, current: int, wish: Wish) -> None:
    if targets.suspends(target, "DynamicScalingOutSuspended"):
        return
    past, most = _PAST.setdefault((place, target.resource_id), _Past()), int(target.max_capacity)
    count = min(wish.capacity, most)
    if current >= most:
        _explain(place, target, wish, "AlreadyAtMaxCapacity", {"MaxCapacity": most})
        return
    if count <= current:
        _explain(place, target, wish, "AlreadyAtDesiredCapacity", {"CurrentCapacity": current})
        return
    if past.out_until is not None and clock.now() < past.out_until:
        # What the last activity added counts as a part of what is asked for now.
        count = min(past.before_out + wish.capacity - current, most)
        if count <= current:
            return

    def remember() -> None:
        past.out_until = _until(wish.policy, "ScaleOutCooldown")
        past.before_out, past.in_until = current, None

    past.in_until = None
    _change(place, target, count, wish, remember)


def _scale_in(place: Place, target: Any, current: int, wish: Wish) -> None:
    if targets.suspends(target, "DynamicScalingInSuspended"):
        return
    past, least = _PAST.setdefault((place, target.resource_id), _Past()), int(target.min_capacity)
    count = max(wish.capacity, least)
    if current <= least:
        _explain(place, target, wish, "AlreadyAtMinCapacity", {"MinCapacity": least})
        return
    if count >= current:
        code = "AlreadyAtDesiredCapacity"
        if _tracks(wish.policy):
            code = "AutoScalingAnticipatedFlapping"
        _explain(place, target, wish, code, {"CurrentCapacity": current})
        return
    if past.in_until is not None and clock.now() < past.in_until:
        return

    def remember() -> None:
        past.in_until = _until(wish.policy, "ScaleInCooldown")

    _change(place, target, count, wish, remember)


def _change(
    place: Place, target: Any, count: int, wish: Wish, on_success: Callable[[], None]
) -> None:
    if not targets.is_at_rest(place, target):
        _explain(place, target, wish, "TargetServicePutResourceAsUnscalable", {})
        return
    targets.change(place, target, count, wish.cause, on_success)


def _explain(place: Place, target: Any, wish: Wish, code: str, more: Document) -> None:
    activities.note_not_scaled(place, target, wish.cause, {"Code": code, **more})


def _until(policy: Any, name: str) -> datetime:
    settings = _settings(policy)
    seconds = settings.get(name if _tracks(policy) else "Cooldown")
    return clock.now() + timedelta(seconds=_DEFAULT_COOLDOWN if seconds is None else seconds)


def _tracks(policy: Any) -> bool:
    return str(policy.policy_type) == "TargetTrackingScaling"


def _settings(policy: Any) -> Document:
    found: Document = (
        policy.target_tracking_scaling_policy_configuration
        or policy.step_scaling_policy_configuration
        or {}
    )
    return found


def forget() -> None:
    """Drop what is remembered of targets."""
    with _LOCK:
        _PAST.clear()
        _WAITING.clear()


def install() -> None:
    """Have alarms trigger policies."""
    state_changes.ACTIONS.update({"autoscaling": trigger})
