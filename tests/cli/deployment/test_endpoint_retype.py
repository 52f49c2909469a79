"""A deployed template loses its scaling, and nothing else, for a change of the instance type."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.deployment import endpoint_retype
from cli.deployment.endpoint_retype import (
    Retype,
    _instance_types,
    find_retypes,
    switch_scaling_off,
    without_scaling,
)
from cli.terminal.errors import Failure, Interrupted
from tests.cli.service import Service, environment, refused
from tests.templates.model_stacks import model_stacks

CONFIG = {
    "Type": "AWS::SageMaker::EndpointConfig",
    "Properties": {"ProductionVariants": [{"InstanceType": "ml.m5.large"}]},
}
SCALED = {
    "Resources": {
        "Config": CONFIG,
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget"},
    }
}
UNSCALED = {"Resources": {"Config": CONFIG}}
AT_REST = {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}
MOVING = {"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}
RETYPE = Retype("churn", "stack", "e", "ml.m5.large", "ml.m5.xlarge", 2)


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


def retypes(
    template: dict[str, Any],
    wanted: str = "ml.m5.xlarge",
    outputs: dict[str, str] | None = None,
    **answers: Any,
) -> list[Retype]:
    """What a deployment of `wanted` finds in a stack with this template and these outputs."""
    usual: dict[str, list[Any]] = {
        "describe_stacks": [AT_REST],
        "get_template": [{"TemplateBody": template}],
        "describe_endpoint": [{"ProductionVariants": [{"DesiredInstanceCount": 2}]}],
    }
    deployed = None if outputs is None else SimpleNamespace(name="stack", outputs=outputs)
    endpoint = SimpleNamespace(instance_types=(wanted,))
    config = SimpleNamespace(models={"churn": SimpleNamespace(endpoint=endpoint)})
    return find_retypes(
        environment(Service(**usual | answers), config=config, stack=lambda part: deployed)
    )


SERVED = {"EndpointName": "e"}


def test_a_scaled_endpoint_of_another_type_needs_its_scaling_off() -> None:
    assert retypes(SCALED, outputs=SERVED) == [RETYPE]
    # CloudFormation returns a template as text where it is no JSON of the CDK's.
    assert retypes({}, outputs=SERVED, get_template=[{"TemplateBody": json.dumps(SCALED)}]) == [
        RETYPE
    ]


@pytest.mark.parametrize(
    ("template", "wanted", "outputs"),
    [
        (SCALED, "ml.m5.large", SERVED),
        (UNSCALED, "ml.m5.xlarge", SERVED),
        ({"Resources": {"Target": SCALED["Resources"]["Target"]}}, "ml.m5.xlarge", SERVED),
        (SCALED, "ml.m5.xlarge", {}),
        (SCALED, "ml.m5.xlarge", None),
    ],
    ids=["same type", "unscaled", "no model", "no endpoint", "not deployed"],
)
def test_any_other_deployment_leaves_scaling_on(
    template: dict[str, Any], wanted: str, outputs: dict[str, str] | None
) -> None:
    assert retypes(template, wanted, outputs) == []


def test_an_update_that_runs_is_waited_for_before_its_template_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    assert retypes(SCALED, outputs=SERVED, describe_stacks=[MOVING, MOVING, AT_REST]) == [RETYPE]
    assert waits == [0.5, 0.5]
    monkeypatch.setattr(endpoint_retype, "_WAIT_SECONDS", -1)
    with pytest.raises(Failure, match="stack: another operation still runs after an hour"):
        retypes(SCALED, outputs=SERVED)


def test_a_caller_who_may_not_see_the_endpoint_deploys_all_the_same() -> None:
    denied, busy = refused("AccessDeniedException"), refused("ThrottlingException")

    [found] = retypes(SCALED, outputs=SERVED, describe_endpoint=[denied])

    assert found.instances == 0
    with pytest.raises(ClientError, match="ThrottlingException"):
        retypes(SCALED, outputs=SERVED, describe_endpoint=[busy])


def switched_off(template: dict[str, Any] = SCALED, status: str = "UPDATE_COMPLETE") -> Service:
    """The calls of an update that ends with this status."""
    stack = {"StackStatus": status, "Parameters": [{"ParameterKey": "Model"}]}
    service = Service(
        get_template=[{"TemplateBody": template}],
        describe_stacks=[{"Stacks": [stack]}],
        update_stack=[{}],
    )
    switch_scaling_off(environment(service), RETYPE)
    return service


def test_scaling_is_switched_off_with_every_parameter_as_it_was() -> None:
    [update] = [one for one in switched_off().given if "TemplateBody" in one]

    assert json.loads(update["TemplateBody"]) == UNSCALED
    assert update["StackName"] == "stack"
    assert update["Parameters"] == [{"ParameterKey": "Model", "UsePreviousValue": True}]
    # The template may name its roles, and none of what it has goes without being allowed.
    assert update["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


def test_an_update_that_was_rolled_back_is_a_failure() -> None:
    with pytest.raises(Failure, match="could not be switched off, it is UPDATE_ROLLBACK_COMPLETE"):
        switched_off(status="UPDATE_ROLLBACK_COMPLETE")


def test_a_template_is_changed_in_a_request_up_to_what_cloudformation_takes() -> None:
    def template(more: int) -> dict[str, Any]:
        return {**UNSCALED, "Description": "x" * more}

    room = 51_200 - len(json.dumps(template(0), separators=(",", ":")).encode())

    switched_off(template(room))
    with pytest.raises(Failure, match="too long to be changed in a request; deregister e from"):
        switched_off(template(room + 1))


def test_an_interruption_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(env: Any, stack: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(endpoint_retype, "_settle", interrupt)

    with pytest.raises(Interrupted, match=r"go on with: \./kiban deploy"):
        switched_off()
    # Any other error is no interruption.
    with pytest.raises(ClientError, match="ValidationError"):
        service = Service(
            get_template=[{"TemplateBody": SCALED}],
            describe_stacks=[AT_REST],
            update_stack=[refused("ValidationError")],
        )
        switch_scaling_off(environment(service), RETYPE)
