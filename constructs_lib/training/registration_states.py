"""Workflow states: register every candidate as a model package, with lineage and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.s3_layout import EVALUATION
from config.version_facts import GATE, GATE_PASSED, GATE_REFUSED, SCHEMA_CHANGE
from constructs_lib.training.evaluation_states import CHANGES_SCHEMA
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    choice,
    jsonata,
    one_line,
    retry_transient_errors,
    sdk,
    string_literal,
    task,
)
from constructs_lib.workflow.notification_states import publish
from constructs_lib.workflow.rejection_state import reject

if TYPE_CHECKING:
    from constructs_lib.training.workflow_parts import WorkflowParts

CONTENT_TYPES = ["text/csv", "application/json"]
# Characters that SageMaker refuses in a metadata value, which holds 256 characters.
_NOT_METADATA = r"/[^A-Za-z0-9 _.:\/=+\-@]/"

APPROVAL = {"manual": "PendingManualApproval", "automatic": "Approved"}


def registration_states(parts: WorkflowParts, *, failed: str) -> States:
    """Return states that register the candidate, notify, and end with the workflow's output."""
    return {
        "Register": _register(parts, failed),
        "GatePassed": choice({"$refusal = ''": "Notify"}, otherwise="ExplainRefusal"),
        "ExplainRefusal": _explain_refusal(failed),
        "Notify": _notify(parts),
        "Done": {
            "Type": "Succeed",
            "Output": {
                "Outcome": jsonata(_OUTCOME),
                "ModelPackageArn": jsonata("$modelPackageArn"),
                "Metrics": jsonata("$evaluation.metrics"),
                "DataVersion": jsonata("$dataVersion"),
                "TrainingJobName": jsonata("$trainingJobName"),
            },
        },
    }


def model_package(parts: WorkflowParts) -> dict[str, Any]:
    """Return the arguments of CreateModelPackage."""
    settings = parts.context.settings
    return {
        "ModelPackageGroupName": parts.group_name,
        "ModelPackageDescription": jsonata(one_line("'Trained for: ' & $reason")),
        # The same token again is the same version: a retry registers nothing twice.
        "ClientToken": jsonata("$runId"),
        # A change of the columns waits for a person, whatever the file says of approval.
        "ModelApprovalStatus": jsonata(
            f"$refusal != '' ? 'Rejected' : {CHANGES_SCHEMA} ? '{APPROVAL['manual']}' "
            f": '{APPROVAL[settings.gate.approval]}'"
        ),
        "CustomerMetadataProperties": jsonata(_metadata(parts)),
        # No instance types: a live version must survive a change of the endpoint's instance type.
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": parts.context.image_uri,
                    "ModelDataUrl": jsonata("$artifact"),
                    "Environment": jsonata(_ENVIRONMENT),
                }
            ],
            "SupportedContentTypes": CONTENT_TYPES,
            "SupportedResponseMIMETypes": CONTENT_TYPES,
        },
        "ModelMetrics": {
            "ModelQuality": {"Statistics": _document(parts, "statistics.json")},
            "ModelDataQuality": _baseline(parts),
            "Explainability": {"Report": _document(parts, "explainability.json")},
        },
        # The baseline of a model monitor made from this version.
        "DriftCheckBaselines": {"ModelDataQuality": _baseline(parts)},
    }


def _baseline(parts: WorkflowParts) -> dict[str, Any]:
    return {
        "Statistics": _document(parts, "baseline/statistics.json"),
        "Constraints": _document(parts, "baseline/constraints.json"),
    }


def _document(parts: WorkflowParts, name: str) -> dict[str, str]:
    return {"ContentType": "application/json", "S3Uri": jsonata(_evaluated(parts, name))}


def _evaluated(parts: WorkflowParts, name: str) -> str:
    """Return the JSONata of the URI of one file that the evaluation job wrote."""
    return f"'{parts.artifacts_uri}{EVALUATION}/' & $evaluationJobName & '/{name}'"


def _register(parts: WorkflowParts, failed: str) -> State:
    return task(
        sdk("sagemaker", "createModelPackage"),
        model_package(parts),
        then="GatePassed",
        assign={"modelPackageArn": jsonata("$states.result.ModelPackageArn")},
        retry=[retry_transient_errors("SageMaker")],
        catch=[catch_all(failed)],
    )


def _explain_refusal(failed: str) -> State:
    # CreateModelPackage takes no ApprovalDescription.
    return reject(
        "$modelPackageArn",
        reason="'Refused by the gate: ' & $refusal",
        then="Notify",
        failed=failed,
    )


def _metadata(parts: WorkflowParts) -> str:
    """Return the JSONata of the lineage, with a `metric_<name>` for each metric."""
    lineage = ", ".join(
        f"'{name}': {value}"
        for name, value in {
            "image_tag": string_literal(parts.context.image_build.image_tag),
            "data_version": "$clean($dataVersion)",
            "training_job": "$trainingJobName",
            "execution": "$clean($states.context.Execution.Id)",
            "reason": "$clean($reason)",
            "report": _evaluated(parts, "report.html"),
            GATE: f"$refusal = '' ? '{GATE_PASSED}' : $clean('{GATE_REFUSED}' & $refusal)",
            "signature_sha256": "$evaluation.signature_sha256",
        }.items()
    )
    changes = f"{CHANGES_SCHEMA} ? {{'{SCHEMA_CHANGE}': $clean($evaluation.champion_error)}} : {{}}"
    clean = (
        "function($text) { $text = '' ? 'none' : "
        f"$substring($replace($text, {_NOT_METADATA}, '_'), 0, 256) }}"
    )
    metric = "function($value, $name) { {'metric_' & $name: $string($value)} }"
    return (
        f"( $clean := {clean}; $metrics := $each($evaluation.metrics, {metric});"
        f" $merge($append([{{{lineage}}}, {changes}], $metrics)) )"
    )


def _notify(parts: WorkflowParts) -> State:
    waiting = {
        "manual": "waits for approval",
        "automatic": "is approved and goes live",
    }[parts.context.settings.gate.approval]
    message = (
        f"( $refusal != ''"
        f" ? 'The gate refused a candidate for {parts.context.full_name} (' & $refusal & '): '"
        f" : {CHANGES_SCHEMA} ? 'A new version of {parts.context.full_name} takes other columns or"
        " has another task than the champion: requests that work today may fail ('"
        " & $evaluation.champion_error & '). It waits for: ./kiban approve'"
        f" & ' {parts.context.name} ' & $split($modelPackageArn, '/')[-1]"
        f" & ' --env {parts.context.config.environment} --changes-schema. It is '"
        f" : 'A new version of {parts.context.full_name} {waiting}: ' ) "
        "& $modelPackageArn & ', trained on ' & $dataVersion & ' (' & $reason & '), metrics '"
        " & $string($evaluation.metrics)"
    )
    return publish(
        parts.context.topic.arn,
        subject=f"New candidate for {parts.context.full_name}",
        message=jsonata(message),
        then="Done",
    )


# `serve` refuses every model but the one that was evaluated. A container whose evaluation has no
# digest is served without: JSONata leaves out what does not exist.
_ENVIRONMENT = "{'MODEL_SIGNATURE_SHA256': $evaluation.signature_sha256}"
_OUTCOME = "$refusal = '' ? 'registered' : 'refused'"
