"""A registered version transforms thousands of rows as its endpoint answers them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.programs import processes
from sandbox.server.server import Sandbox
from tests.journeys.rows import Row, breast_cancer, good_split
from tests.journeys.world import MODEL, World, wait_for

pytestmark = pytest.mark.acceptance

ROWS = breast_cancer() * 10
JOB = "churn-batch"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[World]:
    """dev with its first version live."""
    with Sandbox(folder=tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        world = World(sandbox)
        world.put_data("v1", good_split())
        package = world.trained("v1")["ModelPackageArn"]
        world.judge(package, "Approved")
        world.became_live(package)
        yield world


def as_identified_csv(rows: list[Row]) -> bytes:
    """Return a number for each row, its label, its features."""
    lines = [f"id-{number}," + ",".join(map(repr, row)) for number, row in enumerate(rows)]
    return ("\n".join(lines) + "\n").encode()


def make_batch_model(world: World) -> str:
    """Create a model of the live version with a role that may read and write batches."""
    iam, statement = world.aws("iam"), {"Effect": "Allow", "Action": ["s3:*", "kms:*", "ecr:*"]}
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}}
    role = iam.create_role(
        RoleName="batch",
        AssumeRolePolicyDocument=policy(trust | {"Action": "sts:AssumeRole"}),
    )["Role"]["Arn"]
    document = policy(statement | {"Resource": "*"})
    iam.put_role_policy(RoleName="batch", PolicyName="batch", PolicyDocument=document)
    world.aws("sagemaker").create_model(
        ModelName="batch",
        PrimaryContainer={"ModelPackageName": world.live_package()},
        ExecutionRoleArn=role,
    )
    return "batch"


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def transform(world: World, model: str, content: bytes) -> bytes:
    """Run a job that leaves the number and label out, and return its output."""
    s3, sagemaker = world.aws("s3"), world.aws("sagemaker")
    s3.create_bucket(Bucket="batches")
    s3.put_object(Bucket="batches", Key="in/rows.csv", Body=content)
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://batches/in/"}
    csv = "text/csv"
    sagemaker.create_transform_job(
        TransformJobName=JOB,
        ModelName=model,
        MaxPayloadInMB=1,
        TransformInput={
            "DataSource": {"S3DataSource": source},
            "ContentType": csv,
            "SplitType": "Line",
        },
        TransformOutput={
            "S3OutputPath": "s3://batches/out",
            "Accept": csv,
            "AssembleWith": "Line",
        },
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        DataProcessing={
            "InputFilter": "$[2:]",
            "JoinSource": "Input",
            "OutputFilter": "$[0,1,-1]",
        },
    )

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = sagemaker.describe_transform_job(TransformJobName=JOB)
        return None if job["TransformJobStatus"] == "InProgress" else job

    job = wait_for(ended, "a finished transform job")
    assert job["TransformJobStatus"] == "Completed", job["FailureReason"]
    return world.read("s3://batches/out/rows.csv.out")


def test_thousands_of_rows_are_joined_with_what_the_endpoint_answers(live: World) -> None:
    serving = set(processes.alive())
    content = as_identified_csv(ROWS)
    assert len(content) > 1024**2, "more than one mini-batch"
    lines = transform(live, make_batch_model(live), content).decode().splitlines()

    scores = live.predict(ROWS)
    assert len(lines) == len(scores) == len(ROWS) == 5_690
    for number, (line, row, score) in enumerate(zip(lines, ROWS, scores, strict=True)):
        name, label, answer = line.split(",")
        assert (name, float(label), float(answer)) == (f"id-{number}", row[0], score)
    assert set(processes.alive()) == serving


def test_the_deployed_models_own_role_may_not_read_a_batch(live: World) -> None:
    configuration = live.outputs(f"Inference-{MODEL}")["EndpointConfigName"]
    sagemaker = live.aws("sagemaker")
    described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    live.aws("s3").create_bucket(Bucket="strange")
    live.aws("s3").put_object(Bucket="strange", Key="in/rows.csv", Body=b"1\n")

    with pytest.raises(sagemaker.exceptions.ClientError, match="No S3 objects found under S3 URL"):
        sagemaker.create_transform_job(
            TransformJobName="refused",
            ModelName=described["ProductionVariants"][0]["ModelName"],
            TransformInput={
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://strange/in/"}
                }
            },
            TransformOutput={"S3OutputPath": "s3://strange/out"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        )
