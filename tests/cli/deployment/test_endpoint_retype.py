"""A deployed template loses its scaling, and nothing else, for a change of the instance type."""

from typing import Any

import pytest

from cli.deployment.endpoint_retype import Retype, _instance_types, without_scaling
from cli.terminal.errors import Failure
from tests.templates.model_stacks import model_stacks


def test_only_scaling_leaves_the_real_template() -> None:
    scaling = {"min_instances": 1, "max_instances": 2, "track": {"target_per_minute": 60}}
    template = model_stacks(endpoint={"scaling": scaling}).inference

    left = without_scaling(template)

    gone = set(template["Resources"]) - set(left["Resources"])
    assert {template["Resources"][name]["Type"] for name in gone} == {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
    }
    for name, resource in left["Resources"].items():
        assert resource == template["Resources"][name]
    assert {**left, "Resources": 0} == {**template, "Resources": 0}


@pytest.mark.parametrize(
    "needs",
    [{"DependsOn": "Target"}, {"DependsOn": ["Target"]}, {"Properties": {"A": {"Ref": "Target"}}}],
)
def test_scaling_that_something_else_needs_stays(needs: dict[str, Any]) -> None:
    target = {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": {}}
    template = {"Resources": {"Target": target, "Alarm": {"Type": "AWS::SNS::Topic", **needs}}}

    with pytest.raises(Failure, match="Alarm: refers to the scaling of the endpoint"):
        without_scaling(template)


def test_what_will_be_done_is_said_with_the_number_of_instances() -> None:
    one = Retype("churn", "stack", "kiban-dev-churn", "ml.m5.large", "ml.m5.xlarge", 1)

    assert "from ml.m5.large to ml.m5.xlarge and is scaled" in str(one)
    assert str(one).endswith("its 1 instance kept")


def test_instances_that_nobody_may_count_are_kept_all_the_same() -> None:
    one = Retype("churn", "stack", "kiban-dev-churn", "ml.m5.large", "ml.m5.xlarge", 0)

    assert str(one).endswith("its instances kept")


def test_the_types_of_a_template_are_listed_by_priority() -> None:
    fallback = {"instance_type": "ml.m5.large", "fallback_types": ["ml.c5.large"]}

    assert _instance_types(model_stacks(endpoint=fallback).inference) == [
        "ml.m5.large",
        "ml.c5.large",
    ]
    assert _instance_types(model_stacks().inference) == ["ml.m5.large"]
    assert _instance_types({"Resources": {}}) == []
