from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

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


def _trained(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, instance_count: int) -> dict[str, Any]:
    # The environment with XGBoost is made once, by `make setup`, and shared.
    monkeypatch.delenv("KIBAN_CACHE")
    tag = f"real{instance_count}"
    build = cloud.build(cloud.project(_source()), tag)
    assert build["buildStatus"] == "SUCCEEDED", build["phases"]
    monkeypatch.setattr(cloud, "image", f"{REGISTRY}/models:{tag}")
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
