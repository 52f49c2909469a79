"""Workflow states: run the training job, with its limits and retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.hyperparameters.interpreters import as_text
from config.instances import has_local_nvme
from config.s3_layout import CHECKPOINTS
from config.tag_names import ENVIRONMENT_TAG, MODEL_TAG
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    choice,
    jsonata,
    retry,
    set_variables,
    string_literal,
    task,
    wait,
)

if TYPE_CHECKING:
    from config.training import GateConfig, TrainingConfig
    from constructs_lib.training.workflow_parts import WorkflowParts

# Time a job may take beyond its own limits: starting, downloading, uploading.
_MARGIN_SECONDS = 3_600
_CAPACITY_WAITS = 6
_CAPACITY_WAIT_SECONDS = 900
_METRIC_LINE = r".*\[[0-9]+\].*#011{name}:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*"

BUSY = [
    "SageMaker.AmazonSageMakerException",
    "SageMaker.SageMakerException",
    "SageMaker.ThrottlingException",
]
"""Error names of throttling and server errors in the SageMaker integration."""


def training_states(parts: WorkflowParts, *, then: str, failed: str) -> States:
    """Return states that train a model; they set `trainingJobName` and `artifact`."""
    return {
        "Train": _train(parts, then),
        **_capacity_states(parts.context.settings.training, failed),
        "CountWait": set_variables(
            {"capacityWaits": jsonata("$capacityWaits + 1"), "fallback": 0}, then="WaitForCapacity"
        ),
        "WaitForCapacity": wait(_CAPACITY_WAIT_SECONDS, then="Train"),
    }


def _capacity_states(training: TrainingConfig, failed: str) -> States:
    """Return what follows a job without a model: the next type, a pause, or the end.

    Not by ResourceConfig.InstancePreferences: Step Functions refuses a definition with a field that
    its SageMaker integration does not know, and new ones arrive there late.
    """
    rules = {f"{_NO_CAPACITY} and $capacityWaits < {_CAPACITY_WAITS}": "CountWait"}
    if not training.fallback_types:
        return {"WhyNoModel": choice(rules, otherwise=failed)}
    next_type = {f"{_NO_INSTANCES} and $fallback < {len(training.fallback_types)}": "NextType"}
    return {
        "WhyNoModel": choice({**next_type, **rules}, otherwise=failed),
        "NextType": set_variables({"fallback": jsonata("$fallback + 1")}, then="Train"),
    }


def _instance_type(training: TrainingConfig) -> str:
    """Return the type of this attempt; without fallback it is no expression."""
    if not training.fallback_types:
        return training.instance_type
    listed = ", ".join(string_literal(one) for one in training.instance_types)
    return jsonata(f"[{listed}][$fallback]")


_NO_INSTANCES = "$contains($failure.Cause, /CapacityError|InsufficientInstanceCapacity/)"
# SageMaker reports missing capacity and its own errors only in the failed job's reason.
_NO_CAPACITY = (
    "$contains($failure.Cause, /CapacityError|InsufficientInstanceCapacity|InternalServerError/)"
)


def _train(parts: WorkflowParts, then: str) -> State:
    training = parts.context.settings.training
    minutes = training.wait_minutes if training.spot else training.max_runtime_minutes
    limit = ["SageMaker.ResourceLimitExceededException"]
    state = task(
        "arn:aws:states:::sagemaker:createTrainingJob.sync",
        training_job(parts),
        then=then,
        assign={
            "trainingJobName": jsonata("$states.result.TrainingJobName"),
            "artifact": jsonata("$states.result.ModelArtifacts.S3ModelArtifacts"),
        },
        retry=[
            retry(BUSY, attempts=5, first_seconds=5, most_seconds=120),
            retry(limit, attempts=4, first_seconds=120, most_seconds=900),
        ],
        catch=[catch_all("WhyNoModel")],
    )
    return state | {"TimeoutSeconds": 60 * minutes + _MARGIN_SECONDS}


def training_job(parts: WorkflowParts) -> dict[str, Any]:
    """Return the arguments of CreateTrainingJob."""
    settings = parts.context.settings
    training = settings.training
    return {
        "TrainingJobName": jsonata(parts.job_name("$uuid()")),
        "RoleArn": parts.job_role_arn,
        "AlgorithmSpecification": {
            "TrainingImage": parts.context.image_uri,
            "TrainingInputMode": training.input_mode,
            "MetricDefinitions": metric_definitions(training, settings.gate),
        },
        "HyperParameters": {
            name: as_text(value) for name, value in training.hyperparameters.items()
        },
        "InputDataConfig": [_channel(parts, name) for name in ("train", "validation")],
        "OutputDataConfig": {
            "S3OutputPath": f"{parts.artifacts_uri}training",
            "KmsKeyId": parts.context.key.arn,
        },
        "CheckpointConfig": {
            "S3Uri": jsonata(
                f"'{parts.artifacts_uri}{CHECKPOINTS}/' & $states.context.Execution.Name & '/'"
            )
        },
        "ResourceConfig": {
            "InstanceType": _instance_type(training),
            "InstanceCount": training.instance_count,
            "VolumeSizeInGB": training.volume_gb,
            **volume_key(parts, training.instance_type),
        },
        "StoppingCondition": _stopping_condition(training),
        "EnableManagedSpotTraining": training.spot,
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "Environment": {"KIBAN_DATA_VERSION": jsonata("$dataVersion")},
        "Tags": job_tags(parts),
        **vpc_config(parts),
    }


def metric_definitions(training: TrainingConfig, gate: GateConfig) -> list[dict[str, str]]:
    """Return one metric definition per channel and metric that the job prints."""
    requested = str(training.hyperparameters.get("eval_metric", gate.metric))
    metrics = [name.strip() for name in requested.split(",") if name.strip()]
    return [
        {
            "Name": f"{channel}:{metric}",
            "Regex": _METRIC_LINE.format(name=f"{channel}-{metric}"),
        }
        for channel in ("train", "validation")
        for metric in metrics
    ]


def job_tags(parts: WorkflowParts) -> list[dict[str, str]]:
    """Return the tags of a job: those of its stack, because no template has the job."""
    tags = {ENVIRONMENT_TAG: parts.context.config.stage, MODEL_TAG: parts.context.name}
    return [
        {"Key": key, "Value": value}
        for key, value in {**parts.context.config.platform.tags, **tags}.items()
    ]


def volume_key(parts: WorkflowParts, instance_type: str) -> dict[str, str]:
    """Return `VolumeKmsKeyId`, except for NVMe instance types, where SageMaker refuses it."""
    return {} if has_local_nvme(instance_type) else {"VolumeKmsKeyId": parts.context.key.arn}


def vpc_config(parts: WorkflowParts) -> dict[str, Any]:
    """Return `VpcConfig` in private mode, else nothing."""
    vpc, count = parts.context.vpc, parts.context.settings.training.instance_count
    return {} if vpc is None else {"VpcConfig": vpc.to_vpc_config(several_hosts=count > 1)}


def _channel(parts: WorkflowParts, name: str) -> dict[str, Any]:
    training = parts.context.settings.training
    return {
        "ChannelName": name,
        "ContentType": training.content_type,
        "InputMode": training.input_mode,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3DataDistributionType": "ShardedByS3Key"
                if training.sharded
                else "FullyReplicated",
                "S3Uri": jsonata(f"'{parts.data_uri}' & $dataVersion & '/{name}/'"),
            }
        },
    }


def _stopping_condition(training: TrainingConfig) -> dict[str, int]:
    limits = {"MaxRuntimeInSeconds": 60 * training.max_runtime_minutes}
    if training.spot:
        limits["MaxWaitTimeInSeconds"] = 60 * training.wait_minutes
    return limits
