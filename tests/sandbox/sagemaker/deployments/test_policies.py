"""How many instances get requests in each step of a deployment."""

from typing import Any

import pytest

from sandbox.sagemaker.deployments import policies
from sandbox.sagemaker.deployments.policies import Policy, batch, read, steps

ROW = {"VariantName": "A", "InstanceType": "ml.m5.large", "InitialInstanceCount": 3}
ALARMS = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}, {"AlarmName": "b"}]}}


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def instances(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


@pytest.mark.parametrize(
    ("size", "count", "expected"),
    [
        (percent(33), 3, 1),
        (percent(50), 3, 1),
        (percent(50), 4, 2),
        (percent(5), 4, 1),
        (percent(33), 12, 3),
        (percent(100), 5, 5),
        (instances(2), 4, 2),
        (instances(9), 4, 4),
    ],
)
def test_a_share_is_rounded_down_to_one_instance_at_least(
    size: dict[str, Any], count: int, expected: int
) -> None:
    assert batch(size, count) == expected


@pytest.mark.parametrize(
    ("kind", "size", "count", "expected"),
    [
        ("ALL_AT_ONCE", percent(100), 3, [3]),
        ("CANARY", percent(30), 4, [1, 4]),
        ("LINEAR", percent(33), 3, [1, 2, 3]),
        ("LINEAR", percent(50), 5, [2, 4, 5]),
        ("ROLLING", instances(2), 4, [2, 4]),
        ("ROLLING", percent(100), 4, [4]),
    ],
)
def test_steps_end_with_every_instance(
    kind: str, size: dict[str, Any], count: int, expected: list[int]
) -> None:
    assert steps(kind, size, {"A": count}) == [{"A": each} for each in expected]


def test_variants_of_other_sizes_take_as_many_steps_as_the_largest() -> None:
    assert steps("LINEAR", instances(1), {"A": 1, "B": 2}) == [{"A": 1, "B": 1}, {"A": 1, "B": 2}]


def test_a_canary_is_read_with_its_waits_and_alarms() -> None:
    routing = {"Type": "CANARY", "CanarySize": percent(30), "WaitIntervalInSeconds": 60}
    blue_green = {
        "TrafficRoutingConfiguration": routing,
        "TerminationWaitInSeconds": 120,
        "MaximumExecutionTimeoutInSeconds": 600,
    }

    assert read({"BlueGreenUpdatePolicy": blue_green, **ALARMS}, [ROW]) == Policy(
        kind="CANARY",
        size=percent(30),
        wait_seconds=60,
        termination_wait_seconds=120,
        longest_seconds=600,
        alarms=("a", "b"),
    )


def test_a_rolling_update_is_read_with_the_size_of_its_way_back() -> None:
    rolling = {
        "MaximumBatchSize": instances(1),
        "WaitIntervalInSeconds": 30,
        "RollbackMaximumBatchSize": instances(2),
        "MaximumExecutionTimeoutInSeconds": 900,
    }

    policy = read({"RollingUpdatePolicy": rolling, **ALARMS}, [ROW])

    assert policy == Policy(
        kind="ROLLING",
        size=instances(1),
        wait_seconds=30,
        longest_seconds=900,
        rollback_size=instances(2),
        alarms=("a", "b"),
    )
    assert policy.steps_back({"A": 4}) == [{"A": 2}, {"A": 4}]
    assert Policy(kind="ROLLING").steps_back({"A": 4}) == [{"A": 4}]


def test_without_a_configuration_everything_moves_at_once_and_nobody_watches() -> None:
    assert read({}, [ROW]) == Policy()
    assert read({}, [ROW]).steps({"A": 3}) == [{"A": 3}]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "more",
    [{"InstanceType": "ml.inf1.xlarge"}, {"InstanceType": None, "ServerlessConfig": {}}],
    ids=["inferentia", "serverless"],
)
def test_deployment_guardrails_are_not_for_every_variant(more: dict[str, Any]) -> None:
    assert read(ALARMS, [ROW, ROW | more]) is None


@pytest.mark.parametrize(
    ("policy", "more"),
    [
        (None, 3),
        (Policy(), 3),
        (Policy(kind="LINEAR", size=instances(1)), 3),
        (Policy(kind="ROLLING", size=instances(1)), 1),
        (Policy(kind="ROLLING", size=percent(50)), 1),
    ],
)
def test_a_rolling_update_needs_one_batch_beside_what_serves(
    policy: Policy | None, more: int
) -> None:
    assert policies.more_at_once(policy, [ROW]) == [ROW | {"InitialInstanceCount": more}]
