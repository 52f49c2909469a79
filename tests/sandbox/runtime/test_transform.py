"""Transform jobs with real processes: containers, roles, logs, states of workflows."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.programs import processes
from tests.sandbox.runtime.cloud import REGION, ROLE, Cloud, allow, fresh, wait_for

GROUP = "/aws/sagemaker/TransformJobs"


def _archive() -> bytes:
    """A model for the throw-away container."""
    content, buffer = b'{"mean": 1.5}', io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("model.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def model(cloud: Cloud) -> str:
    """The name of a model whose role is not known to IAM, and so may do everything."""
    return _model(cloud, ROLE)


def _model(cloud: Cloud, role: str) -> str:
    name = fresh("model")
    container = {
        "Image": cloud.image,
        "ModelDataUrl": cloud.put("transform/model.tar.gz", _archive()),
        "Environment": {"STAGE": "model"},
    }
    cloud.client("sagemaker").create_model(
        ModelName=name, PrimaryContainer=container, ExecutionRoleArn=role
    )
    return name


def _request(cloud: Cloud, model: str, content: bytes = b"1,2\n3,4\n") -> dict[str, Any]:
    name = fresh("transform")
    uri = cloud.put(f"{name}/in/rows.csv", content)
    source = {"S3DataType": "S3Prefix", "S3Uri": uri.removesuffix("rows.csv")}
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": f"s3://bucket/{name}/out", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }


def _ended(cloud: Cloud, name: str) -> dict[str, Any]:
    sagemaker = cloud.client("sagemaker")

    def done() -> Any:
        job = sagemaker.describe_transform_job(TransformJobName=name)
        return job if job["TransformJobStatus"] in ("Completed", "Failed", "Stopped") else None

    job: dict[str, Any] = wait_for(done)
    return job


def test_a_job_runs_the_models_program_and_writes_what_it_answers(cloud: Cloud, model: str) -> None:
    before = set(processes.alive())
    request = _request(cloud, model) | {"Environment": {"STAGE": "job"}}
    request["Tags"] = [{"Key": "team", "Value": "a"}]
    sagemaker, name = cloud.client("sagemaker"), request["TransformJobName"]
    arn = sagemaker.create_transform_job(**request)["TransformJobArn"]
    job = _ended(cloud, name)

    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    assert job["DataProcessing"]["JoinSource"] == "None"
    said = json.loads(cloud.read(f"s3://bucket/{name}/out/rows.csv.out"))
    assert (said["rows"], said["stage"], said["type"]) == ("1,2\n3,4\n", "job", "text/csv")
    assert set(processes.alive()) <= before
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == request["Tags"]
    (listed,) = sagemaker.list_transform_jobs(NameContains=name)["TransformJobSummaries"]
    assert (listed["TransformJobArn"], "ModelName" in listed) == (arn, False)
    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.create_transform_job(**request)


def test_the_log_groups_streams_are_those_of_aws(cloud: Cloud, model: str) -> None:
    request = _request(cloud, model, b"teapot")
    name = request["TransformJobName"]
    cloud.client("sagemaker").create_transform_job(**request)
    reason = _ended(cloud, name)["FailureReason"]

    assert reason == "ClientError: See job logs for more information"
    plain, data = _streams(cloud, name)
    assert data == f"{plain}/data-log"
    assert cloud.logs(GROUP, plain) == ["serving {'mean': 1.5}"]
    lines = [line.split(":[sagemaker logs]: ")[1] for line in cloud.logs(GROUP, data)]
    shown = f"bucket/{name}/in/rows.csv"
    assert lines[1:] == [
        f"{shown}: {text}" for text in ("ClientError: 418", "", "Message:", "short and stout")
    ]
    assert cloud.keys(f"{name}/out") == []


def test_a_job_reads_and_writes_with_the_role_of_its_model(cloud: Cloud) -> None:
    may_read = allow(["s3:ListBucket", "s3:GetObject", "ecr:*"])
    request = _request(cloud, _model(cloud, cloud.role(fresh("role"), may_read)))
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_transform_job(**request)
    reason = _ended(cloud, request["TransformJobName"])["FailureReason"]
    assert "is not authorized to perform: s3:PutObject" in reason

    request |= {"ModelName": _model(cloud, cloud.role(fresh("role"), allow("ecr:*")))}
    with pytest.raises(ClientError, match=rf"No S3 objects found .* region \({REGION}\)"):
        sagemaker.create_transform_job(**request | {"TransformJobName": fresh("transform")})


def test_a_stopped_job_leaves_no_process_and_no_output(cloud: Cloud, model: str) -> None:
    before = set(processes.alive())
    request = _request(cloud, model, b"1,2\n" * 20_000) | {"BatchStrategy": "SingleRecord"}
    sagemaker, name = cloud.client("sagemaker"), request["TransformJobName"]
    sagemaker.create_transform_job(**request)
    wait_for(lambda: [stream for stream in _streams(cloud, name) if cloud.logs(GROUP, stream)])
    sagemaker.stop_transform_job(TransformJobName=name)

    assert _ended(cloud, name)["TransformJobStatus"] == "Stopped"
    assert set(processes.alive()) <= before
    assert cloud.keys(f"{name}/out") == []
    with pytest.raises(ClientError, match="the transform job is in status Stopped"):
        sagemaker.stop_transform_job(TransformJobName=name)


def _streams(cloud: Cloud, name: str) -> list[str]:
    """Return the names of a job's log streams, that of the data log last."""
    logs = cloud.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        return []
    prefix = {"logGroupName": GROUP, "logStreamNamePrefix": f"{name}/"}
    found = logs.describe_log_streams(**prefix)["logStreams"]
    return sorted(stream["logStreamName"] for stream in found)


def test_a_job_whose_container_dies_fails(cloud: Cloud, model: str) -> None:
    request = _request(cloud, model, b"die")
    cloud.client("sagemaker").create_transform_job(**request)

    reason = _ended(cloud, request["TransformJobName"])["FailureReason"]
    assert reason == "AlgorithmError: See job logs for more information"


def test_a_state_waits_for_its_transform_job(cloud: Cloud, model: str) -> None:
    role = cloud.role(fresh("role"), allow("*"))
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
        "Parameters": _request(cloud, model),
        "End": True,
    }
    execution = cloud.run({"StartAt": "Only", "States": {"Only": state}}, role)

    assert execution["status"] == "SUCCEEDED", execution["cause"]
    output = json.loads(execution["output"])
    assert output["TransformJobStatus"] == "Completed"
    tags = cloud.client("sagemaker").list_tags(ResourceArn=output["TransformJobArn"])["Tags"]
    assert tags == [{"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"}]
