"""What people train from a notebook leaves alone what is served, and nothing else is served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox
from tests.constructs_lib.notebook.test_quickstart import variables
from tests.journeys.rows import good_split
from tests.journeys.world import MODEL, STAGE, World, wait_for

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[World]:
    """`kiban-dev` with one approved version that answers."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        world = World(sandbox)
        world.put_data("v1", good_split())
        approved = world.trained("v1")["ModelPackageArn"]
        world.judge(approved, "Approved")
        world.became_live(approved)
        yield world


def artifact(world: World) -> str:
    """The address of the approved version's model."""
    package = world.packages()[0]["ModelPackageArn"]
    described = world.aws("sagemaker").describe_model_package(ModelPackageName=package)
    (container,) = described["InferenceSpecification"]["Containers"]
    return str(container["ModelDataUrl"])


def experiment(world: World, name: str, *, checkpoints: str = "", output: str = "") -> Any:
    """A training as the workflow's, shorter, by the role that a notebook may pass."""
    sagemaker = world.aws("sagemaker")
    own = world.packages()[0]["ModelPackageArn"]
    facts = sagemaker.describe_model_package(ModelPackageName=own)["CustomerMetadataProperties"]
    like = sagemaker.describe_training_job(TrainingJobName=facts["training_job"])
    below = f"s3://{bucket_of(world)}/{MODEL}/workbench/"
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=variables(world)["KIBAN_EXPERIMENT_ROLE"],
        HyperParameters={**like["HyperParameters"], "num_round": "3"},
        OutputDataConfig={**like["OutputDataConfig"], "S3OutputPath": output or below},
        CheckpointConfig={"S3Uri": checkpoints or f"{below}{name}/checkpoints/"},
        EnableNetworkIsolation=True,
        **{
            key: like[key]
            for key in (
                "AlgorithmSpecification",
                "InputDataConfig",
                "ResourceConfig",
                "StoppingCondition",
            )
        },
    )

    def ended() -> Any:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

    return wait_for(ended, f"the end of {name}")


def bucket_of(world: World) -> str:
    return world.outputs("Storage")["ArtifactsBucketName"]


def test_an_experiment_trains_and_keeps_its_results_below_the_workbench(world: World) -> None:
    job = experiment(world, f"{MODEL}-workbench-own")

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    found = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert found.startswith(f"s3://{bucket_of(world)}/{MODEL}/workbench/{MODEL}-workbench-own/")


@pytest.mark.parametrize("where", ["checkpoints", "output"])
def test_an_experiment_cannot_write_where_the_approved_version_lies(
    world: World, where: str
) -> None:
    folder = artifact(world).removesuffix("model.tar.gz")

    job = experiment(world, f"{MODEL}-workbench-{where}", **{where: folder})

    assert job["TrainingJobStatus"] == "Failed"
    assert "is not authorized to perform: s3:PutObject" in job["FailureReason"]


def test_a_model_that_took_the_place_of_the_approved_one_is_not_served(world: World) -> None:
    other = experiment(world, f"{MODEL}-workbench-other")["ModelArtifacts"]["S3ModelArtifacts"]
    bucket, _, key = artifact(world).removeprefix("s3://").partition("/")
    source = other.removeprefix(f"s3://{bucket}/")
    s3, sagemaker = world.aws("s3"), world.aws("sagemaker")
    live = sagemaker.describe_endpoint(EndpointName=f"{STAGE}-{MODEL}")["EndpointConfigName"]
    untouched = s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": source})
    tampered = started(world, "after", live)
    s3.put_object(Bucket=bucket, Key=key, Body=untouched)

    assert tampered["EndpointStatus"] == "Failed"
    assert started(world, "again", live)["EndpointStatus"] == "InService"


def started(world: World, name: str, configuration: str) -> Any:
    """An instance that starts now loads what lies there now, as one does that is added."""
    sagemaker = world.aws("sagemaker")
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configuration)

    def ready() -> Any:
        found = sagemaker.describe_endpoint(EndpointName=name)
        return None if found["EndpointStatus"] == "Creating" else found

    return wait_for(ready, f"the endpoint {name}")
