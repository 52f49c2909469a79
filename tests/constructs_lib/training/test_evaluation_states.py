import re
from typing import Any

import pytest

from config.training import GateConfig
from constructs_lib.training.evaluation_states import gate
from constructs_lib.workflow.asl import jsonata
from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks

BOUND = GateConfig(metric="auc", minimum=0.8, tolerance=0.01)
ERROR = GateConfig(metric="rmse", maximum=3.0, tolerance=0.1)


def refusal(config: GateConfig, evaluation: dict[str, Any]) -> str:
    """What the gate says to an evaluation.json; "" when it lets the candidate pass."""
    return str(value(jsonata(gate(config)), evaluation=evaluation))


def registration(**variables: Any) -> dict[str, Any]:
    state = model_stacks().definition("workflow")["States"]["Register"]
    return dict(value(state["Arguments"], **variables))


@pytest.mark.parametrize(
    ("config", "metrics"),
    [
        (BOUND, {"metrics": {"auc": 0.8}}),
        (BOUND, {"metrics": {"auc": 0.95}, "champion_metrics": {"auc": 0.95}}),
        (BOUND, {"metrics": {"auc": 0.945}, "champion_metrics": {"auc": 0.95}}),
        (BOUND, {"metrics": {"auc": 0.85}, "champion_error": "other columns"}),
        (ERROR, {"metrics": {"rmse": 3.0}}),
        (ERROR, {"metrics": {"rmse": 2.05}, "champion_metrics": {"rmse": 2.0}}),
    ],
)
def test_a_candidate_that_is_good_enough_passes(
    config: GateConfig, metrics: dict[str, Any]
) -> None:
    assert refusal(config, metrics) == ""


@pytest.mark.parametrize(
    ("config", "metrics", "because"),
    [
        (BOUND, {"metrics": {"auc": 0.79}}, "auc 0.79 is below the minimum 0.8"),
        (
            BOUND,
            {"metrics": {"auc": 0.9}, "champion_metrics": {"auc": 0.95}},
            "auc 0.9 is worse than the champion with 0.95, tolerance 0.01",
        ),
        (BOUND, {"metrics": {"rmse": 1}}, "the evaluation has no auc"),
        (ERROR, {"metrics": {"rmse": 3.5}}, "rmse 3.5 is above the maximum 3"),
        (
            ERROR,
            {"metrics": {"rmse": 2.5}, "champion_metrics": {"rmse": 2.0}},
            "rmse 2.5 is worse than the champion with 2, tolerance 0.1",
        ),
    ],
)
def test_a_candidate_that_is_not_is_refused_with_the_numbers(
    config: GateConfig, metrics: dict[str, Any], because: str
) -> None:
    assert refusal(config, metrics).startswith(because)


@pytest.mark.parametrize(
    ("approval", "status"), [("manual", "PendingManualApproval"), ("automatic", "Approved")]
)
def test_who_passed_the_gate_waits_for_whom_the_file_names(approval: str, status: str) -> None:
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
        *("image_tag", "data_version", "training_job", "execution", "reason", "report"),
        *("metric_auc", "metric_logloss"),
    }
    assert told["metric_auc"] == "0.9"
    assert told["execution"].endswith("execution:kiban-test-churn-workflow:run")


@pytest.mark.parametrize("reason", ["", "because, (well) é I wanted\nto", "x" * 1_000])
def test_free_text_becomes_metadata_that_sagemaker_takes(reason: str) -> None:
    told = registration(reason=reason)["CustomerMetadataProperties"]

    assert re.fullmatch(r"[\w .:/=+\-@]{1,256}", told["reason"])


def test_the_only_metric_of_an_evaluation_is_kept_too() -> None:
    told = registration(evaluation={"metrics": {"auc": 1}})["CustomerMetadataProperties"]

    assert told["metric_auc"] == "1"


def test_the_champion_is_evaluated_only_when_there_is_one() -> None:
    state = model_stacks().definition("workflow")["States"]["Evaluate"]["Arguments"]
    champion = "s3://artifacts/churn/training/old/output/model.tar.gz"

    alone = value(state["ProcessingInputs"], champion="")
    against = value(state["ProcessingInputs"], champion=champion)

    assert [item["InputName"] for item in alone] == ["model", "test"]
    assert [item["InputName"] for item in against] == ["model", "test", "champion"]
    assert against[2]["S3Input"]["S3Uri"] == champion
    assert {item["S3Input"]["LocalPath"] for item in against} == {
        f"/opt/ml/processing/{name}" for name in ("model", "test", "champion")
    }


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


