"""A training whose first instance type has no free instance runs on the next one, for real."""

import json
from collections.abc import Iterator

import pytest

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.sagemaker import capacity
from sandbox.server.server import Sandbox
from tests.journeys.edits.running import synthesise
from tests.journeys.rows import meagre_split
from tests.journeys.world import MODEL, World

pytestmark = pytest.mark.acceptance

FIRST, SECOND, THIRD = "ml.m5.xlarge", "ml.m5.2xlarge", "ml.m5.4xlarge"
TRAINING = "models.<name>.training"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An environment with two fallback types, in a region without the first of its three."""
    settings = {
        "platform.removal": "destroy",
        f"{TRAINING}.instance_type": FIRST,
        f"{TRAINING}.fallback_types": [SECOND, THIRD],
        f"{TRAINING}.hyperparameters": {"objective": "binary:logistic", "num_round": 20},
    }
    synthesis = synthesise(settings)
    folder = tmp_path_factory.mktemp("sandbox")
    with Sandbox(folder=folder) as sandbox:
        deploy_assembly(synthesis.folder, sandbox.url)
        (folder / capacity.FILE).write_text(json.dumps({"unavailable": [FIRST]}))
        yield World(sandbox, synthesis.config.stage)


def test_the_next_type_trains_the_version_and_the_first_job_says_why_it_did_not(
    world: World,
) -> None:
    world.put_data("v1", meagre_split())

    outcome = world.trained("v1")

    assert outcome["Outcome"] == "registered", outcome
    sagemaker = world.aws("sagemaker")
    names = [
        one["TrainingJobName"]
        for one in sagemaker.list_training_jobs(
            NameContains=f"{MODEL}-", SortBy="CreationTime", SortOrder="Ascending"
        )["TrainingJobSummaries"]
    ]
    jobs = [sagemaker.describe_training_job(TrainingJobName=name) for name in names]
    tried = [(job["ResourceConfig"]["InstanceType"], job["TrainingJobStatus"]) for job in jobs]
    assert tried == [(FIRST, "Failed"), (SECOND, "Completed")]
    assert jobs[0]["FailureReason"].startswith("CapacityError: Unable to provision")
    assert outcome["TrainingJobName"] == names[1]
    package = sagemaker.describe_model_package(ModelPackageName=outcome["ModelPackageArn"])
    assert package["CustomerMetadataProperties"]["training_job"] == names[1]
