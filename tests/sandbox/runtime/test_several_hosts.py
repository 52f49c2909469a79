from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.runtime.cloud import Cloud, fresh


def request(cloud: Cloud, count: int = 2, **hyperparameters: str) -> dict[str, Any]:
    made = cloud.training(fresh("job"), hyperparameters)
    made["ResourceConfig"]["InstanceCount"] = count
    return made


def run(cloud: Cloud, made: dict[str, Any]) -> dict[str, Any]:
    cloud.client("sagemaker").create_training_job(**made)
    return cloud.ended(made["TrainingJobName"])


def packed(cloud: Cloud, job: dict[str, Any]) -> dict[str, Any]:
    """The files of the model, by name."""
    artifact = io.BytesIO(cloud.read(job["ModelArtifacts"]["S3ModelArtifacts"]))
    with tarfile.open(fileobj=artifact) as archive:
        members = [(member.name, archive.extractfile(member)) for member in archive]
        return {name: json.load(file) for name, file in members if file}


def test_every_host_gets_all_objects_and_leaves_its_part_of_one_model(cloud: Cloud) -> None:
    cloud.put("two/a.csv", b"1\n")
    cloud.put("two/b.csv", b"2\n")
    made = request(cloud)
    made["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://bucket/two/"

    job = run(cloud, made)

    assert job["TrainingJobStatus"] == "Completed", job
    assert packed(cloud, job)["algo-2.json"] == [1.0, 2.0]


def test_sharded_objects_are_dealt_out_by_key(cloud: Cloud) -> None:
    for number in range(4):
        cloud.put(f"sharded/{number}.csv", f"{number}\n".encode())
    made = request(cloud)
    source = made["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source |= {"S3Uri": "s3://bucket/sharded/", "S3DataDistributionType": "ShardedByS3Key"}

    files = packed(cloud, run(cloud, made))

    assert files["algo-2.json"] == [1.0, 3.0]
    assert files["model.json"]["mean"] == 2.0  # the last host's, as in one folder


def test_every_host_has_a_log_of_its_own(cloud: Cloud) -> None:
    made = request(cloud, count=3)

    run(cloud, made)

    for number in (1, 2, 3):
        stream = f"{made['TrainingJobName']}/algo-{number}-"
        assert any(
            "train-auc" in line for line in cloud.logs("/aws/sagemaker/TrainingJobs", stream)
        )


@pytest.mark.parametrize("host", ["algo-1", "algo-2"])
def test_a_host_that_fails_ends_the_job_with_its_reason(cloud: Cloud, host: str) -> None:
    made = request(cloud, fail="no rows here", only=host, rounds="300", sleep="0.1")

    job = run(cloud, made)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: no rows here, exit code: 3"


def test_a_stopped_job_stops_on_all_hosts(cloud: Cloud) -> None:
    made = request(cloud, rounds="300", sleep="0.1")
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_training_job(**made)

    sagemaker.stop_training_job(TrainingJobName=made["TrainingJobName"])

    assert cloud.ended(made["TrainingJobName"])["TrainingJobStatus"] == "Stopped"


def test_instance_groups_are_refused_by_name(cloud: Cloud) -> None:
    made = request(cloud)
    group = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroupName": "a"}
    made["ResourceConfig"] = {"InstanceGroups": [group], "VolumeSizeInGB": 10}

    with pytest.raises(ClientError, match=r"ResourceConfig.InstanceGroups.*not emulated"):
        cloud.client("sagemaker").create_training_job(**made)
