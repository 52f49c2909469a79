"""What the tests of tuning jobs say in one word: an image whose model is as good as its `x`."""

from __future__ import annotations

from typing import Any

from tests.sandbox.runtime.cloud import REGISTRY, ROLE, Cloud, fresh, wait_for
from tests.sandbox.runtime.container_source import zipped

TRAIN = """#!/usr/bin/env python3
import json, os, pathlib, sys, time
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"])
hp = json.loads((base / "input/config/hyperparameters.json").read_text())
(base / "model/given.json").write_text(json.dumps(hp))
if hp.get("fail") in ("yes", hp["x"]):
    sys.exit("no model for " + hp["x"])
loss = (float(hp["x"]) - 3) ** 2
for epoch in range(int(hp.get("epochs", "1"))):
    if "silent" not in hp:
        print(f"[{epoch}] loss={loss + 1 / (epoch + 1)}", flush=True)
    time.sleep(float(hp.get("sleep", "0")))
for _ in range(600 if hp["x"] == hp.get("patient") else 0):
    time.sleep(0.05)
"""
_BUILT: list[str] = []


def built(cloud: Cloud) -> Cloud:
    """Build the image, once."""
    if not _BUILT:
        build = cloud.build(cloud.project(zipped({"bin/train": TRAIN})), "tuned")
        assert build["buildStatus"] == "SUCCEEDED", build["phases"]
        _BUILT.append(build["id"])
    return cloud


def request(cloud: Cloud, *values: str, **static: str) -> dict[str, Any]:
    """Return a valid request: grid search over `x`, one job at a time, the least loss."""
    return {
        "HyperParameterTuningJobName": fresh("tune"),
        "HyperParameterTuningJobConfig": {
            "Strategy": "Grid",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxParallelTrainingJobs": 1},
            "ParameterRanges": {
                "CategoricalParameterRanges": [{"Name": "x", "Values": list(values)}]
            },
        },
        "TrainingJobDefinition": {
            "StaticHyperParameters": static,
            "AlgorithmSpecification": {
                "TrainingImage": f"{REGISTRY}/models:tuned",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
            },
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"s3://{cloud.bucket}/tuning"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    }


def started(cloud: Cloud, asked: dict[str, Any]) -> str:
    """Start a tuning job and return its name."""
    built(cloud).client("sagemaker").create_hyper_parameter_tuning_job(**asked)
    return str(asked["HyperParameterTuningJobName"])


def ended(cloud: Cloud, name: str) -> dict[str, Any]:
    """Wait for a tuning job to end and return its description."""
    sagemaker = cloud.client("sagemaker")

    def done() -> Any:
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        is_over = job["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped")
        return job if is_over else None

    job: dict[str, Any] = wait_for(done, 60)
    return job


def trainings(cloud: Cloud, name: str, **more: Any) -> list[dict[str, Any]]:
    """Return the summaries of a tuning job's training jobs."""
    found: list[dict[str, Any]] = cloud.client(
        "sagemaker"
    ).list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName=name, **more)[
        "TrainingJobSummaries"
    ]
    return found
