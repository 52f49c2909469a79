"""Rollouts that meet scaling, missing instances, a quota or a stuck stack: they wait and tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox
from tests.journeys.rollouts import (
    Notices,
    Scarcity,
    endpoint,
    eventually,
    outcome,
    register_again,
    rollouts,
    scale,
    stack_events,
    sweep,
)
from tests.journeys.rows import HELD_OUT, meagre_split
from tests.journeys.world import MODEL, STAGE, World

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]
STACK = f"{STAGE}-Inference-{MODEL}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[World]:
    """dev with a live model."""
    with Sandbox(folder=tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        world = World(sandbox)
        world.put_data("v1", meagre_split())
        first = world.trained("v1")["ModelPackageArn"]
        world.judge(first, "Approved")
        world.became_live(first)
        yield world


@pytest.fixture(scope="module")
def notices(world: World) -> Notices:
    return Notices(world)


@pytest.fixture
def scarcity(world: World, notices: Notices) -> Iterator[Scarcity]:
    """Plenty of everything, again after the test."""
    scarcity = Scarcity(world)
    outcome(world, 0)
    notices.forget()
    yield scarcity
    scarcity.end()


def test_a_rollout_waits_for_a_scaling_activity(world: World, scarcity: Scarcity) -> None:
    scarcity.set(scaling_seconds=4)
    scale(world, 2)
    before = len(stack_events(world))
    version = register_again(world)

    world.judge(version, "Approved")
    assert endpoint(world)["EndpointStatus"] == "Updating"
    world.became_live(version)

    assert world.status_of(version) == "Approved"
    assert not [line for line in stack_events(world)[before:] if "ROLLBACK" in line]
    assert endpoint(world)["ProductionVariants"][0]["DesiredInstanceCount"] == 2


def test_without_free_instances_the_approval_stays_and_the_next_sweep_goes_on(
    world: World, scarcity: Scarcity, notices: Notices
) -> None:
    live, known = world.live_package(), len(rollouts(world))
    scarcity.set(unavailable=["ml.m5.large"])
    version = register_again(world)

    world.judge(version, "Approved")
    ended = outcome(world, known)

    assert (ended["Outcome"], ended["ModelPackageArn"]) == ("waiting", version)
    assert "InsufficientInstanceCapacity" in ended["Reason"]
    told = notices.wait_for("stays approved and is not live yet")
    assert version in told and "InsufficientInstanceCapacity" in told
    assert world.status_of(version) == "Approved"
    assert world.live_package() == live
    assert len(world.predict(HELD_OUT[:2])) == 2
    scarcity.end()
    sweep(world)
    world.became_live(version)


def test_a_quota_of_zero_is_told_and_the_same_rollout_goes_on_once_it_is_raised(
    world: World, scarcity: Scarcity, notices: Notices
) -> None:
    known = len(rollouts(world))
    scarcity.set(quotas={"ml.m5.large for endpoint usage": 0})
    version = register_again(world)

    world.judge(version, "Approved")
    told = notices.wait_for("stays approved and is not live yet")
    scarcity.end()
    world.became_live(version)

    assert "account-level service limit 'ml.m5.large for endpoint usage' is 0 Instances" in told
    assert world.status_of(version) == "Approved"
    assert outcome(world, known)["ModelPackageArn"] == version


def test_after_a_failed_rollback_it_says_what_to_do_and_goes_on_once_it_is_mended(
    world: World, scarcity: Scarcity, notices: Notices
) -> None:
    formation = world.aws("cloudformation")
    version = register_again(world)
    scarcity.set(scaling_seconds=8)
    scale(world, 1)
    # A person's deployment that meets the scaling activity, as its rollback does.
    formation.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": "ModelPackageArn", "ParameterValue": version},
            {"ParameterKey": "BootstrapVersion", "UsePreviousValue": True},
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    eventually(lambda: world.stack_status(f"Inference-{MODEL}") == "UPDATE_ROLLBACK_FAILED")

    world.judge(version, "Approved")
    told = notices.wait_for("UPDATE_ROLLBACK_FAILED")
    eventually(lambda: endpoint(world)["EndpointStatus"] == "InService")
    formation.continue_update_rollback(StackName=STACK)
    eventually(lambda: world.stack_status(f"Inference-{MODEL}") == "UPDATE_ROLLBACK_COMPLETE")
    sweep(world)
    world.became_live(version)

    assert "Cannot update in-progress endpoint" in told
    assert f"aws cloudformation continue-update-rollback --stack-name {STACK} --region" in told
    assert world.status_of(version) == "Approved"


def test_an_approval_without_its_word_does_not_go_live_until_it_is_given(
    world: World, scarcity: Scarcity, notices: Notices
) -> None:
    live, version = world.live_package(), register_again(world)
    sagemaker = world.aws("sagemaker")
    facts = {"gate": "passed", "schema_change": "its model takes 13 features"}
    sagemaker.update_model_package(ModelPackageArn=version, CustomerMetadataProperties=facts)

    world.judge(version, "Approved")
    told = notices.wait_for("is approved without a word that it needs")

    assert f"./kiban approve churn {version.rpartition('/')[2]} --env dev --changes-schema" in told
    assert world.live_package() == live
    sagemaker.update_model_package(
        ModelPackageArn=version, CustomerMetadataProperties={"accepted_schema_change": "somebody"}
    )
    world.became_live(version)
