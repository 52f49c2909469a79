"""Which calls make and change scalable targets and scaling policies."""

from typing import Any

import pytest

from sandbox.handlers.native_scaling import ScalableTarget, ScalingPolicy
from tests.sandbox.handlers.recorder import Recorder, made, resource

TARGET = {"ResourceId": "r", "ScalableDimension": "d", "ServiceNamespace": "n"}
MORNING = {"ScheduledActionName": "morning", "Schedule": "cron(0 7 * * ? *)"}
PUT = {"put_scaling_policy": {"PolicyARN": "arn:new"}}


def test_a_target_is_registered_with_its_actions() -> None:
    aws, one = Recorder(), resource(**TARGET, MinCapacity=1, ScheduledActions=[MORNING])

    ScalableTarget().create(aws, one)

    assert aws.calls == [
        ("register_scalable_target", {**TARGET, "MinCapacity": 1}),
        ("put_scheduled_action", {**MORNING, **TARGET}),
    ]
    assert (one.physical_id, one.attributes) == ("r|d|n", {"Id": "r|d|n"})


def test_a_target_is_registered_again_without_the_actions_it_had() -> None:
    aws, new = Recorder(), resource(**TARGET, MinCapacity=2)

    assert ScalableTarget().update(aws, new, made(**TARGET, ScheduledActions=[MORNING])) is False
    assert aws.calls == [
        ("delete_scheduled_action", {"ScheduledActionName": "morning", **TARGET}),
        ("register_scalable_target", {**TARGET, "MinCapacity": 2}),
    ]


@pytest.mark.parametrize("name", TARGET)
def test_another_resource_or_dimension_is_another_target(name: str) -> None:
    aws, new = Recorder(), resource(**{**TARGET, name: "other"})

    assert ScalableTarget().update(aws, new, made(**TARGET, ScheduledActions=[MORNING])) is True
    assert aws.operations() == ["register_scalable_target"]


@pytest.mark.parametrize("given", [TARGET, {"ScalingTargetId": "r|d|n"}])
def test_a_policy_is_of_the_target_that_it_names(given: dict[str, str]) -> None:
    aws, one = Recorder(**PUT), resource(PolicyName="p", PolicyType="t", **given)

    ScalingPolicy().create(aws, one)

    assert aws.calls == [("put_scaling_policy", {"PolicyName": "p", "PolicyType": "t", **TARGET})]
    assert (one.name, one.physical_id, one.attributes) == ("p", "arn:new", {"Arn": "arn:new"})


@pytest.mark.parametrize("target", ["r|d", "r|d|n|x"])
def test_a_target_that_is_not_three_names_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        ScalingPolicy().create(Recorder(**PUT), resource(PolicyName="p", ScalingTargetId=target))


@pytest.mark.parametrize(
    ("change", "replaced", "arn"),
    [
        ({"PolicyType": "t"}, False, "physical"),
        ({"PolicyName": "other"}, True, "arn:new"),
        ({"ResourceId": "other"}, True, "arn:new"),
        ({"ScalingTargetId": "r|d|n"}, False, "physical"),
        ({"ScalingTargetId": "other|d|n"}, True, "arn:new"),
    ],
)
def test_another_name_or_target_is_another_policy(
    change: dict[str, Any], replaced: bool, arn: str
) -> None:
    old = made(PolicyName="name", **TARGET)
    new = resource(**{"PolicyName": "name", **TARGET, **change})

    assert ScalingPolicy().update(Recorder(**PUT), new, old) is replaced
    assert new.physical_id == arn
