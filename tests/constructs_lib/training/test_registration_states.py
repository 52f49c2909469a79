"""Registration of a candidate: approval status, lineage, metrics and baselines."""

import re
from typing import Any

import pytest

from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks


def registration(**variables: Any) -> dict[str, Any]:
    state = model_stacks().definition("workflow")["States"]["Register"]
    return dict(value(state["Arguments"], **variables))


@pytest.mark.parametrize(
    ("approval", "status"), [("manual", "PendingManualApproval"), ("automatic", "Approved")]
)
def test_what_passed_the_gate_gets_the_approval_status_of_the_file(
    approval: str, status: str
) -> None:
    state = model_stacks(gate={"approval": approval}).definition("workflow")["States"]["Register"]

    expression = state["Arguments"]["ModelApprovalStatus"]
    assert value(expression, refusal="") == status
    assert value(expression, refusal="too bad") == "Rejected"


def test_a_refused_candidate_carries_the_reason() -> None:
    states = model_stacks().definition("workflow")["States"]

    assert decide(states["GatePassed"], refusal="too bad") == "ExplainRefusal"
    told = value(states["ExplainRefusal"]["Arguments"], refusal="auc\n0.7 " + "x" * 2_000)
    assert told["ApprovalDescription"].startswith("Refused by the gate: auc 0.7 ")
    assert len(told["ApprovalDescription"]) == 1_024
    assert decide(states["GatePassed"], refusal="") == "Notify"


def test_a_version_tells_where_it_comes_from() -> None:
    told = registration()["CustomerMetadataProperties"]

    assert set(told) == {
        *("image_tag", "data_version", "training_job", "execution", "reason", "report", "gate"),
        *("metric_auc", "metric_logloss"),
    }
    assert told["metric_auc"] == "0.9"
    assert told["gate"] == "passed"
    assert told["execution"].endswith("execution:kiban-test-churn-workflow:run")


SCHEMA_CHANGE = {
    "metrics": {"auc": 0.9},
    "champion_error": "its model takes 13 features but the candidate's takes 5",
    "changes_schema": True,
}


@pytest.mark.parametrize("approval", ["manual", "automatic"])
def test_a_change_of_the_columns_always_waits_for_a_person(approval: str) -> None:
    states = model_stacks(gate={"approval": approval}).definition("workflow")["States"]

    found = value(states["Register"]["Arguments"], evaluation=SCHEMA_CHANGE)

    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    told = found["CustomerMetadataProperties"]
    assert told["schema_change"] == "its model takes 13 features but the candidate_s takes 5"
    message = value(states["Notify"]["Arguments"]["Message"], evaluation=SCHEMA_CHANGE)
    assert "requests that work today may fail (its model takes 13 features" in message
    assert "./kiban approve churn 3 --env test --changes-schema" in message


def test_a_refused_version_keeps_the_gates_reason_in_its_metadata() -> None:
    told = registration(refusal="auc 0.7 is below 0.8", evaluation=SCHEMA_CHANGE)

    assert told["ModelApprovalStatus"] == "Rejected"
    assert told["CustomerMetadataProperties"]["gate"] == "refused: auc 0.7 is below 0.8"
    assert "schema_change" in told["CustomerMetadataProperties"]


def test_a_version_is_registered_with_the_digest_of_what_was_evaluated() -> None:
    digest = "ab" * 32
    evaluation = {"metrics": {"auc": 0.9}, "signature_sha256": digest}

    found = registration(evaluation=evaluation)

    (container,) = found["InferenceSpecification"]["Containers"]
    assert container["Environment"] == {"MODEL_SIGNATURE_SHA256": digest}
    assert found["CustomerMetadataProperties"]["signature_sha256"] == digest


def test_an_evaluation_without_a_digest_is_registered_without() -> None:
    found = registration(evaluation={"metrics": {"auc": 0.9}})

    (container,) = found["InferenceSpecification"]["Containers"]
    assert container["Environment"] == {}
    assert "signature_sha256" not in found["CustomerMetadataProperties"]


