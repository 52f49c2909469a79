"""Changes of an alarm's state: what EventBridge and the history are told, and actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends
from moto.utilities.arns import parse_arn

from sandbox.cloudwatch import definitions, history
from sandbox.cloudwatch.alarm_states import ALARM, INSUFFICIENT
from sandbox.eventbridge import events
from sandbox.state.stores import Document, Place, now

if TYPE_CHECKING:
    from datetime import datetime

_moto_set = CloudWatchBackend.set_alarm_state
_CHANGE = "CloudWatch Alarm State Change"
_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions"}

Action = Callable[[Place, Any, str], None]
ACTIONS: dict[str, Action] = {}
"""What an action does, by the service of its ARN; those of Auto Scaling are done every minute."""

Listener = Callable[[Place, Any], None]
LISTENERS: list[Listener] = []
"""Who is told of each new state, though no action names it: the deployments of endpoints."""


def _set_alarm_state(
    self: Any, alarm_name: str, reason: str, reason_data: str, state_value: str
) -> None:
    alarm = self.alarms.get(alarm_name)
    before = _state(alarm) if alarm else {"value": INSUFFICIENT}
    _moto_set(self, alarm_name, reason, reason_data, state_value)
    tell(Place(self.account_id, self.region_name), self.alarms[alarm_name], before)


def change(place: Place, alarm: Any, state: str, reason: str, data: Document) -> None:
    """Give an alarm a state, with its reason, and tell whoever has to know of a new one."""
    before = _state(alarm)
    if state == before["value"]:
        return
    alarm.update_state(reason, json.dumps(data), state)
    tell(place, alarm, before)


def tell(place: Place, alarm: Any, before: Document) -> None:
    """Tell EventBridge, the history and the actions of a state that was another one before."""
    alarm.state_updated_timestamp = now().replace(tzinfo=None)  # as moto keeps it
    state = _state(alarm)
    if state["value"] == before["value"]:
        return
    detail: Document = {
        "alarmName": alarm.name,
        "state": state,
        "previousState": before,
        "configuration": definitions.configuration(alarm),
    }
    summary = f"Alarm updated from {before['value']} to {state['value']}"
    data = {"oldState": _as_history(before), "newState": _as_history(state)}
    history.note(place, alarm, "StateUpdate", summary, data)
    events.put(place, events.Event("aws.cloudwatch", _CHANGE, detail, [alarm.alarm_arn]))
    for listen in LISTENERS:
        listen(place, alarm)
    act(place, alarm, before["value"])


def act(place: Place, alarm: Any, before: str = "") -> None:
    """Do the actions of an alarm's state; without `before`, those that are repeated."""
    actions = getattr(alarm, _ACTIONS.get(alarm.state_value, "insufficient_data_actions"), None)
    for arn in actions or [] if alarm.actions_enabled else []:
        service = parse_arn(arn).service
        if service == "sns" and before:
            _do(place, alarm, arn, partial(_publish, place, alarm, arn, before))
        elif service in ACTIONS:
            _do(place, alarm, arn, partial(ACTIONS[service], place, alarm, arn))


def _do(place: Place, alarm: Any, arn: str, action: Callable[[], None]) -> None:
    try:
        action()
    except Exception as error:  # an action that fails keeps neither the alarm nor the next one
        reason = f"{type(error).__name__}: {error}"
        said = {"actionState": "Failed", "notificationResource": arn, "error": reason}
        history.note(place, alarm, "Action", f"Failed to execute action {arn}", said)
        return
    said = {"actionState": "Succeeded", "notificationResource": arn}
    history.note(place, alarm, "Action", f"Successfully executed action {arn}", said)


def _publish(place: Place, alarm: Any, arn: str, before: str) -> None:
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": place.account,
        "AlarmConfigurationUpdatedTimestamp": _shown(alarm.configuration_updated_timestamp),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _shown(alarm.state_updated_timestamp),
        "Region": place.region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        **definitions.trigger(alarm),
    }
    events.deliver({"Arn": arn}, json.dumps(message), {})


def repeat(place: Place, alarm: Any) -> None:
    """Do again what is done every minute while an alarm is in ALARM.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    """
    if alarm.state_value == ALARM:
        act(place, alarm)


def adopt(place: Place, alarm: Any, before: Any) -> None:
    """Give an alarm that was put the state that it had, or that of a new one."""
    moment = now().replace(tzinfo=None)  # as moto keeps it
    alarm.configuration_updated_timestamp = moment
    if before is None:
        alarm.state_value, alarm.state_updated_timestamp = INSUFFICIENT, moment
        alarm.state_reason_data = ""
    else:
        for name in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp"):
            setattr(alarm, name, getattr(before, name))
    word = "created" if before is None else "updated"
    data = {"type": "Create" if before is None else "Update", **definitions.configuration(alarm)}
    history.note(place, alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {word}', data)


def _state(alarm: Any) -> Document:
    state = {
        "value": alarm.state_value,
        "reason": alarm.state_reason,
        "timestamp": _shown(alarm.state_updated_timestamp),
    }
    return state | ({"reasonData": alarm.state_reason_data} if alarm.state_reason_data else {})


def _as_history(state: Document) -> Document:
    found = {"stateValue": state["value"], "stateReason": state.get("reason")}
    data = state.get("reasonData")
    return found | ({"stateReasonData": json.loads(data)} if data else {})


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def backends() -> list[tuple[Place, Any]]:
    """Return CloudWatch of every account and region that was asked for."""
    return [
        (Place(account, region), backend)
        for account, regions in list(cloudwatch_backends.items())
        for region, backend in list(regions.items())
    ]


def install() -> None:
    """Make SetAlarmState tell what it did."""
    CloudWatchBackend.set_alarm_state = _set_alarm_state
