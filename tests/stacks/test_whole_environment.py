"""What an environment with everything in it promises of each of its stacks."""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import add_stacks
from config import outputs, stack_names
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from stacks import workbench
from tests.templates.environments import ACCOUNT, add_platform, make_environment, new_app

SCHEDULE = {"triggers": {"schedule": {"cron": "0 3 ? * SUN *"}}}


def whole(removal: str) -> dict[str, cdk.Stack]:
    """Every kind of stack there is, by its name."""
    config = make_environment(
        platform={"account": ACCOUNT, "removal": removal},
        network={"mode": "private"},
        delivery={"repository": "team/kiban", "provider": "github"},
        models={"churn": {"training": SCHEDULE}},
    )
    stage = EnvironmentStage(new_app(), config=config)
    add_stacks(stage, config)
    return {child.node.id: child for child in stage.node.children if isinstance(child, cdk.Stack)}


@pytest.fixture(scope="module")
def kept() -> dict[str, cdk.Stack]:
    """The stacks of an environment whose data outlives them."""
    return whole("retain")


def template(stack: cdk.Stack) -> dict[str, Any]:
    return dict(Template.from_stack(stack).to_json())


@pytest.mark.parametrize(("removal", "protected"), [("retain", True), ("destroy", False)])
def test_no_stack_of_an_environment_that_keeps_data_is_deleted_by_accident(
    removal: str, protected: bool
) -> None:
    found = {name: bool(stack.termination_protection) for name, stack in whole(removal).items()}

    assert stack_names.DELIVERY in found
    assert stack_names.NETWORK in found
    assert set(found.values()) == {protected}, found


def test_people_find_the_network_and_the_role_that_deploys(kept: dict[str, cdk.Stack]) -> None:
    assert outputs.VPC_ID in template(kept[stack_names.NETWORK])["Outputs"]
    assert [*template(kept[stack_names.DELIVERY])["Outputs"]] == [outputs.DEPLOY_ROLE_ARN]


def test_a_model_is_trained_after_what_it_is_rolled_out_to(kept: dict[str, cdk.Stack]) -> None:
    training = kept[stack_names.training_stack("churn")]

    assert kept[stack_names.inference_stack("churn")] in training.dependencies


def test_an_environment_has_a_budget_a_dashboard_and_its_schedule(
    kept: dict[str, cdk.Stack],
) -> None:
    kinds = {
        name: {body["Type"] for body in template(kept[name])["Resources"].values()}
        for name in (stack_names.MONITORING, stack_names.training_stack("churn"))
    }

    assert {"AWS::Budgets::Budget", "AWS::CloudWatch::Dashboard"} <= kinds[stack_names.MONITORING]
    assert "AWS::Scheduler::Schedule" in kinds[stack_names.training_stack("churn")]


class Workbench:
    """A notebook that only notes what it was given."""

    variables: dict[str, str]
    notebook_instance_name = "kiban-test-workbench"

    def __init__(self, scope: object, construct_id: str, *, variables: Any, **other: Any) -> None:
        type(self).variables = variables


def notebook_of(
    models: int, monkeypatch: pytest.MonkeyPatch, **network: str
) -> tuple[dict[str, str], list[str]]:
    """Variables of the notebook in an environment of so many models, and how it gets its rights."""
    attached: list[str] = []

    def note(name: str) -> Any:
        def attach(*given: Any) -> None:
            attached.append(name)

        return attach

    monkeypatch.setattr(workbench, "Workbench", Workbench)
    monkeypatch.setattr(workbench, "_attach_model_policies", note("each"))
    monkeypatch.setattr(workbench, "_attach_group_policies", note("groups"))
    others = {f"m{number:02}": {"gate": {"minimum": 0.8}} for number in range(models - 1)}
    config = make_environment(models=others, network=network)
    stage = EnvironmentStage(new_app(), config=config)
    none: Sequence[Any] = []
    workbench.WorkbenchStack(
        stage, "Workbench", config=config, platform=add_platform(stage, config), trainings=none
    )
    return Workbench.variables, attached


@pytest.mark.parametrize(("models", "attached"), [(9, "each"), (10, "groups")])
def test_nine_models_have_a_policy_each_and_ten_share_some(
    models: int, attached: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notebook_of(models, monkeypatch)[1] == [attached]


def test_a_notebook_knows_where_it_is_and_fifty_models_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variables, _ = notebook_of(60, monkeypatch)

    names = variables.pop("KIBAN_MODELS").split(",")
    assert names == ["churn", *(f"m{number:02}" for number in range(49))]
    assert cdk.Token.is_unresolved(variables.pop("KIBAN_DATA_BUCKET"))
    assert cdk.Token.is_unresolved(variables.pop("KIBAN_EXPERIMENT_ROLE"))
    assert variables == {
        "AWS_DEFAULT_REGION": cdk.Aws.REGION,
        "KIBAN_ACCOUNT": cdk.Aws.ACCOUNT_ID,
        "KIBAN_REGION": cdk.Aws.REGION,
        "KIBAN_STAGE": "kiban-test",
    }


def test_a_companys_settings_take_the_room_of_half_the_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variables, _ = notebook_of(60, monkeypatch, package_index="https://pypi.example.com/simple")

    assert len(variables["KIBAN_MODELS"].split(",")) == 25
