"""Baking periods of a deployment: waits on the sandbox's clock that an alarm ends."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from sandbox.cloudwatch.alarm_states import ALARM
from sandbox.state import clock

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.sagemaker.deployments.policies import Policy
    from sandbox.state.stores import Place

_LONGEST_STEP_SECONDS = 45.0
"""Who moves the clock waits this long for the processes of a step, less than boto3 would."""

_CHANGED = threading.Condition()
_RUNNING: set[Watch] = set()


class RolledBack(Exception):
    """An alarm or a time-out ends the deployment; the text is the endpoint's FailureReason."""


class Abandoned(Exception):
    """The endpoint of a deployment is gone."""


def first_in_alarm(place: Place, names: tuple[str, ...]) -> str:
    """Return the first of these alarms that is in ALARM, "" without one."""
    alarms = cloudwatch_backends[place.account][place.region].alarms
    found = (name for name in names if name in alarms and alarms[name].state_value == ALARM)
    return next(found, "")


class Watch:
    """The alarms and the time of one deployment.

    Its waits last as long as they say `on_the_clock`; otherwise they are over at once, and the
    alarms are looked at nevertheless.
    """

    def __init__(self, place: Place, policy: Policy, *, on_the_clock: bool) -> None:
        self._place, self._policy = place, policy
        self.on_the_clock = on_the_clock
        self._began = clock.now()
        self._skipped = timedelta()
        self._until: datetime | None = None
        self._alarm = ""
        self._is_stopped = False

    def begin(self) -> None:
        """Hear of alarms and of the clock, until `end`."""
        with _CHANGED:
            _RUNNING.add(self)

    def end(self) -> None:
        """Let the clock go on without this deployment."""
        with _CHANGED:
            _RUNNING.discard(self)
            _CHANGED.notify_all()

    def bake(self, seconds: float) -> None:
        """Wait; raises RolledBack when an alarm goes off or the time is up, before and after."""
        self.look()
        if not self.on_the_clock:
            self._skipped += timedelta(seconds=seconds)
        elif seconds:
            self._rest(min(clock.now() + timedelta(seconds=seconds), self._end()))
        self.look()

    def look(self) -> None:
        """Raise RolledBack when an alarm is in ALARM or the time is up, Abandoned after `stop`."""
        if self._is_stopped:
            raise Abandoned
        alarm = self._alarm or first_in_alarm(self._place, self._policy.alarms)
        if alarm:
            # AWS's own words were found nowhere.
            raise RolledBack(
                f"The deployment was rolled back: CloudWatch alarm {alarm} is in ALARM state."
            )
        if clock.now() + self._skipped >= self._end():
            raise RolledBack(
                "The deployment was rolled back: it took longer than "
                f"MaximumExecutionTimeoutInSeconds, {self._policy.longest_seconds} seconds."
            )

    def _end(self) -> datetime:
        # SageMaker's own limit is eight hours: model sagemaker.MaximumExecutionTimeoutInSeconds.
        return self._began + timedelta(seconds=self._policy.longest_seconds or 28_800)

    def _rest(self, until: datetime) -> None:
        with _CHANGED:
            if self._alarm or self._is_stopped:
                return
            self._until = until
            _CHANGED.notify_all()
            clock.look_again()
            _CHANGED.wait_for(lambda: self._until is None)

    @property
    def is_resting(self) -> bool:
        """True while the deployment does nothing but wait."""
        return self._until is not None

    def wake(self, moment: datetime) -> None:
        """End the wait when it is over."""
        if self._until is not None and moment >= self._until:
            self._until = None

    def tell(self, place: Place, alarm: Any) -> None:
        """End the wait when it is one of its alarms that has gone off."""
        if place == self._place and alarm.name in self._policy.alarms:
            self._alarm, self._until = alarm.name, None

    def stop(self) -> None:
        """End the wait and the deployment: its endpoint is gone."""
        with _CHANGED:
            self._is_stopped, self._until = True, None
            _CHANGED.notify_all()


def is_waited_for() -> bool:
    """Return whether a deployment follows the clock."""
    return any(watch.on_the_clock for watch in list(_RUNNING))


def tick(moment: datetime) -> None:
    """End the waits that are over, and return when every deployment waits for later again."""
    with _CHANGED:
        for watch in _RUNNING:
            watch.wake(moment)
        _CHANGED.notify_all()
        _CHANGED.wait_for(_are_all_resting, _LONGEST_STEP_SECONDS)


def _are_all_resting() -> bool:
    return all(watch.is_resting for watch in _RUNNING if watch.on_the_clock)


def hear(place: Place, alarm: Any) -> None:
    """End the waits of deployments that watch an alarm which has gone off."""
    if alarm.state_value == ALARM:
        with _CHANGED:
            for watch in _RUNNING:
                watch.tell(place, alarm)
            _CHANGED.notify_all()