def test_the_workflows_gate_is_the_one_of_the_file() -> None:
    state = model_stacks(gate={"minimum": 0.6}).definition("workflow")["States"]["Gate"]

    assert value(state["Assign"], evaluation={"metrics": {"auc": 0.7}}) == {"refusal": ""}
    refused = value(state["Assign"], evaluation={"metrics": {"auc": 0.5}})
    assert refused == {"refusal": "auc 0.5 is below the minimum 0.6"}


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        ([], ""),
        ([3], "group/3"),
        ([9, 10, 2], "group/10"),
    ],
)
@pytest.mark.parametrize(
    ("purpose", "state"), [("workflow", "FindChampion"), ("rollout", "FindNewest")]
)
def test_the_newest_approved_version_is_the_one_with_the_highest_number(
    purpose: str, state: str, versions: list[int], newest: str
) -> None:
    answer = {
        "ModelPackageSummaryList": [
            {"ModelPackageArn": f"group/{number}", "ModelPackageVersion": number}
            for number in versions
        ]
    }
    assign = model_stacks().definition(purpose)["States"][state]["Assign"]

    (found,) = value(assign, states={"result": answer}).values()
    assert found == newest


def test_a_model_without_data_fails_and_says_what_to_do() -> None:
    states = model_stacks().definition("workflow")["States"]

    assert decide(states["DataVersionKnown"], dataVersion="none") == "NoDataVersion"
    assert "Upload one" in states["NoDataVersion"]["Assign"]["failure"]["Cause"]
    assert decide(states["DataVersionKnown"], dataVersion="v1") == "FindImage"


@pytest.mark.parametrize(
    ("given", "then"),
    [({"DataVersion": "v1"}, "RememberDataVersion"), ({"Reason": "schedule"}, "LookUpDataVersion")],
)
def test_a_named_version_is_remembered_and_a_missing_one_looked_up(
    given: dict[str, str], then: str
) -> None:
    states = model_stacks().definition("workflow")["States"]
    variables = value(states["ReadInput"]["Assign"], states={"input": given})

    assert decide(states["DataVersionGiven"], **variables) == then
    assert variables["reason"] == given.get("Reason", "unknown")


def test_a_missing_image_is_built_and_a_present_one_is_not() -> None:
    state = model_stacks().definition("workflow")["States"]["FindImage"]

    ways = {error: catch["Next"] for catch in state["Catch"] for error in catch["ErrorEquals"]}
    assert ways == {"Ecr.ImageNotFoundException": "BuildImage", "States.ALL": "NotifyFailure"}
    assert state["Next"] == "FindChampion"


def test_people_read_the_reason_and_not_the_whole_job() -> None:
    state = model_stacks().definition("workflow")["States"]["NotifyFailure"]
    cause = '{"TrainingJobName":"j","FailureReason":"AlgorithmError: no rows","Other":1}'

    told = value(state["Arguments"]["Message"], failure={"Error": "E", "Cause": cause})
    assert "E: AlgorithmError: no rows. Execution: arn:" in told
    failed = model_stacks().definition("workflow")["States"]["Failed"]
    ended = value(failed, failure={"Error": "States.TaskFailed", "Cause": cause})
    assert (ended["Error"], ended["Cause"]) == ("TaskFailed", "AlgorithmError: no rows")
    plain = value(state["Arguments"]["Message"], failure={"Error": "E", "Cause": "just text"})
    assert "E: just text. Execution: arn:" in plain


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ({"Error": "States.Timeout"}, ""),
        ({"Error": "S3.NoSuchKeyException", "Cause": "gone"}, "gone"),
    ],
)
def test_a_failure_is_remembered_with_or_without_a_cause(error: dict[str, str], cause: str) -> None:
    states = model_stacks().definition("workflow")["States"]
    (caught,) = states["ReadEvaluation"]["Catch"]

    remembered = value(caught["Assign"], states={"errorOutput": error})
    assert remembered == {"failure": {"Error": error["Error"], "Cause": cause}}


def test_a_version_is_not_tied_to_the_machine_it_was_first_served_on() -> None:
    specification = registration()["InferenceSpecification"]

    assert not [key for key in specification if key.endswith("InstanceTypes")]
    (container,) = specification["Containers"]
    assert container["ModelDataUrl"].endswith("/output/model.tar.gz")
