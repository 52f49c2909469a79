"""CloudWatch alarm state changes to EventBridge and SNS; metrics are not evaluated."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend

from sandbox.eventbridge import events
from sandbox.state.stores import Document, Place, now

_moto_set = CloudWatchBackend.set_alarm_state
_CHANGE = "CloudWatch Alarm State Change"
_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions"}


def _set_alarm_state(
    self: Any, alarm_name: str, reason: str, reason_data: str, state_value: str
) -> None:
    before = self.alarms[alarm_name].state_value if alarm_name in self.alarms else ""
    _moto_set(self, alarm_name, reason, reason_data, state_value)
    if before == state_value:
        return
    alarm = self.alarms[alarm_name]
    place = Place(self.account_id, self.region_name)
    state = {"value": state_value, "reason": reason, "timestamp": _timestamp()}
    if reason_data:
        state["reasonData"] = reason_data
    detail: Document = {
        "alarmName": alarm_name,
        "state": state,
        "previousState": {"value": before or "INSUFFICIENT_DATA"},
        "configuration": _configuration(alarm),
    }
    events.put(place, events.Event("aws.cloudwatch", _CHANGE, detail, [alarm.alarm_arn]))
    actions = getattr(alarm, _ACTIONS.get(state_value, "insufficient_data_actions"), None) or []
    message = {"AlarmName": alarm_name, "NewStateValue": state_value, "NewStateReason": reason}
    for arn in [a for a in actions if alarm.actions_enabled and a.split(":")[2] == "sns"]:
        events.deliver({"Arn": arn}, json.dumps(message), {})


def _configuration(alarm: Any) -> Document:
    metric: Document = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": {d.name: d.value for d in alarm.dimensions or []},
    }
    statistic = {"metric": metric, "period": alarm.period, "stat": alarm.statistic}
    row = {"id": "m1", "metricStat": statistic, "returnData": True}
    return {"description": alarm.description, "metrics": [row]}


def _timestamp() -> str:
    moment = now()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def install() -> None:
    """Make SetAlarmState tell what it did."""
    CloudWatchBackend.set_alarm_state = _set_alarm_state
