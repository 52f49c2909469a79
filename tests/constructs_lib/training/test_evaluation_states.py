from typing import Any

import pytest

from config.training import GateConfig
from constructs_lib.training.evaluation_states import gate
from constructs_lib.workflow.asl import jsonata
from tests.templates.expressions import value
from tests.templates.model_stacks import environment_stacks, model_stacks

BOUND = GateConfig(metric="auc", minimum=0.8, tolerance=0.01)


ERROR = GateConfig(metric="rmse", maximum=3.0, tolerance=0.1)


def refusal(config: GateConfig, evaluation: dict[str, Any], champion: str = "") -> str:
    """What the gate says to an evaluation.json; "" when it lets the candidate pass."""
    return str(value(jsonata(gate(config)), evaluation=evaluation, champion=champion))


@pytest.mark.parametrize(
    ("config", "metrics"),
    [
        (BOUND, {"metrics": {"auc": 0.8}}),
        (BOUND, {"metrics": {"auc": 0.95}, "champion_metrics": {"auc": 0.95}}),
        (BOUND, {"metrics": {"auc": 0.945}, "champion_metrics": {"auc": 0.95}}),
        (
            BOUND,
            {"metrics": {"auc": 0.85}, "champion_error": "5, not 13", "changes_schema": True},
        ),
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
    ("fields", "because"),
    [
        ({"champion_error": "its archive is broken"}, "the champion could not be evaluated: its"),
        ({"champion_error": "x", "changes_schema": "yes"}, "the evaluation says of changes_schema"),
        ({"champion_error": "x", "changes_schema": False}, "the evaluation says of changes_schema"),
        ({"changes_schema": True}, "the evaluation says of changes_schema"),
        (
            {"baseline_error": "x", "Errors": []},
            "the evaluation has a field that the gate does not know: baseline_error, Errors",
        ),
        ({}, "the evaluation has no auc of the champion"),
        ({"champion_metrics": {"f1": 0.9}}, "the evaluation has no auc of the champion"),
    ],
)
def test_what_the_gate_does_not_know_refuses(fields: dict[str, Any], because: str) -> None:
    evaluation = {"metrics": {"auc": 0.95}, **fields}

    assert refusal(BOUND, evaluation, champion="s3://artifacts/old").startswith(because)


def test_a_change_of_the_columns_does_not_excuse_a_poor_candidate() -> None:
    evaluation = {"metrics": {"auc": 0.5}, "champion_error": "5, not 13", "changes_schema": True}

    assert refusal(BOUND, evaluation, "s3://artifacts/old").startswith("auc 0.5 is below")


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


def test_the_workflows_gate_is_the_one_of_the_file() -> None:
    state = model_stacks(gate={"minimum": 0.6}).definition("workflow")["States"]["Gate"]

    assert value(state["Assign"], evaluation={"metrics": {"auc": 0.7}}) == {"refusal": ""}
    refused = value(state["Assign"], evaluation={"metrics": {"auc": 0.5}})
    assert refused == {"refusal": "auc 0.5 is below the minimum 0.6"}


def test_an_evaluation_is_stopped_after_an_hour() -> None:
    arguments = model_stacks().definition("workflow")["States"]["Evaluate"]["Arguments"]

    assert arguments["StoppingCondition"] == {"MaxRuntimeInSeconds": 3_600}


def test_an_evaluation_is_isolated_and_reaches_no_instance_that_trains() -> None:
    churn = {"training": {"instance_count": 2}}
    stacks = environment_stacks(network={"mode": "private"}, models={"churn": churn})
    network = stacks.definition("workflow")["States"]["Evaluate"]["Arguments"]["NetworkConfig"]

    assert network["EnableNetworkIsolation"] is True
    assert network["EnableInterContainerTrafficEncryption"] is True
    assert len(network["VpcConfig"]["SecurityGroupIds"]) == 1


def test_an_evaluation_runs_the_same_image_on_one_instance_with_an_encrypted_disk() -> None:
    states = model_stacks().definition("workflow")["States"]
    evaluate = value(states["Evaluate"]["Arguments"])
    train = value(states["Train"]["Arguments"])

    app = evaluate["AppSpecification"]
    assert app["ImageUri"] == train["AlgorithmSpecification"]["TrainingImage"]
    assert app["ContainerEntrypoint"] == ["evaluate"]
    assert evaluate["RoleArn"] == train["RoleArn"]
    cluster = evaluate["ProcessingResources"]["ClusterConfig"]
    assert (cluster["InstanceCount"], cluster["InstanceType"]) == (1, "ml.m5.large")
    assert "VolumeKmsKeyId" in cluster
    output = evaluate["ProcessingOutputConfig"]
    assert output["KmsKeyId"] == cluster["VolumeKmsKeyId"]
    assert output["Outputs"][0]["S3Output"]["S3UploadMode"] == "EndOfJob"
