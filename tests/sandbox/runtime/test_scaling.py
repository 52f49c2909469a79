"""Endpoints that scale: alarms over real requests, with a clock that is moved."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from sandbox.state import clock
from tests.sandbox import moved_clock
from tests.sandbox.runtime.cloud import Cloud, fresh, wait_for

_POLICY = "RequestsPerInstance"


@pytest.fixture(scope="module")
def artifact(cloud: Cloud) -> str:
    cloud.put("data/train.csv", b"1,2\n")
    return str(cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"])


class Scaled:
    """An endpoint that is a scalable target."""

    def __init__(self, cloud: Cloud, artifact: str) -> None:
        self.cloud, self.name = cloud, fresh("endpoint")
        self.client = cloud.client("application-autoscaling")
        self.where = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": f"endpoint/{self.name}/variant/AllTraffic",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        configuration = cloud.configuration(artifact)
        cloud.client("sagemaker").create_endpoint(
            EndpointName=self.name, EndpointConfigName=configuration
        )
        cloud.settled(self.name)
        clock.advance(61 - clock.now().timestamp() % 60)  # a minute of its own
        self.client.register_scalable_target(**self.where, MinCapacity=1, MaxCapacity=4)

    def track(self, target: float = 5, **more: Any) -> list[str]:
        settings = {
            "TargetValue": target,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
            **more,
        }
        answer = self.client.put_scaling_policy(
            **self.where,
            PolicyName=_POLICY,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=settings,
        )
        return [one["AlarmName"] for one in answer["Alarms"]]

    def minutes(self, number: int, requests: int = 0) -> None:
        for _ in range(number):
            for _ in range(requests):
                self.cloud.invoke(self.name)
            clock.advance(60)

    def count(self) -> int:
        (variant,) = self.cloud.settled(self.name)["ProductionVariants"]
        assert variant["CurrentInstanceCount"] == variant["DesiredInstanceCount"]
        return int(variant["CurrentInstanceCount"])

    def activities(self, **more: Any) -> list[Any]:
        where = {k: v for k, v in self.where.items() if k != "ScalableDimension"}
        found = self.client.describe_scaling_activities(**where, **more)
        return list(found["ScalingActivities"])

    def end(self) -> None:
        self.client.deregister_scalable_target(**self.where)
        self.cloud.settled(self.name)
        self.cloud.client("sagemaker").delete_endpoint(EndpointName=self.name)


@pytest.fixture
def scaled(cloud: Cloud, artifact: str) -> Iterator[Scaled]:
    one = Scaled(cloud, artifact)
    yield one
    one.end()


@pytest.fixture(scope="module", autouse=True)
def _clock() -> Iterator[None]:
    yield
    moved_clock.set_back()


def test_requests_bring_four_copies_and_quiet_takes_them_away(
    scaled: Scaled,
) -> None:
    high, low = scaled.track()
    assert high.startswith(f"TargetTracking-endpoint/{scaled.name}/variant/AllTraffic-AlarmHigh-")
    assert "-AlarmLow-" in low
    scaled.minutes(2, requests=20)
    assert scaled.count() == 1

    for _ in range(20):
        scaled.cloud.invoke(scaled.name)
    clock.advance(60)
    assert scaled.count() == 4

    (activity,) = scaled.activities()
    assert activity["StatusCode"] == "Successful"
    assert activity["Cause"] == f"monitor alarm {high} in state ALARM triggered policy {_POLICY}"
    assert activity["Description"] == "Setting desired instance count to 4."
    assert activity["StatusMessage"] == (
        "Successfully set desired instance count to 4. Change successfully fulfilled by sagemaker."
    )
    scaled.minutes(14)
    assert scaled.count() == 4
    scaled.minutes(3)
    assert scaled.count() == 1
    assert low in scaled.activities()[0]["Cause"]
    scaled.minutes(2)
    (reason,) = scaled.activities(IncludeNotScaledActivities=True)[0]["NotScaledReasons"]
    assert reason == {"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}


def test_no_request_is_lost_while_an_endpoint_scales_under_load(scaled: Scaled) -> None:
    names = scaled.track(target=3)
    answered: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answered.append(scaled.cloud.invoke(scaled.name)["pid"])
            time.sleep(0.002)

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            for _ in range(3):
                answered.clear()
                wait_for(lambda: len(answered) > 40, 20)
                clock.advance(60)
            assert scaled.count() == 4
            answered.clear()
            wait_for(lambda: len(answered) > 80, 20)
            seen = set(answered)
            # The same load, and machines that carry more of it: one is enough.
            assert scaled.track(target=100_000) == names
            scaled.minutes(16)
            assert scaled.count() == 1
        finally:
            stop.set()

    assert [one.exception() for one in asking] == [None] * 4
    assert len(seen) == 4


def test_a_policy_that_never_shrinks(scaled: Scaled) -> None:
    scaled.track(DisableScaleIn=True)
    scaled.minutes(3, requests=9)
    assert scaled.count() == 2
    scaled.minutes(18)
    assert scaled.count() == 2


def add_steps(scaled: Scaled) -> None:
    """Add a step policy, and an alarm on three requests a minute that triggers it."""
    policy = scaled.client.put_scaling_policy(
        **scaled.where,
        PolicyName="steps",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 120,
            "StepAdjustments": [
                {
                    "MetricIntervalLowerBound": 0,
                    "MetricIntervalUpperBound": 5,
                    "ScalingAdjustment": 1,
                },
                {"MetricIntervalLowerBound": 5, "ScalingAdjustment": 2},
            ],
        },
    )["PolicyARN"]
    scaled.cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=fresh("busy"),
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": scaled.name},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=2,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[policy],
    )


def test_steps_on_an_own_alarm(scaled: Scaled) -> None:
    add_steps(scaled)
    scaled.minutes(1, requests=3)
    assert scaled.count() == 2
    # In its cooldown only what asks for more than was added already.
    scaled.minutes(1, requests=3)
    assert scaled.count() == 2
    scaled.minutes(1, requests=8)
    assert scaled.count() == 3
    scaled.minutes(3, requests=3)
    assert scaled.count() == 4
    scaled.minutes(4, requests=3)
    reasons = scaled.activities(IncludeNotScaledActivities=True)[0]["NotScaledReasons"]
    assert reasons == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}]


def test_a_scheduled_action_moves_the_bounds_and_the_capacity(scaled: Scaled) -> None:
    at = clock.now() + timedelta(minutes=2)
    scaled.client.put_scheduled_action(
        **scaled.where,
        ScheduledActionName="morning",
        Schedule=f"at({at:%Y-%m-%dT%H:%M}:00)",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 3},
    )
    scaled.minutes(1)
    assert scaled.count() == 1
    scaled.minutes(1)
    assert scaled.count() == 2

    moved, action = scaled.activities()
    assert moved["Cause"] == "minimum capacity was set to 2"
    assert action["Description"] == "Setting min capacity to 2 and max capacity to 3"
    assert action["Cause"] == "scheduled action name morning was triggered"
    (target,) = scaled.client.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[scaled.where["ResourceId"]]
    )["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 3)


def test_a_registration_moves_the_capacity_at_once(scaled: Scaled) -> None:
    scaled.client.register_scalable_target(**scaled.where, MinCapacity=3, MaxCapacity=4)
    assert scaled.count() == 3
    scaled.client.register_scalable_target(**scaled.where, MinCapacity=1, MaxCapacity=2)
    assert scaled.count() == 2
    assert [one["Cause"] for one in scaled.activities()] == [
        "maximum capacity was set to 2",
        "minimum capacity was set to 3",
    ]


def test_suspended_scaling_does_nothing(scaled: Scaled) -> None:
    scaled.track()
    suspended = {"DynamicScalingOutSuspended": True}
    scaled.client.register_scalable_target(**scaled.where, SuspendedState=suspended)
    scaled.minutes(4, requests=20)
    assert scaled.count() == 1
    on = {"DynamicScalingOutSuspended": False}
    scaled.client.register_scalable_target(**scaled.where, SuspendedState=on)
    # It looks at the alarms that are in breach now.
    scaled.minutes(1, requests=20)
    assert scaled.count() == 4


def test_an_endpoint_that_goes_takes_its_target_policies_and_alarms_with_it(
    cloud: Cloud, artifact: str
) -> None:
    one = Scaled(cloud, artifact)
    names = one.track()
    one.client.put_scheduled_action(
        **one.where,
        ScheduledActionName="a",
        Schedule="rate(1 day)",
        ScalableTargetAction={"MinCapacity": 2},
    )

    cloud.client("sagemaker").delete_endpoint(EndpointName=one.name)

    where = {"ServiceNamespace": "sagemaker"}
    ids = [one.where["ResourceId"]]
    targets = one.client.describe_scalable_targets(**where, ResourceIds=ids)
    assert targets["ScalableTargets"] == []
    assert one.client.describe_scaling_policies(**where, ResourceId=ids[0])["ScalingPolicies"] == []
    assert (
        one.client.describe_scheduled_actions(**where, ResourceId=ids[0])["ScheduledActions"] == []
    )
    found = cloud.client("cloudwatch").describe_alarms(AlarmNames=names)
    assert found["MetricAlarms"] == []


def test_a_policy_that_is_written_again_keeps_its_arn_and_alarms(scaled: Scaled) -> None:
    names = scaled.track()
    where = {"ServiceNamespace": "sagemaker", "ResourceId": scaled.where["ResourceId"]}
    (before,) = scaled.client.describe_scaling_policies(**where)["ScalingPolicies"]

    assert scaled.track(target=9) == names

    (after,) = scaled.client.describe_scaling_policies(**where)["ScalingPolicies"]
    assert after["PolicyARN"] == before["PolicyARN"]
    found = scaled.cloud.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    shown = {
        round(one["Threshold"], 6): (one["EvaluationPeriods"], one["Statistic"]) for one in found
    }
    assert shown == {9.0: (3, "Sum"), 8.1: (15, "Sum")}


def test_requests_at_once_are_tracked_every_ten_seconds(scaled: Scaled) -> None:
    kind = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
    scaled.track(target=0.5, PredefinedMetricSpecification={"PredefinedMetricType": kind})
    for _ in range(3):
        scaled.cloud.invoke(scaled.name)
        clock.advance(10)

    assert scaled.count() == 2


def test_a_limit_of_this_machine_fails_the_activity_and_says_so(scaled: Scaled) -> None:
    scaled.client.register_scalable_target(**scaled.where, MinCapacity=9, MaxCapacity=20)

    assert scaled.count() == 1
    activity = scaled.activities()[0]
    assert activity["StatusCode"] == "Failed"
    assert activity["StatusMessage"].startswith(
        "Failed to set desired instance count to 9. Reason: sandbox: variant AllTraffic would have "
        "9 instances"
    )