@pytest.mark.parametrize("reason", ["", "because, (well) é I wanted\nto", "x" * 1_000])
def test_free_text_becomes_metadata_that_sagemaker_takes(reason: str) -> None:
    told = registration(reason=reason)["CustomerMetadataProperties"]

    assert re.fullmatch(r"[\w .:/=+\-@]{1,256}", told["reason"])


def test_the_only_metric_of_an_evaluation_is_kept_too() -> None:
    told = registration(evaluation={"metrics": {"auc": 1}})["CustomerMetadataProperties"]

    assert told["metric_auc"] == "1"


def test_evaluations_lie_where_the_next_state_looks() -> None:
    states = model_stacks().definition("workflow")["States"]
    job = value(states["Evaluate"]["Arguments"])
    name = job["ProcessingJobName"]

    (output,) = job["ProcessingOutputConfig"]["Outputs"]
    key = value(states["ReadEvaluation"]["Arguments"]["Key"], evaluationJobName=name)
    assert f"{output['S3Output']['S3Uri']}evaluation.json".endswith(f"/{key}")
    found = registration(evaluationJobName=name)
    metrics, folder = found["ModelMetrics"], output["S3Output"]["S3Uri"]
    assert metrics["ModelQuality"]["Statistics"]["S3Uri"] == f"{folder}statistics.json"
    assert metrics["Explainability"]["Report"]["S3Uri"] == f"{folder}explainability.json"
    assert found["CustomerMetadataProperties"]["report"] == f"{folder}report.html"


def test_a_version_brings_the_baseline_that_drift_is_measured_on() -> None:
    found = registration(evaluationJobName="churn-1")

    baseline = found["ModelMetrics"]["ModelDataQuality"]
    assert baseline["Statistics"]["S3Uri"].endswith("/churn-1/baseline/statistics.json")
    assert baseline["Constraints"]["S3Uri"].endswith("/churn-1/baseline/constraints.json")
    assert found["DriftCheckBaselines"] == {"ModelDataQuality": baseline}


def test_a_version_is_not_tied_to_the_machine_it_was_first_served_on() -> None:
    specification = registration()["InferenceSpecification"]

    assert not [key for key in specification if key.endswith("InstanceTypes")]
    (container,) = specification["Containers"]
    assert container["ModelDataUrl"].endswith("/output/model.tar.gz")


def test_a_version_says_which_requests_it_takes_and_how_it_answers() -> None:
    specification = registration()["InferenceSpecification"]

    assert specification["SupportedContentTypes"] == ["text/csv", "application/json"]
    assert specification["SupportedResponseMIMETypes"] == ["text/csv", "application/json"]
    assert "SupportedRealtimeInferenceInstanceTypes" not in specification


def test_a_version_says_why_it_was_trained() -> None:
    assert registration(reason="a person  asked")["ModelPackageDescription"] == (
        "Trained for: a person asked"
    )


def test_a_registration_that_is_tried_again_registers_one_version() -> None:
    assert registration(runId="run-1")["ClientToken"] == "run-1"


def test_every_document_of_a_version_is_json() -> None:
    metrics = registration()["ModelMetrics"]

    found = [document for group in metrics.values() for document in group.values()]
    assert {document["ContentType"] for document in found} == {"application/json"}
    assert len(found) == 4


def test_a_workflow_ends_with_the_version_and_what_it_was_made_of() -> None:
    output = model_stacks().definition("workflow")["States"]["Done"]["Output"]
    given: dict[str, Any] = {
        "modelPackageArn": "group/3",
        "evaluation": {"metrics": {"auc": 0.9}},
        "dataVersion": "v1",
        "trainingJobName": "churn-1",
    }

    for refusal, outcome in (("", "registered"), ("too bad", "refused")):
        assert value(output, refusal=refusal, **given) == {
            "Outcome": outcome,
            "ModelPackageArn": "group/3",
            "Metrics": {"auc": 0.9},
            "DataVersion": "v1",
            "TrainingJobName": "churn-1",
        }
