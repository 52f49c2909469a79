from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.runtime.cloud import ROLE, Cloud, fresh, wait_for


def test_a_processing_job_reads_objects_and_prefixes_and_writes_to_s3(cloud: Cloud) -> None:
    cloud.put("models/model.tar.gz", b"an archive")
    cloud.put("held-out/a.csv", b"1,2\n")
    cloud.put("held-out/b.csv", b"3,4\n5,6\n")
    job = _process(cloud, _request(cloud, argument="/opt/ml/processing/test"))

    assert job["ProcessingJobStatus"] == "Completed", job
    result = json.loads(
        cloud.read(f"s3://bucket/results/{job['ProcessingJobName']}/evaluation.json")
    )
    assert result["rows"] == 3
    assert result["argument"].endswith(f"{job['ProcessingJobName']}/processing/test")
    lines = cloud.logs("/aws/sagemaker/ProcessingJobs", job["ProcessingJobName"])
    assert lines[0].startswith("evaluating 3 rows")


def test_a_failing_processing_job_says_why(cloud: Cloud) -> None:
    cloud.put("held-out/a.csv", b"1,2\n")
    request = _request(cloud)
    request["ProcessingInputs"] = [_input("test", "s3://bucket/held-out/")]
    job = _process(cloud, request)

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].endswith("exit code: 1")


def test_an_entry_point_that_the_image_lacks_fails_by_name(cloud: Cloud) -> None:
    request = _request(cloud)
    request["AppSpecification"]["ContainerEntrypoint"] = ["measure"]

    reason = _process(cloud, request)["FailureReason"]
    assert 'has no program "measure"; put it at container/bin/measure' in reason


def test_a_path_outside_opt_ml_processing_is_refused(cloud: Cloud) -> None:
    request = _request(cloud)
    request["ProcessingInputs"] = [
        _input("test", "s3://bucket/data/", "/opt/ml/processing/../../../elsewhere")
    ]

    reason = _process(cloud, request)["FailureReason"]
    assert "LocalPath is" in reason
    assert "use a folder below /opt/ml/processing" in reason


def test_two_processing_instances_are_refused_by_name(cloud: Cloud) -> None:
    request = _request(cloud)
    request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = 2

    with pytest.raises(ClientError, match="InstanceCount is 2, which is not emulated"):
        cloud.client("sagemaker").create_processing_job(**request)


def _input(name: str, uri: str, path: str | None = None) -> dict[str, Any]:
    source = {"S3Uri": uri, "LocalPath": path or f"/opt/ml/processing/{name}"}
    return {
        "InputName": name,
        "S3Input": {**source, "S3DataType": "S3Prefix", "S3InputMode": "File"},
    }


def _request(cloud: Cloud, argument: str = "") -> dict[str, Any]:
    name = fresh("evaluation")
    output = {
        "S3Uri": f"s3://bucket/results/{name}",
        "LocalPath": "/opt/ml/processing/evaluation",
        "S3UploadMode": "EndOfJob",
    }
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    specification: dict[str, Any] = {
        "ImageUri": cloud.image,
        "ContainerEntrypoint": ["evaluate"],
    }
    if argument:
        specification["ContainerArguments"] = [argument]
    return {
        "ProcessingJobName": name,
        "AppSpecification": specification,
        "RoleArn": ROLE,
        "ProcessingResources": {"ClusterConfig": cluster},
        "ProcessingInputs": [
            _input("model", "s3://bucket/models/model.tar.gz"),
            _input("test", "s3://bucket/held-out/"),
        ],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "evaluation", "S3Output": output}]},
    }


def _process(cloud: Cloud, request: dict[str, Any]) -> dict[str, Any]:
    sagemaker, name = cloud.client("sagemaker"), request["ProcessingJobName"]
    sagemaker.create_processing_job(**request)

    def done() -> Any:
        job = sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] != "InProgress" else None

    job: dict[str, Any] = wait_for(done)
    return job
