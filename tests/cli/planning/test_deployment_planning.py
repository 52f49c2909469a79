"""A plan says before what the sandbox, which refuses as AWS does, says at the deployment."""

from dataclasses import dataclass

import pytest

from tests.cli.planning.conftest import Deployed
from tests.reviewer.planted import LOGS, Change, setting

pytestmark = pytest.mark.acceptance

_GROUP = "AWS::SageMaker::ModelPackageGroup"
_NOTEBOOK = "AWS::SageMaker::NotebookInstance"


def _drop_export(stack: object) -> None:
    outputs = stack.template["Outputs"]  # type: ignore[attr-defined]
    del outputs[next(key for key in outputs if "Monitoring" in key and "Export" in outputs[key])]


@dataclass(frozen=True)
class Tried:
    """A change that is planned, then deployed; `refusal` is a part of what the sandbox says."""

    stack: str
    change: Change
    at: str
    refusal: str


REFUSED = {
    "platform": Tried(
        "Workbench",
        setting(_NOTEBOOK, "", "PlatformIdentifier", "notebook-al2-v3"),
        "Workbench/Workbench",
        "custom-named resource requires replacing",
    ),
    "subnet": Tried(
        "Workbench",
        setting(_NOTEBOOK, "", "SubnetId", "subnet-1"),
        "Workbench/Workbench",
        "custom-named resource requires replacing",
    ),
    "disk": Tried(
        "Workbench",
        setting(_NOTEBOOK, "", "VolumeSizeInGB", 10),
        "Workbench/Workbench",
        "can't decrease the volume size",
    ),
    "description": Tried(
        "Training-churn",
        setting(_GROUP, "", "ModelPackageGroupDescription", "Other words"),
        "Training-churn/Versions",
        "custom-named resource requires replacing",
    ),
    "express": Tried(
        "Training-churn",
        setting("AWS::StepFunctions::StateMachine", "Intake", "StateMachineType", "EXPRESS"),
        "Training-churn/Intake/Machine",
        "custom-named resource requires replacing",
    ),
    "export": Tried("Storage", _drop_export, "Storage", "cannot be deleted as it is in use"),
    "type": Tried(
        "Monitoring",
        lambda stack: next(
            one for one in stack.template["Resources"].values() if one["Type"] == "AWS::SNS::Topic"
        ).update(Type="AWS::SQS::Queue", Properties={}),
        "Monitoring/Topic",
        "Update of resource type is not permitted",
    ),
}
ALLOWED = {
    "retention": ("Registry", setting(LOGS, "", "RetentionInDays", 731), "in place"),
    "machine": ("Workbench", setting(_NOTEBOOK, "", "InstanceType", "ml.t3.large"), "in place"),
    "group": (
        "Network",
        setting("AWS::EC2::SecurityGroup", "Interfaces", "GroupDescription", "Other words"),
        "replaced",
    ),
    "rotation": ("Storage", setting("AWS::KMS::Key", "", "Description", "The key"), "in place"),
}


def test_what_is_deployed_as_it_is_needs_nothing(prod: Deployed) -> None:
    found = prod.plan()

    assert (found.exit_code, found.verdicts) == (0, ())


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_plan_refuses_the_sandbox_refuses(name: str, prod: Deployed) -> None:
    tried = REFUSED[name]
    undo = prod.edit(tried.stack, tried.change)
    try:
        found = prod.plan()
        reason = prod.deploy()
    finally:
        undo()

    assert tried.at in {verdict.at for verdict in found.of_kind("refused")}
    assert found.exit_code == 4
    assert tried.refusal in reason
    assert all(verdict.recipe for verdict in found.of_kind("refused"))


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_plan_allows_the_sandbox_does_as_it_says(name: str, prod: Deployed) -> None:
    stack, change, kind = ALLOWED[name]
    before = prod.physical_ids()
    undo = prod.edit(stack, change)
    try:
        found = prod.plan()
        assert prod.deploy() == ""
        after = prod.physical_ids()
    finally:
        undo()
        prod.deploy()

    assert found.verdicts[0].kind == kind
    assert found.exit_code in (0, 3)
    assert (before != after) == (kind == "replaced")


def test_a_plan_leaves_no_change_set_behind(prod: Deployed) -> None:
    prod.plan()

    name = f"{prod.env.config.stage}-Storage"
    listed = prod.env.aws("cloudformation").list_change_sets(StackName=name)["Summaries"]
    assert [one for one in listed if "kiban-plan" in one["ChangeSetName"]] == []


def test_a_resource_whose_condition_does_not_hold_is_no_change(prod: Deployed) -> None:
    # No model is live: neither the endpoint nor its scaling exists.
    change = setting(
        "AWS::SageMaker::EndpointConfig", "", "ProductionVariants/0/InstanceType", "ml.m5.large"
    )
    undo = prod.edit("Inference-churn", change)
    try:
        found = prod.plan()
    finally:
        undo()

    assert found.verdicts == ()
