"""SageMaker's own constructs of the CDK, deployed by its command line as they are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cdk import bootstrap
from sandbox.ecr import environments
from sandbox.server.server import Sandbox
from tests.sandbox.engine.artifacts import tar_of_model
from tests.sandbox.engine.stacks import Stacks
from tests.sandbox.roles import make_job_role
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, ROLE, Cloud

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements-cdk-alpha.lock"

APP = """
import sys
import aws_cdk as cdk
import aws_cdk.aws_sagemaker_alpha as sagemaker
from aws_cdk import aws_ecr as ecr, aws_iam as iam, aws_s3 as s3
out, repository, tag, role, bucket, key, region = sys.argv[1:]
app = cdk.App(outdir=out, analytics_reporting=False, builtin_cloud_formation_validation=False)
home = cdk.Environment(account="123456789012", region=region)
stack = cdk.Stack(app, "Alpha", env=home)
made = ecr.Repository.from_repository_name(stack, "Repository", repository)
model = sagemaker.Model(
    stack, "Model",
    role=iam.Role.from_role_arn(stack, "Role", role, mutable=False),
    containers=[sagemaker.ContainerDefinition(
        image=sagemaker.ContainerImage.from_ecr_repository(made, tag),
        model_data=sagemaker.ModelData.from_bucket(
            s3.Bucket.from_bucket_name(stack, "Data", bucket), key),
    )],
)
config = sagemaker.EndpointConfig(stack, "Config", instance_production_variants=[
    sagemaker.InstanceProductionVariantProps(model=model, variant_name="main")])
sagemaker.Endpoint(stack, "Endpoint", endpoint_config=config, endpoint_name="live")
app.synth()
"""


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python with the constructs, in the cache of the project."""
    return environments.ensure(LOCK) / "bin" / "python"


@pytest.fixture
def cloud(running: Sandbox) -> Iterator[Cloud]:
    """An empty sandbox with the throw-away image of the runtime tests."""
    running.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBAN_CACHE", str(running.folder / "cache"))
        cloud = Cloud(running.url, running.folder)
        make_job_role(cloud.client("iam"))
        cloud.built()
        yield cloud
    running.clear()


def test_model_configuration_and_endpoint_of_the_alpha_library_answer(
    python: Path, running: Sandbox, cloud: Cloud, tmp_path: Path
) -> None:
    bootstrap.ensure(url=running.url, region=REGION, account=ACCOUNT)
    bucket, _, key = tar_of_model(cloud, "first", mean=1).removeprefix("s3://").partition("/")
    repository, _, tag = cloud.image.rpartition("/")[2].partition(":")
    environment = {
        **os.environ,
        "JSII_NODE": str(ROOT / "constructs_lib/synthesis/cdk-node"),
        "AWS_ENDPOINT_URL": running.url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": running.secret,
        "AWS_REGION": REGION,
        "HOME": str(tmp_path),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "1",
    }
    given = [str(tmp_path / "out"), repository, tag, ROLE, bucket, key, REGION]
    subprocess.run([str(python), "-c", APP, *given], env=environment, check=True)

    ran = subprocess.run(
        [
            *(str(ROOT / "node_modules/.bin/cdk"), "deploy", "--no-notices"),
            *("--require-approval", "never", "--app", str(tmp_path / "out")),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert Stacks(running, REGION).status("Alpha") == "CREATE_COMPLETE"
    assert cloud.invoke("live")["mean"] == 1
