from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from sandbox.sagemaker import capacity
from sandbox.server.server import Sandbox
from tests.sandbox.engine.artifacts import tar_of_model
from tests.sandbox.engine.serving_template import serving
from tests.sandbox.engine.stacks import Stacks
from tests.sandbox.runtime.cloud import REGION, Cloud


@pytest.fixture
def cloud(running: Sandbox) -> Iterator[Cloud]:
    """An empty sandbox with the throw-away image of the runtime tests."""
    running.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBAN_CACHE", str(running.folder / "cache"))
        cloud = Cloud(running.url, running.folder)
        cloud.built()
        yield cloud
    running.clear()


@pytest.fixture
def stacks(cloud: Cloud, running: Sandbox) -> Stacks:
    return Stacks(running, REGION)


def test_one_parameter_makes_swaps_and_removes_an_endpoint(cloud: Cloud, stacks: Stacks) -> None:
    body = serving(cloud.image)
    assert stacks.create("app", body) == "CREATE_COMPLETE"
    assert stacks.outputs("app") == {}

    first = tar_of_model(cloud, "first", mean=1)
    assert stacks.update("app", body, Artifact=first) == "UPDATE_COMPLETE", stacks.reason("app")
    assert cloud.invoke(stacks.outputs("app")["EndpointName"])["mean"] == 1

    before, seen = stacks.resources("app"), len(stacks.history("app"))
    second = tar_of_model(cloud, "second", mean=2)
    assert stacks.update("app", body, Artifact=second) == "UPDATE_COMPLETE", stacks.reason("app")
    assert cloud.invoke("live")["mean"] == 2
    after = stacks.resources("app")
    assert {name for name in before if before[name] != after[name]} == {"Model", "EndpointConfig"}
    done = [line for line in stacks.history("app")[seen:] if line.endswith("COMPLETE")]
    assert done == [
        "Model UPDATE_COMPLETE",
        "EndpointConfig UPDATE_COMPLETE",
        "Endpoint UPDATE_COMPLETE",
        "EndpointConfig DELETE_COMPLETE",
        "Model DELETE_COMPLETE",
    ]

    assert stacks.update("app", body, Artifact="") == "UPDATE_COMPLETE", stacks.reason("app")
    assert set(stacks.resources("app")) == {"Topic"}
    assert cloud.client("sagemaker").list_endpoints()["Endpoints"] == []
    assert cloud.client("sagemaker").list_models()["Models"] == []


def test_model_that_does_not_serve_is_rolled_back_and_the_old_one_answers(
    cloud: Cloud, stacks: Stacks
) -> None:
    body = serving(cloud.image)
    good = tar_of_model(cloud, "good", mean=1)
    stacks.create("app", body, Artifact=good)
    before = stacks.resources("app")

    status = stacks.update("app", body, Artifact=tar_of_model(cloud, "broken", mean=2, broken=True))

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert "endpoint live did not come into service: " in stacks.reason("app")
    assert cloud.invoke("live")["mean"] == 1
    assert stacks.resources("app") == before
    assert stacks.parameters("app") == {"Artifact": good}
    assert len(cloud.client("sagemaker").list_models()["Models"]) == 1


@pytest.mark.aws_row("R37")
def test_a_rollback_that_meets_a_scaling_activity_fails_and_can_be_continued(
    cloud: Cloud, stacks: Stacks, running: Sandbox
) -> None:
    body = serving(cloud.image)
    good = tar_of_model(cloud, "good", mean=1)
    stacks.create("app", body, Artifact=good)
    formation, sagemaker = stacks.aws("cloudformation"), cloud.client("sagemaker")
    limits = running.folder / capacity.FILE
    limits.write_text(json.dumps({"scaling_seconds": 5}))
    try:
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="live",
            DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredInstanceCount": 2}],
        )
        status = stacks.update("app", body, Artifact=tar_of_model(cloud, "second", mean=2))
    finally:
        limits.unlink()

    assert status == "UPDATE_ROLLBACK_FAILED"
    assert "Cannot update in-progress endpoint" in stacks.reason("app")
    with pytest.raises(ClientError, match="UPDATE_ROLLBACK_FAILED state and can not be updated"):
        stacks.update("app", body, Artifact=good)
    cloud.settled("live")
    formation.continue_update_rollback(StackName="app")
    assert stacks.settled("app") == "UPDATE_ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="UPDATE_ROLLBACK_COMPLETE state and can not be updated"):
        formation.continue_update_rollback(StackName="app")
    assert cloud.invoke("live")["mean"] == 1
    assert stacks.parameters("app") == {"Artifact": good}


@pytest.mark.aws_row("R42")
def test_first_model_that_does_not_serve_leaves_no_endpoint(cloud: Cloud, stacks: Stacks) -> None:
    broken = tar_of_model(cloud, "broken", mean=2, broken=True)

    assert stacks.create("app", serving(cloud.image), Artifact=broken) == "ROLLBACK_COMPLETE"
    assert cloud.client("sagemaker").list_endpoints()["Endpoints"] == []
    assert cloud.client("sagemaker").list_endpoint_configs()["EndpointConfigs"] == []
