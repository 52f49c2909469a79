"""Which meters stand under every month and which under use, and what is said of prices."""

from typing import Any

import pytest

from reviewer.pricing.prices import PriceList
from reviewer.pricing.usage import units
from reviewer.resolver import Resolver
from reviewer.sheets.cost import cost
from tests.reviewer.handmade import UNPRICED, environment, stack
from tests.reviewer.test_cost import prices

BOARD = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{}"}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}
HOSTING = "sagemaker-hosting:ml.m5.large"


def endpoint(least: int, most: int) -> dict[str, Any]:
    variant = {"InitialInstanceCount": least, "InstanceType": "ml.m5.large", "VariantName": "v"}
    target = {"MinCapacity": least, "MaxCapacity": most}
    return {
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant]},
        },
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": target,
        },
    }


def sheet(prices_: PriceList = UNPRICED, **resources: dict[str, Any]) -> tuple[str, str, str]:
    """The first line, what stands under every month, and what stands under use."""
    assembly = environment(stack(resources))
    text = cost(assembly, Resolver(assembly), prices_)
    first, _, rest = text.partition("## Every month, used or not")
    monthly, _, used = rest.partition("## By use")
    return first, monthly, used


def test_what_bills_the_same_every_month_stands_there_alone() -> None:
    _, monthly, used = sheet(Board=BOARD, Topic=TOPIC)

    row = "| `Storage/Board` | `cloudwatch-dashboard` | 1 dashboard-month | unpriced | unpriced |"
    assert row in monthly
    assert "Storage/Board" not in used.partition("## Prices")[0]
    assert "Storage/Topic" not in monthly
    assert "| `Storage/Topic` | `sns-notification` | notification | unpriced | - |" in used


@pytest.mark.parametrize(("most", "by_use"), [(3, True), (1, False)])
def test_what_may_grow_stands_under_both(most: int, by_use: bool) -> None:
    _, monthly, used = sheet(**endpoint(1, most))

    assert f"| `Storage/Config` | `{HOSTING}` | 730 hours |" in monthly
    assert (f"| `Storage/Config` | `{HOSTING}` | hour |" in used) is by_use


def test_without_any_price_there_are_quantities_only() -> None:
    first, _, used = sheet(Board=BOARD, Topic=TOPIC)

    assert "No price is known for `us-east-1`: quantities only." in first
    assert "Without a price: `cloudwatch-dashboard`." in first
    assert "Billed by use, without a price: `sns-notification`." in first
    assert "ithout a price" not in used


def test_what_has_no_price_is_named_beside_the_sum() -> None:
    known = prices(**{"cloudwatch-dashboard": "3"})

    whole, monthly, used = sheet(known, Board=BOARD)
    first, _, _ = sheet(known, Board=BOARD, **endpoint(1, 1))

    assert "Idle: USD 3.00 a month. A month has 730 hours; list prices of `us-east-1`" in whole
    assert "the oldest of 2026-01-02" in whole
    assert "| 1 dashboard-month | 3 | USD 3.00 |" in monthly
    assert "Without a price" not in used
    assert f"Idle: USD 3.00 a month, and 1 meter without a price: `{HOSTING}`." in first


def test_a_sum_by_use_is_the_most_that_it_may_be() -> None:
    _, monthly, used = sheet(prices(**{HOSTING: "2"}), **endpoint(1, 3))

    assert "| 730 hours | 2 | USD 1,460.00 |" in monthly
    assert f"| `{HOSTING}` | hour | 2 | 2190 hours: USD 4,380.00 |" in used.replace("2,190", "2190")


def policy(**settings: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {"TargetTrackingScalingPolicyConfiguration": settings},
    }


FAST = {"PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"}
RATIO = [
    {"Id": "a", "MetricStat": {"Stat": "Sum"}},
    {"Id": "b", "MetricStat": {"Stat": "Sum"}},
    {"Id": "c", "Expression": "a / b"},
]


