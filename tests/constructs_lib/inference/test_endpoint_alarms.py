"""CloudWatch alarms of an endpoint: for rollback and for notification."""

from typing import Any

import pytest

from tests.constructs_lib.inference.scaled_endpoints import stacks
from tests.templates.model_stacks import Templates, flat, model_stacks, only


def alarms(templates: Templates, name: str) -> list[dict[str, Any]]:
    return [
        body["Properties"]
        for logical_id, body in templates.inference["Resources"].items()
        if body["Type"] == "AWS::CloudWatch::Alarm" and name in logical_id
    ]


def test_errors_and_latency_of_the_new_instances_roll_back() -> None:
    templates = stacks({"strategy": "canary", "percent": 33})
    config = only(templates.served("AWS::SageMaker::Endpoint"))["DeploymentConfig"]
    named = [alarm["AlarmName"]["Ref"] for alarm in config["AutoRollbackConfiguration"]["Alarms"]]

    assert len(named) == 2
    for name in named:
        alarm = templates.inference["Resources"][name]["Properties"]
        assert "EndpointConfigName" in str(alarm)
        assert "Endpoint" not in references_of(templates, name)


def references_of(templates: Templates, logical_id: str) -> set[str]:
    """Types that the resource waits for."""
    text = str(templates.inference["Resources"][logical_id])
    resources = templates.inference["Resources"].items()
    return {
        body["Type"].rpartition("::")[2]
        for name, body in resources
        if f"'{name}'" in text and name != logical_id
    }


def test_operators_alarms_watch_the_endpoint_whatever_it_serves() -> None:
    for alarm in alarms(stacks({"strategy": "all_at_once"}), "EndpointAlarms"):
        assert "EndpointConfigName" not in str(alarm)
        assert alarm["AlarmActions"]


def test_latency_is_compared_in_microseconds() -> None:
    templates = model_stacks(endpoint={"alarms": {"latency_p99_ms": 250}})

    latency = alarms(templates, "EndpointAlarmsLatency")
    assert [(a["Threshold"], a["ExtendedStatistic"], a["MetricName"]) for a in latency] == [
        (250_000, "p99", "ModelLatency")
    ]


def test_errors_are_a_share_of_the_requests() -> None:
    templates = model_stacks(endpoint={"alarms": {"errors_5xx_percent": 2.5}})

    (alarm,) = alarms(templates, "EndpointAlarmsErrors")
    assert alarm["Threshold"] == 2.5
    names = {m["MetricStat"]["Metric"]["MetricName"] for m in alarm["Metrics"] if "MetricStat" in m}
    assert names == {"Invocation5XXErrors", "Invocations"}


def test_an_idle_endpoint_is_called_idle_after_the_hours_of_the_file() -> None:
    templates = model_stacks(endpoint={"alarms": {"idle_hours": 6}})

    (alarm,) = alarms(templates, "EndpointAlarmsIdle")
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (6, 6)
    assert {m["MetricStat"]["Period"] for m in alarm["Metrics"] if "MetricStat" in m} == {3_600}
    assert alarm["TreatMissingData"] == "notBreaching"


def test_only_an_endpoint_that_scales_can_be_at_its_maximum() -> None:
    fixed = stacks({"strategy": "all_at_once"})
    scaled = model_stacks(
        endpoint={"scaling": {"max_instances": 4, "track": {"target_per_minute": 60}}}
    )

    assert alarms(fixed, "AtMaximum") == []
    (alarm,) = alarms(scaled, "AtMaximum")
    assert alarm["Threshold"] == 3.5


def test_every_alarm_treats_missing_data_and_notifies() -> None:
    templates = model_stacks()
    found = [
        body["Properties"]
        for template in (templates.inference, templates.training)
        for body in template["Resources"].values()
        if body["Type"] == "AWS::CloudWatch::Alarm"
    ]

    assert len(found) > 8
    for alarm in found:
        assert alarm["TreatMissingData"] == "notBreaching", alarm["AlarmDescription"]
        assert "Topic" in flat(alarm["AlarmActions"][0]), alarm["AlarmDescription"]


SCALED = {"scaling": {"max_instances": 4, "track": {"target_per_minute": 60}}}


def all_alarms() -> dict[str, dict[str, Any]]:
    """Every alarm of an endpoint that scales, by its name without CloudFormation's hash."""
    return {
        logical_id[:-8]: body["Properties"]
        for logical_id, body in model_stacks(endpoint=SCALED).inference["Resources"].items()
        if body["Type"] == "AWS::CloudWatch::Alarm"
    }


@pytest.mark.parametrize(
    ("name", "points", "minutes"),
    [
        ("EndpointAlarmsErrors", 3, 5),
        ("EndpointAlarmsLatency", 3, 5),
        ("EndpointAlarmsAtMaximum", 15, 15),
        # Sooner than the others: the old instances are still there to go back to.
        ("EndpointRollbackAlarmsErrors", 2, 3),
        ("EndpointRollbackAlarmsLatency", 2, 3),
    ],
)
def test_an_alarm_goes_off_above_its_limit_for_several_minutes(
    name: str, points: int, minutes: int
) -> None:
    alarm = all_alarms()[name]

    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (points, minutes)
    periods = [metric["MetricStat"]["Period"] for metric in measured(alarm)]
    assert set(periods or [alarm["Period"]]) == {60}


def test_an_endpoint_is_idle_below_one_request_an_hour() -> None:
    alarm = all_alarms()["EndpointAlarmsIdle"]

    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def measured(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics of an alarm that an expression combines."""
    return [metric for metric in alarm.get("Metrics", []) if "MetricStat" in metric]


@pytest.mark.parametrize("name", ["Errors", "Idle", "AtMaximum"])
def test_an_alarm_judges_one_expression_of_metrics_that_it_sums(name: str) -> None:
    alarm = all_alarms()[f"EndpointAlarms{name}"]
    (judged,) = [metric for metric in alarm["Metrics"] if "Expression" in metric]

    assert judged["ReturnData"] is True
    assert len(measured(alarm)) == 2
    for metric in measured(alarm):
        assert metric["Id"] in judged["Expression"]
        assert metric["ReturnData"] is False
        assert metric["MetricStat"]["Stat"] == "Sum"


def test_an_alarm_measures_the_endpoint_and_a_rollback_alarm_its_new_version() -> None:
    for name, alarm in all_alarms().items():
        metrics = [metric["MetricStat"]["Metric"] for metric in measured(alarm)] or [alarm]
        for metric in metrics:
            dimensions = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
            of_version = {"EndpointConfigName"} if "Rollback" in name else set()
            assert set(dimensions) == {"EndpointName", "VariantName"} | of_version, name
            assert dimensions["VariantName"] == "AllTraffic", name
            assert metric["Namespace"] in ("AWS/SageMaker", "/aws/sagemaker/Endpoints"), name
