"""Stacks that the file no longer has: found by their tags, priced, and deleted with their work."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.environment.destroy import find_obstacles
from cli.deployment import data_removal
from cli.environments.environment import Environment
from cli.removal import pruning, removal_cost, running_work
from cli.removal.deletion_checks import require_deletable
from cli.removal.removed_stacks import RemovedStacks, find_removed_stacks
from cli.terminal.errors import Failure
from sandbox.server.server import Sandbox
from sandbox.stepfunctions import steps
from tests.cli.environments.sandboxed import environment_in
from tests.cli.removal.removable import MODEL, deploy, inference, training
from tests.cli.service import Service, environment


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A sandbox where only stacks of a removed model, and one of another environment, are."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox(tmp_path_factory.mktemp("pruned")) as sandbox,
    ):
        # What waits goes on until it is stopped, however slow the machine is.
        patch.setattr(steps, "LONGEST_WAIT_SECONDS", 3_600.0)
        env = environment_in(sandbox, "dev")
        deploy(env, f"Inference-{MODEL}", inference(), **{"kiban:model": MODEL})
        deploy(env, f"Training-{MODEL}", training(), **{"kiban:model": MODEL})
        other = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
        deploy(env, "Training-churn", other, **{"kiban:model": "churn"})
        for part in ("Network", "Delivery"):
            deploy(env, part, other)
        deploy(env, "Foreign", other, **{"kiban:environment": "kiban-prod"})
        yield env


def names(removed: RemovedStacks) -> list[str]:
    return [one.stack.name for one in removed.found]


def told(capsys: pytest.CaptureFixture[str], env: Environment, *, is_deployed: bool) -> str:
    """The lines that a refusal prints."""
    with pytest.raises(Failure, match="nothing was changed"):
        pruning.require_prunable(env, find_removed_stacks(env), is_deployed=is_deployed)
    return capsys.readouterr().err


def test_stacks_are_found_by_their_tags_and_ordered_for_deletion(env: Environment) -> None:
    removed = find_removed_stacks(env)

    assert names(removed) == [
        f"kiban-dev-Training-{MODEL}",
        f"kiban-dev-Inference-{MODEL}",
        "kiban-dev-Network",
        "kiban-dev-Delivery",
    ]
    assert [one.is_training for one in removed.found] == [True, False, False, False]


def test_what_they_cost_is_said_from_what_is_deployed(env: Environment) -> None:
    cost = removal_cost.idle_cost(env, find_removed_stacks(env))

    # One dashboard at list price; nothing else of these stacks bills when idle.
    assert str(cost.usd.normalize()) == "3"


def test_a_caller_that_may_not_look_is_told_so_and_prunes_nothing(env: Environment) -> None:
    unknown = RemovedStacks(problem="AWS: DescribeStacks is not allowed")

    with pytest.raises(Failure, match="DescribeStacks is not allowed"):
        pruning.require_prunable(env, unknown, is_deployed=False)


def test_a_stack_without_the_tag_of_its_name_is_not_deleted_by_guess(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    removed = find_removed_stacks(env)
    unknown = RemovedStacks(tuple(replace(one, part="") for one in removed.found[:1]))

    with pytest.raises(Failure):
        pruning.require_prunable(env, unknown, is_deployed=False)
    assert "deploy it once more with its table" in capsys.readouterr().err


def test_protection_is_named_with_the_line_that_lifts_it(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    formation, name = env.aws("cloudformation"), f"kiban-dev-Training-{MODEL}"
    formation.update_termination_protection(StackName=name, EnableTerminationProtection=True)

    err = told(capsys, env, is_deployed=False)

    assert f"--no-enable-termination-protection --stack-name {name}" in err
    formation.update_termination_protection(StackName=name, EnableTerminationProtection=False)


def test_a_role_of_others_with_our_policy_is_named_with_the_line_that_detaches_it(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    iam, formation = env.aws("iam"), env.aws("cloudformation")
    outputs = formation.describe_stacks(StackName=f"kiban-dev-Inference-{MODEL}")
    arn = outputs["Stacks"][0]["Outputs"][0]["OutputValue"]
    iam.create_role(RoleName="app", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="app", PolicyArn=arn)

    err = told(capsys, env, is_deployed=False)

    assert f"aws iam detach-role-policy --role-name app --policy-arn {arn}" in err
    iam.detach_role_policy(RoleName="app", PolicyArn=arn)


def test_an_export_that_another_stack_uses_is_named_when_the_deployment_is_over(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    user = topic | {"Properties": {"DisplayName": {"Fn::ImportValue": "invoke"}}}
    body = {"Resources": {"Topic": user}}
    deploy(env, "Workbench", body)
    pruning.require_prunable(env, find_removed_stacks(env), is_deployed=False)

    assert "kiban-dev-Workbench uses the export invoke" in told(capsys, env, is_deployed=True)
    env.aws("cloudformation").delete_stack(StackName="kiban-dev-Workbench")


def test_what_runs_is_named_with_the_line_that_stops_it_and_stopped(env: Environment) -> None:
    training, states = env.require_stack(f"Training-{MODEL}"), env.aws("stepfunctions")
    run = states.start_execution(stateMachineArn=training.outputs["WorkflowArn"])["executionArn"]
    find = partial(running_work.find_running_work, env, [training], {MODEL})

    commands = [work.command for work in find()]
    running_work.stop_all(env, find)

    assert commands == [f"aws stepfunctions stop-execution --execution-arn {run}"]
    assert states.describe_execution(executionArn=run)["status"] == "ABORTED"


def test_a_destruction_is_refused_while_something_runs_or_has_left_the_file(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    training = env.require_stack(f"Training-{MODEL}")
    states = env.aws("stepfunctions")
    run = states.start_execution(stateMachineArn=training.outputs["WorkflowArn"])["executionArn"]

    with pytest.raises(Failure, match="nothing was changed"):
        require_deletable(env, [training], find_obstacles(env, [training]))

    lines = capsys.readouterr().err.splitlines()
    assert f"  aws stepfunctions stop-execution --execution-arn {run}" in lines
    assert (
        f"kiban-dev-Inference-{MODEL} is deployed, and config/dev.toml no longer has it:" in lines
    )
    assert "  ./kiban deploy --prune --sandbox" in lines
    states.stop_execution(executionArn=run)


def test_pruning_removes_versions_stacks_and_parameter_while_it_runs(env: Environment) -> None:
    training = env.require_stack(f"Training-{MODEL}")
    states, sagemaker, ssm = env.aws("stepfunctions"), env.aws("sagemaker"), env.aws("ssm")
    for model in (MODEL, "churn"):
        ssm.put_parameter(Name=f"/newest-data/kiban-dev/{model}", Value="v1", Type="String")
    sagemaker.create_model_package(ModelPackageGroupName=f"kiban-dev-{MODEL}")
    states.start_execution(stateMachineArn=training.outputs["WorkflowArn"])

    pruning.prune(env, find_removed_stacks(env), lambda _: None)

    assert names(find_removed_stacks(env)) == []
    assert sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []
    parameters = [one["Name"] for one in ssm.describe_parameters()["Parameters"]]
    assert f"/newest-data/kiban-dev/{MODEL}" not in parameters
    assert "/newest-data/kiban-dev/churn" in parameters
    assert env.stack("Training-churn") is not None


@pytest.mark.parametrize(
    ("keeps_data", "removed"), [(False, ["versions S", "objects fraud"]), (True, [])]
)
def test_an_environment_that_keeps_data_keeps_versions_and_objects_of_a_pruned_model(
    keeps_data: bool, removed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(running_work, "stop_all", lambda env, find: done.append("stop"))
    monkeypatch.setattr(
        data_removal, "remove_versions", lambda env, stack: done.append(f"versions {stack.name}")
    )
    monkeypatch.setattr(
        data_removal, "remove_model_objects", lambda env, model: done.append(f"objects {model}")
    )
    monkeypatch.setattr(pruning, "_delete", lambda env, one: done.append(f"delete {one.part}"))
    stack = SimpleNamespace(name="S")
    found: Any = [
        SimpleNamespace(stack=stack, part=part, model=model, is_training=part == "Training-fraud")
        for part, model in (("Training-fraud", "fraud"), ("Network", ""))
    ]
    config = SimpleNamespace(keeps_data=keeps_data)
    stacks: Any = SimpleNamespace(found=found)

    pruning.prune(environment(Service(), config=config), stacks, lambda what: None)

    deleted = ["delete Training-fraud", "delete Network"]
    assert done == ["stop", *removed[:1], *deleted, *removed[1:]]
