"""Scaling of an endpoint: what is scaled, and the pauses between two changes."""

from tests.templates.model_stacks import model_stacks, only

SCALING = {"min_instances": 2, "max_instances": 8, "track": {"target_per_minute": 600}}


def test_scaling_pauses_as_long_as_the_file_says() -> None:
    pauses = {"scale_in_cooldown_seconds": 90, "scale_out_cooldown_seconds": 30}
    stacks = model_stacks(endpoint={"scaling": {**SCALING, **pauses}})
    policy = only(stacks.served("AWS::ApplicationAutoScaling::ScalingPolicy"))

    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert (tracking["ScaleInCooldown"], tracking["ScaleOutCooldown"]) == (90, 30)


def test_scaling_changes_the_number_of_instances_of_the_endpoint() -> None:
    stacks = model_stacks(endpoint={"scaling": SCALING})
    target = only(stacks.served("AWS::ApplicationAutoScaling::ScalableTarget"))
    policy = only(stacks.served("AWS::ApplicationAutoScaling::ScalingPolicy"))

    assert target["ServiceNamespace"] == "sagemaker"
    assert target["ScalableDimension"] == "sagemaker:variant:DesiredInstanceCount"
    assert policy["PolicyType"] == "TargetTrackingScaling"
    assert "ScalingTarget" in policy["ScalingTargetId"]["Ref"]
