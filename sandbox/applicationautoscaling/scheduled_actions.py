"""Scheduled actions: at their time they set the bounds of a target, which moves its capacity.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.applicationautoscaling import activities, targets
from sandbox.eventbridge import cron

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.state.stores import Place


def tick(moment: datetime) -> None:
    """Run every action whose time has come; actions of the past are not made up for."""
    for place, backend in targets.every():
        for action in list(backend.scheduled_actions):
            if _is_due(action, moment):
                target = targets.find(backend, action.resource_id, action.scalable_dimension)
                if target and not targets.suspends(target, "ScheduledScalingSuspended"):
                    run(place, target, action)


def _is_due(action: Any, moment: datetime) -> bool:
    second = moment.timestamp()
    if action.start_time and second < float(action.start_time):
        return False
    if action.end_time and second > float(action.end_time):
        return False
    timezone = action.timezone or "UTC"
    try:
        return cron.is_due(str(action.schedule), timezone, action.creation_time, moment)
    except (ValueError, KeyError):  # an expression or a time zone that nobody has
        return False


def run(place: Place, target: Any, action: Any) -> None:
    """Set the bounds that an action names, as an activity, and move the capacity into them."""
    wanted = action.scalable_target_action or {}
    least, most = wanted.get("MinCapacity"), wanted.get("MaxCapacity")
    named = {"min": least, "max": most}
    parts = [f"{word} capacity to {count}" for word, count in named.items() if count is not None]
    what = " and ".join(parts)
    cause = f"scheduled action name {action.scheduled_action_name} was triggered"
    activity = activities.begin(place, target, f"Setting {what}", cause)
    low = target.min_capacity if least is None else least
    high = target.max_capacity if most is None else most
    if low > high:
        reason = f"minimum capacity {low} is over maximum capacity {high}"
        activities.finish(activity, "Failed", f"Failed to set {what}. Reason: {reason}")
        return
    target.min_capacity, target.max_capacity = low, high
    activities.finish(activity, "Successful", f"Successfully set {what}")
    targets.move_into_bounds(place, target)
