import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from cli.environments.environment_loader import in_sandbox
from cli.sandbox import server_process
from config.loader import load_environment
from sandbox.ecr import images
from sandbox.server.server import Sandbox
from sandbox.state.stores import Place
from tests.cli import stacks
from tests.cli.registries import HERE, OTHER, OWN, PULL
from tests.cli.terminal import Screen, kiban
from tests.cli.uploads import ROWS

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the deployed sandbox lives."""
    return tmp_path_factory.mktemp("deployed")


@pytest.fixture(scope="session")
def dev(folder: Path) -> Iterator[Environment]:
    """`kiban-dev` in a sandbox: real stacks with the outputs of the real ones, nothing trained."""
    running = server_process.start_sandbox(folder, 0, "us-east-1")
    try:
        env = in_sandbox(load_environment("dev"), running)
        templates = {
            "Storage": stacks.storage(),
            "Training-churn": stacks.training(),
            "Inference-churn": stacks.inference(),
        }
        formation = env.aws("cloudformation")
        for part, template in templates.items():
            name = f"{env.config.stage}-{part}"
            formation.create_stack(
                StackName=name,
                TemplateBody=json.dumps(template),
                Capabilities=["CAPABILITY_IAM"],
            )
            formation.get_waiter("stack_create_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1}
            )
        yield env
    finally:
        server_process.stop_sandbox(folder)


def _register(dev: Environment, **facts: str) -> int:
    bucket = dev.output("Storage", "ArtifactsBucketName")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/model.tar.gz"}
    registered = dev.aws("sagemaker").create_model_package(
        ModelPackageGroupName=dev.output("Training-churn", "ModelPackageGroupName"),
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={"data_version": "v7", "metric_auc": "0.98", **facts},
    )
    return int(registered["ModelPackageArn"].rpartition("/")[2])


@pytest.fixture
def older(dev: Environment) -> int:
    """A version that was registered before `version`."""
    return _register(dev)


@pytest.fixture
def version(dev: Environment) -> int:
    """A newly registered version, pending approval."""
    return _register(dev)


@pytest.fixture
def refused(dev: Environment) -> int:
    """A version that the gate refused."""
    return _register(dev, gate="refused: auc 0.79 is below the minimum 0.8")


@pytest.fixture
def other_columns(dev: Environment) -> int:
    """A version that passed the gate and takes other columns than the champion."""
    return _register(dev, gate="passed", schema_change="its model takes 13 features_ not 5")


@pytest.fixture
def unknown_decision(dev: Environment) -> int:
    """A version of which the gate said what this command line does not know."""
    return _register(dev, gate="maybe")


@pytest.fixture(scope="module")
def ready_data(dev: Environment) -> None:
    """Data versions whose names decide how the training ends."""
    bucket = dev.output("Storage", "DataBucketName")
    for version in ("good", "poor", "broken"):
        dev.aws("s3").put_object(Bucket=bucket, Key=f"churn/{version}/_READY", Body=b"")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """`models:one` in one account, shared with another, which has an empty repository."""
    folder = tmp_path_factory.mktemp("promotion")
    with Sandbox(folder) as sandbox:
        ecr = sandbox.client("ecr")
        ecr.create_repository(repositoryName="models")
        statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}
        policy = json.dumps({"Statement": [{**statement, "Action": PULL}]})
        ecr.set_repository_policy(repositoryName="models", policyText=policy)
        images.register(Place(OWN, "us-east-1"), HERE, images.Image(HERE, folder, folder))
        there = sandbox.client("ecr", account=OTHER, region="eu-west-1")
        there.create_repository(repositoryName="theirs")
        yield sandbox


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Screen]]:
    """A sandbox without stacks, which stays so, and what `kiban up` printed."""
    folder = tmp_path_factory.mktemp("sandbox")
    try:
        yield folder, kiban("up", "--port", "0", folder=folder)
    finally:
        server_process.stop_sandbox(folder)
