from typing import Any

import pytest

from tests.templates.model_stacks import Templates, flat, model_stacks, only

MACHINES = {"min_instances": 3, "max_instances": 3}


def taking_over(**deployment: Any) -> dict[str, Any]:
    """`DeploymentConfig` of an endpoint with three machines."""
    return dict(only(stacks(deployment).served("AWS::SageMaker::Endpoint"))["DeploymentConfig"])


def stacks(deployment: dict[str, Any]) -> Templates:
    return model_stacks(endpoint={"scaling": MACHINES, "deployment": deployment})


def alarms(templates: Templates, name: str) -> list[dict[str, Any]]:
    return [
        body["Properties"]
        for logical_id, body in templates.inference["Resources"].items()
        if body["Type"] == "AWS::CloudWatch::Alarm" and name in logical_id
    ]


def test_a_canary_takes_its_share_and_is_watched() -> None:
    policy = taking_over(strategy="canary", percent=33, bake_minutes=5)["BlueGreenUpdatePolicy"]

    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "CANARY",
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 33},
        "WaitIntervalInSeconds": 300,
    }
    assert policy["TerminationWaitInSeconds"] == 300


def test_linear_steps_have_the_size_of_the_file() -> None:
    policy = taking_over(strategy="linear", percent=25, bake_minutes=10)["BlueGreenUpdatePolicy"]

    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "LINEAR",
        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 25},
        "WaitIntervalInSeconds": 600,
    }


def test_rolling_never_needs_a_second_fleet() -> None:
    config = taking_over(strategy="rolling", percent=50, bake_minutes=5)

    assert "BlueGreenUpdatePolicy" not in config
    assert config["RollingUpdatePolicy"]["MaximumBatchSize"] == {
        "Type": "CAPACITY_PERCENT",
        "Value": 50,
    }
    assert config["RollingUpdatePolicy"]["WaitIntervalInSeconds"] == 300


def test_all_at_once_still_keeps_the_old_machines_for_a_while() -> None:
    policy = taking_over(strategy="all_at_once", bake_minutes=7)["BlueGreenUpdatePolicy"]

    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "ALL_AT_ONCE",
        "WaitIntervalInSeconds": 0,
    }
    assert policy["TerminationWaitInSeconds"] == 420


@pytest.mark.parametrize(
    ("deployment", "waits_seconds"),
    [
        ({"strategy": "all_at_once", "bake_minutes": 0}, 0),
        ({"strategy": "canary", "percent": 50, "bake_minutes": 60}, 7_200),
        ({"strategy": "linear", "percent": 33, "bake_minutes": 30}, 9_000),
        ({"strategy": "rolling", "percent": 20, "bake_minutes": 20}, 6_000),
        ({"strategy": "rolling", "percent": 5, "bake_minutes": 13}, 15_600),
    ],
)
def test_a_takeover_may_take_longer_than_all_its_waits(
    deployment: dict[str, Any], waits_seconds: int
) -> None:
    config = taking_over(**deployment)
    policy = config.get("BlueGreenUpdatePolicy") or config["RollingUpdatePolicy"]

    assert waits_seconds < policy["MaximumExecutionTimeoutInSeconds"] <= 28_800


def test_errors_and_latency_of_the_new_machines_bring_the_old_version_back() -> None:
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


def test_every_alarm_says_what_silence_means_and_tells_somebody() -> None:
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
