"""Workflow states: evaluate candidate and champion on the same held-out rows, apply the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.s3_layout import EVALUATION
from constructs_lib.training.training_states import BUSY, job_tags, volume_key
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    jsonata,
    retry,
    retry_transient_errors,
    sdk,
    set_variables,
    string_literal,
    task,
)

if TYPE_CHECKING:
    from config.training import GateConfig
    from constructs_lib.training.workflow_parts import WorkflowParts

_BASE = "/opt/ml/processing"
_RUNTIME_SECONDS = 3_600
_MARGIN_SECONDS = 1_800


def evaluation_states(parts: WorkflowParts, *, then: str, failed: str) -> States:
    """Return states that set `evaluation` and `refusal` ("" when the gate passes)."""
    return {
        "Evaluate": _evaluate(parts, failed),
        "ReadEvaluation": _read_evaluation(parts, failed),
        "Gate": set_variables({"refusal": jsonata(gate(parts.context.settings.gate))}, then=then),
    }


def _evaluate(parts: WorkflowParts, failed: str) -> State:
    limit = ["SageMaker.ResourceLimitExceededException"]
    state = task(
        "arn:aws:states:::sagemaker:createProcessingJob.sync",
        processing_job(parts),
        then="ReadEvaluation",
        assign={"evaluationJobName": jsonata("$states.result.ProcessingJobName")},
        retry=[
            retry(BUSY, attempts=5, first_seconds=5, most_seconds=120),
            retry(limit, attempts=4, first_seconds=120, most_seconds=900),
        ],
        catch=[catch_all(failed)],
    )
    return state | {"TimeoutSeconds": _RUNTIME_SECONDS + _MARGIN_SECONDS}


def processing_job(parts: WorkflowParts) -> dict[str, Any]:
    """Return the arguments of CreateProcessingJob."""
    instance_type = parts.context.settings.training.evaluation_instance_type
    # A UUID from an earlier state: the job's name is used twice, and both must agree.
    name = parts.job_name("$runId")
    return {
        "ProcessingJobName": jsonata(name),
        "RoleArn": parts.job_role_arn,
        "AppSpecification": {
            "ImageUri": parts.context.image_uri,
            "ContainerEntrypoint": ["evaluate"],
        },
        "Environment": {"CONTENT_TYPE": parts.context.settings.training.content_type},
        "ProcessingInputs": jsonata(_inputs(parts)),
        "ProcessingOutputConfig": {
            "KmsKeyId": parts.context.key.arn,
            "Outputs": [
                {
                    "OutputName": "evaluation",
                    "S3Output": {
                        "S3Uri": jsonata(f"'{parts.artifacts_uri}{EVALUATION}/' & {name} & '/'"),
                        "LocalPath": f"{_BASE}/evaluation",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": instance_type,
                "VolumeSizeInGB": 30,
                **volume_key(parts, instance_type),
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": _RUNTIME_SECONDS},
        "NetworkConfig": _network(parts),
        "Tags": job_tags(parts),
    }


def _inputs(parts: WorkflowParts) -> str:
    """Return the JSONata of the inputs: model, test rows, and the champion's model if any."""
    rows = f"'{parts.data_uri}' & $dataVersion & '/test/'"
    always = f"[{_input('model', '$artifact')}, {_input('test', rows)}]"
    return f"$champion = '' ? {always} : $append({always}, {_input('champion', '$champion')})"


def _input(name: str, uri: str) -> str:
    return (
        f"{{'InputName': '{name}', 'S3Input': {{'S3Uri': {uri}, 'LocalPath': '{_BASE}/{name}', "
        "'S3DataType': 'S3Prefix', 'S3InputMode': 'File'}}"
    )


def _network(parts: WorkflowParts) -> dict[str, Any]:
    network: dict[str, Any] = {
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
    }
    if parts.context.vpc is not None:
        network["VpcConfig"] = parts.context.vpc.to_vpc_config()
    return network


def _read_evaluation(parts: WorkflowParts, failed: str) -> State:
    key = f"'{parts.context.prefix}{EVALUATION}/' & $evaluationJobName & '/evaluation.json'"
    return task(
        sdk("s3", "getObject"),
        {"Bucket": parts.context.artifacts.name, "Key": jsonata(key)},
        then="Gate",
        assign={"evaluation": jsonata("$parse($states.result.Body)")},
        retry=[retry_transient_errors("S3")],
        catch=[catch_all(failed)],
    )


# What an evaluation may say about an error; any other field of that kind refuses.
_CHAMPION_ERROR = "champion_error"

CHANGES_SCHEMA = "($exists($evaluation.changes_schema) and $evaluation.changes_schema = true)"
"""JSONata: the candidate takes other columns, or has another task, than the champion."""


def gate(config: GateConfig) -> str:
    """Return the JSONata of the reason for a refusal, "" when the gate passes.

    A change of the columns passes: whether callers are ready for it only a person knows.
    """
    worse, bound = (">", "above the maximum") if config.is_minimised else ("<", "below the minimum")
    allowed = "+" if config.is_minimised else "-"
    metric = string_literal(config.metric)
    return (
        f"( $value := $lookup($evaluation.metrics, {metric});"
        f" $rival := $lookup($evaluation.champion_metrics, {metric});"
        f" $unclear := {_unclear_champion(config.metric)};"
        f" $not($exists($value)) ? 'the evaluation has no {config.metric}'"
        f" : $value {worse} {config.bound}"
        f" ? '{config.metric} ' & $string($value) & ' is {bound} {config.bound}'"
        f" : $exists($rival) and $value {worse} $rival {allowed} {config.tolerance}"
        f" ? '{config.metric} ' & $string($value) & ' is worse than the champion with '"
        f" & $string($rival) & ', tolerance {config.tolerance}'"
        " : $unclear )"
    )


def _unclear_champion(metric: str) -> str:
    """Return the JSONata of why nobody can say which of the two is better, or ""."""
    error = f"$evaluation.{_CHAMPION_ERROR}"
    return (
        "( $unknown := $filter($keys($evaluation), function($key) "
        f"{{ $contains($key, /error/i) and $key != '{_CHAMPION_ERROR}' }});"
        " $count($unknown) > 0"
        " ? 'the evaluation has a field that the gate does not know: ' & $join($unknown, ', ')"
        f" : $exists($evaluation.changes_schema) and $not({CHANGES_SCHEMA} and $exists({error}))"
        " ? 'the evaluation says of changes_schema what the gate does not know'"
        f" : $exists({error}) and $not({CHANGES_SCHEMA})"
        f" ? 'the champion could not be evaluated: ' & $string({error})"
        f" : $champion != '' and $not($exists({error})) and $not($exists($rival))"
        f" ? 'the evaluation has no {metric} of the champion'"
        " : '' )"
    )
