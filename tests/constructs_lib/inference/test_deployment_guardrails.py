from typing import Any

import pytest

from config.endpoint import DeploymentConfig
from tests.constructs_lib.inference.scaled_endpoints import stacks
from tests.templates.model_stacks import only


def taking_over(**deployment: Any) -> dict[str, Any]:
    """`DeploymentConfig` of an endpoint with three machines."""
    return dict(only(stacks(deployment).served("AWS::SageMaker::Endpoint"))["DeploymentConfig"])


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


def test_a_rollback_takes_no_steps() -> None:
    policy = taking_over(strategy="rolling", percent=5, bake_minutes=5)["RollingUpdatePolicy"]

    assert policy["RollbackMaximumBatchSize"] == {"Type": "CAPACITY_PERCENT", "Value": 100}


def test_a_deployment_ends_with_the_time_that_the_file_gives_it() -> None:
    for strategy in ("canary", "rolling"):
        config = taking_over(strategy=strategy, percent=50, bake_minutes=10)
        policy = config.get("BlueGreenUpdatePolicy") or config["RollingUpdatePolicy"]
        deployment = DeploymentConfig(strategy=strategy, percent=50, bake_minutes=10)
        assert policy["MaximumExecutionTimeoutInSeconds"] == deployment.longest_seconds


@pytest.mark.parametrize("strategy", ["all_at_once", "canary", "linear", "rolling"])
def test_a_new_version_is_rolled_back_by_alarms_however_it_takes_over(strategy: str) -> None:
    share = {} if strategy == "all_at_once" else {"percent": 50}
    alarms = taking_over(strategy=strategy, **share)["AutoRollbackConfiguration"]["Alarms"]

    assert [alarm["AlarmName"]["Ref"][:-8] for alarm in alarms] == [
        "EndpointRollbackAlarmsErrors",
        "EndpointRollbackAlarmsLatency",
    ]
