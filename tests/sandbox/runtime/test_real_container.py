from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.runtime import tuned
from tests.sandbox.runtime.cloud import REGISTRY, Cloud, fresh

pytestmark = pytest.mark.acceptance

_CONTAINER = Path(__file__).parents[3] / "container"


def _source() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(_CONTAINER.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(_CONTAINER))
    return buffer.getvalue()


def _rows(count: int) -> bytes:
    chance = random.Random(7)
    lines = []
    for _ in range(count):
        features = [chance.random() for _ in range(3)]
        label = int(sum(features) > 1.5)
        lines.append(",".join(map(str, [label, *(f"{f:.4f}" for f in features)])))
    return ("\n".join(lines) + "\n").encode()


def _channel(cloud: Cloud, name: str) -> dict[str, Any]:
    cloud.put(f"real/{name}/rows.csv", _rows(300))
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://bucket/real/{name}/"}
    return {
        "ChannelName": name,
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": source},
    }


def _build(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    """Build the container's own image; what follows runs it."""
    # The environment with XGBoost is made once, by `make setup`, and shared.
    monkeypatch.delenv("KIBAN_CACHE")
    build = cloud.build(cloud.project(_source()), tag)
    assert build["buildStatus"] == "SUCCEEDED", build["phases"]
    monkeypatch.setattr(cloud, "image", f"{REGISTRY}/models:{tag}")


def _trained(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, instance_count: int) -> dict[str, Any]:
    _build(cloud, monkeypatch, f"real{instance_count}")
    request = cloud.training(fresh("real"), {"objective": "binary:logistic", "num_round": "20"})
    request["HyperParameters"]["eval_metric"] = "auc"
    request["InputDataConfig"] = [_channel(cloud, name) for name in ("train", "validation")]
    request["ResourceConfig"]["InstanceCount"] = instance_count
    cloud.client("sagemaker").create_training_job(**request)
    job = cloud.ended(request["TrainingJobName"], 60)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    (metric,) = job["FinalMetricDataList"]
    assert metric["Value"] > 0.9
    return job


def test_two_instances_train_one_model_here(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _trained(cloud, monkeypatch, instance_count=2)

    archive = cloud.read(job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(archive)) as stream:
        assert sorted(stream.getnames()) == ["signature.json", "xgboost-model"]
    high, low = _served(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert high > 0.5 > low


def test_the_containers_own_programs_train_and_serve_here(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _trained(cloud, monkeypatch, instance_count=1)

    high, low = _served(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert high > 0.5 > low


def _tuning(cloud: Cloud) -> dict[str, Any]:
    """Return a request that tunes XGBoost: four training jobs, two at once."""
    request = cloud.training(fresh("real"), {"objective": "binary:logistic"})
    channels = [_channel(cloud, name) for name in ("train", "validation")]
    left_out = ("TrainingJobName", "HyperParameters", "CheckpointConfig")
    definition = {key: value for key, value in request.items() if key not in left_out}
    integers = [("num_round", "5", "50"), ("max_depth", "1", "6")]
    return {
        "HyperParameterTuningJobName": fresh("tune-real"),
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {
                "Type": "Maximize",
                "MetricName": "validation:auc",
            },
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "IntegerParameterRanges": [
                    {"Name": name, "MinValue": low, "MaxValue": high}
                    for name, low, high in integers
                ],
                "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.01", "MaxValue": "1"}],
            },
            "RandomSeed": 7,
        },
        "TrainingJobDefinition": {
            **definition,
            "StaticHyperParameters": request["HyperParameters"],
            "InputDataConfig": channels,
        },
    }


def test_the_containers_own_model_is_tuned_and_the_best_one_serves(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(cloud, monkeypatch, "tuned-real")
    request = _tuning(cloud)
    cloud.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    name = request["HyperParameterTuningJobName"]
    job = tuned.ended(cloud, name)

    assert job["TrainingJobStatusCounters"]["Completed"] == 4, job
    trainings = tuned.trainings(cloud, name, SortBy="CreationTime")
    assert trainings[1]["CreationTime"] < trainings[0]["TrainingEndTime"]
    values = [one["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for one in trainings]
    best = job["BestTrainingJob"]
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == max(values) > 0.9
    assert {*best["TunedHyperParameters"]} == {"num_round", "eta", "max_depth"}
    training = cloud.client("sagemaker").describe_training_job(
        TrainingJobName=best["TrainingJobName"]
    )
    high, low = _served(cloud, training["ModelArtifacts"]["S3ModelArtifacts"])
    assert high > 0.5 > low


def _served(cloud: Cloud, artifact: str) -> list[float]:
    name = fresh("real")
    cloud.client("sagemaker").create_endpoint(
        EndpointName=name, EndpointConfigName=cloud.configuration(artifact)
    )
    state = cloud.settled(name)
    assert state["EndpointStatus"] == "InService", state.get("FailureReason")
    answer = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name,
        Body=b"0.9,0.9,0.9\n0.1,0.1,0.1",
        ContentType="text/csv",
        Accept="text/csv",
    )
    said = answer["Body"].read().decode().replace(",", "\n").split()
    cloud.client("sagemaker").delete_endpoint(EndpointName=name)
    return [float(score) for score in said]