@pytest.mark.parametrize(
    ("settings", "meter", "amount"),
    [
        ({"TargetValue": 9}, "cloudwatch-alarm", "2 metric-months"),
        ({"TargetValue": 9, "DisableScaleIn": True}, "cloudwatch-alarm", "1 metric-month"),
        ({"PredefinedMetricSpecification": FAST}, "cloudwatch-alarm-high-resolution", "2 metric-"),
        ({"CustomizedMetricSpecification": {"Metrics": RATIO}}, "cloudwatch-alarm", "4 metric-"),
    ],
)
def test_the_alarms_that_target_tracking_makes_are_counted(
    settings: dict[str, Any], meter: str, amount: str
) -> None:
    _, monthly, _ = sheet(Policy=policy(**settings))

    assert f"| `Storage/Policy` | `{meter}` | {amount}" in monthly
    assert f"alarms of its own, {amount[0]} of the metrics below" in monthly


def test_steps_of_scaling_make_no_alarm() -> None:
    steps = {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {}}

    assert "Application Auto Scaling" not in sheet(Board=BOARD, Policy=steps)[1]


@pytest.mark.parametrize(
    ("watched", "meter"),
    [
        ({"Period": 10}, "cloudwatch-alarm-high-resolution"),
        ({"Period": 60}, "cloudwatch-alarm"),
        ({}, "cloudwatch-alarm"),
        ({"Metrics": [{"MetricStat": {"Period": 30}}]}, "cloudwatch-alarm-high-resolution"),
        ({"Metrics": [{"MetricStat": {"Period": 300}}]}, "cloudwatch-alarm"),
    ],
)
def test_an_alarm_that_looks_more_often_than_each_minute_is_another_meter(
    watched: dict[str, Any], meter: str
) -> None:
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": watched}

    assert f"| `Storage/Alarm` | `{meter}` | 1 metric-month |" in sheet(Alarm=alarm)[1]


def test_an_alarm_of_alarms_has_a_meter_of_its_own() -> None:
    alarm = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": "TRUE"}}

    row = "| `Storage/Alarm` | `cloudwatch-composite-alarm` | 1 alarm-month |"
    assert row in sheet(Alarm=alarm)[1]


@pytest.mark.parametrize(("rotates", "at_most"), [(True, True), (False, False), (None, False)])
def test_the_rotations_of_a_key_are_counted_as_the_most_that_it_may_cost(
    rotates: bool | None, at_most: bool
) -> None:
    settings = {} if rotates is None else {"EnableKeyRotation": rotates}
    key = {"Type": "AWS::KMS::Key", "Properties": settings}

    _, monthly, used = sheet(prices(**{"kms-key": "1"}), Key=key)

    assert "| `Storage/Key` | `kms-key` | 1 key-month | 1 | USD 1.00 |" in monthly
    row = "| `Storage/Key` | `kms-key` | key-month | 1 | 3 key-months: USD 3.00 |"
    assert (row in used) is at_most
    assert ("after each of its first 2 rotations" in monthly) is at_most


@pytest.mark.parametrize("count", [{"Ref": "HowMany"}, [], None, "many"])
def test_what_only_a_deployment_knows_is_counted_as_little_as_it_can_be(count: Any) -> None:
    resources = endpoint(1, 1)
    resources["Target"]["Properties"] = {"MinCapacity": count, "MaxCapacity": count}

    assert f"| `{HOSTING}` | 730 hours |" in sheet(**resources)[1]


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (1, "hour", "1 hour"),
        (2, "hour", "2 hours"),
        (0, "hour", "0 hours"),
        (1, "GB-month", "1 GB-month"),
        (5, "GB-month", "5 GB-month"),
        (5, "GB", "5 GB"),
        (730, "hour", "730 hours"),
    ],
)
def test_an_amount_has_its_unit(amount: float, unit: str, words: str) -> None:
    assert units(amount, unit) == words
