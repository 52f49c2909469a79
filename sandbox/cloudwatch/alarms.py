"""CloudWatch's operations on alarms: what is put is evaluated, and what cannot be is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import ValidationError
from moto.core.responses import ActionResult, EmptyResult

from sandbox.cloudwatch import alarm_rules, history, queries, state_changes
from sandbox.cloudwatch.alarm_states import INSUFFICIENT, OPERATORS
from sandbox.cloudwatch.api import MetricsResponse

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_NOT_EVALUATED = (
    *("ThresholdMetricId", "EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria"),
    *("EvaluationInterval", "ActionConfiguration"),
    *("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"),
)
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_MISSING = ("breaching", "notBreaching", "ignore", "missing")
_PAGE = 100


class Response(MetricsResponse):
    """The operations on alarms, beside those on metrics."""

    def put_metric_alarm(self) -> ActionResult:
        asked: Document = self._get_params()
        check(asked)
        before = self.cloudwatch_backend.alarms.get(asked["AlarmName"])
        super().put_metric_alarm()
        state_changes.adopt(self.place, self.cloudwatch_backend.alarms[asked["AlarmName"]], before)
        return EmptyResult()

    def put_composite_alarm(self) -> ActionResult:
        asked: Document = self._get_params()
        _refuse_unknown(asked)
        rule = str(asked["AlarmRule"])
        alarms = self.cloudwatch_backend.alarms
        try:
            alarm_rules.is_true(rule, lambda name: INSUFFICIENT)
            unknown = [name for name in alarm_rules.alarms_of(rule) if name not in alarms]
        except alarm_rules.RuleError as error:
            raise ValidationError(str(error)) from None
        if unknown:
            raise ValidationError(f"Could not save the composite alarm: no alarms {unknown}")
        before = alarms.get(asked["AlarmName"])
        super().put_metric_alarm()
        state_changes.adopt(self.place, alarms[asked["AlarmName"]], before)
        return EmptyResult()

    def delete_alarms(self) -> ActionResult:
        alarms = self.cloudwatch_backend.alarms
        for name in self._get_params().get("AlarmNames") or []:
            if name in alarms:
                note_deletion(self.place, alarms[name])
        return super().delete_alarms()

    def describe_alarm_history(self) -> ActionResult:
        asked: Document = self._get_params()
        found = history.items(self.place, asked)
        begin, size = int(asked.get("NextToken") or 0), int(asked.get("MaxRecords") or _PAGE)
        more = {"NextToken": str(begin + size)} if begin + size < len(found) else {}
        return ActionResult({"AlarmHistoryItems": found[begin : begin + size], **more})

    def describe_alarms(self) -> ActionResult:
        asked: Document = self._get_params()
        kinds = asked.get("AlarmTypes") or ["MetricAlarm"]
        found = [
            one for one in self.cloudwatch_backend.alarms.values() if _is_asked_for(one, asked)
        ]
        begin, size = int(asked.get("NextToken") or 0), int(asked.get("MaxRecords") or _PAGE)
        part = [one for one in found if _kind(one) in kinds]
        page = part[begin : begin + size]
        more = {"NextToken": str(begin + size)} if begin + size < len(part) else {}
        composites = [_composite(one) for one in page if one.rule]
        plain = [one for one in page if not one.rule]
        return ActionResult({"MetricAlarms": plain, "CompositeAlarms": composites, **more})


def _kind(alarm: Any) -> str:
    return "CompositeAlarm" if alarm.rule else "MetricAlarm"


def _is_asked_for(alarm: Any, asked: Document) -> bool:
    names = asked.get("AlarmNames")
    if names and alarm.name not in names:
        return False
    if not alarm.name.startswith(asked.get("AlarmNamePrefix") or ""):
        return False
    if asked.get("StateValue") not in (None, alarm.state_value):
        return False
    prefix = asked.get("ActionPrefix")
    return not prefix or any(arn.startswith(prefix) for arn in alarm.alarm_actions)


def _composite(alarm: Any) -> Document:
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.alarm_arn,
        "AlarmDescription": alarm.description,
        "AlarmRule": alarm.rule,
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmActions": alarm.alarm_actions,
        "OKActions": alarm.ok_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
    }


def _refuse_unknown(asked: Document) -> None:
    for name in _NOT_EVALUATED:
        if asked.get(name) is not None:
            raise ValidationError(f"sandbox: {name} of an alarm is not evaluated here")
    for arn in (arn for name in _ACTIONS for arn in asked.get(name) or []):
        service = arn.split(":")[2] if arn.count(":") >= 5 else arn
        if service not in ("sns", *state_changes.ACTIONS):
            raise ValidationError(f"sandbox: {service} does not act on alarms here: {arn}")


def check(asked: Document) -> None:
    """Raise ValidationError for an alarm that would not be evaluated here as on AWS."""
    _refuse_unknown(asked)
    comparison, missing = asked.get("ComparisonOperator"), asked.get("TreatMissingData")
    if comparison is not None and comparison not in OPERATORS:
        raise ValidationError(f"sandbox: {comparison} is not evaluated here")
    if missing is not None and missing not in _MISSING:
        raise ValidationError(f"Option {missing} is not supported for TreatMissingData")
    if asked.get("Metrics"):
        queries.check(asked["Metrics"])
    for name in ("Statistic", "ExtendedStatistic"):
        if asked.get(name):
            queries.check_statistic(asked[name])


def note_deletion(place: Place, alarm: Any) -> None:
    """Tell the history that an alarm goes."""
    summary = f'Alarm "{alarm.name}" deleted'
    history.note(place, alarm, "ConfigurationUpdate", summary, {"type": "Delete"})


def install() -> None:
    """Put these operations in front of moto's."""
    urls.url_paths["{0}/$"] = Response.dispatch
