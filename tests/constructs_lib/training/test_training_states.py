import re
from typing import Any

import pytest

from config.hyperparameters.interpreters import as_text
from config.training import GateConfig, TrainingConfig
from constructs_lib.training.training_states import metric_definitions
from tests.templates.expressions import CONTEXT, decide, value
from tests.templates.model_stacks import environment_stacks, model_stacks

JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def job(**training: Any) -> dict[str, Any]:
    """Arguments of CreateTrainingJob, evaluated."""
    states = model_stacks(training=training).definition("workflow")["States"]
    return dict(value(states["Train"]["Arguments"]))


@pytest.mark.parametrize("state", ("Train", "Evaluate"))
def test_job_names_are_legal_whatever_started_the_execution(state: str) -> None:
    states = model_stacks().definition("workflow")["States"]
    retries = sum(retrier["MaxAttempts"] for retrier in states[state]["Retry"])
    longest = 20 + 1 + 36 + 1 + len(f"{10}{retries}")

    assert longest <= 63
    key = "TrainingJobName" if state == "Train" else "ProcessingJobName"
    assert JOB_NAME.fullmatch(value(states[state]["Arguments"][key]))


def test_every_attempt_has_a_name_of_its_own() -> None:
    states = model_stacks().definition("workflow")["States"]

    def names(state: str, key: str) -> list[str]:
        return [
            value(
                states[state]["Arguments"][key],
                context={
                    "Execution": {**CONTEXT["Execution"], "RedriveCount": redrive},
                    "State": {"RetryCount": retry},
                },
            )
            for redrive in (0, 1)
            for retry in (0, 1, 2)
        ]

    assert len(set(names("Train", "TrainingJobName"))) == 6
    assert len(set(names("Evaluate", "ProcessingJobName"))) == 6


def test_a_spot_job_waits_for_capacity_and_keeps_its_checkpoints() -> None:
    arguments = job(spot=True, max_runtime_minutes=30, max_wait_minutes=90)

    assert arguments["EnableManagedSpotTraining"] is True
    assert arguments["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 1_800,
        "MaxWaitTimeInSeconds": 5_400,
    }
    assert arguments["CheckpointConfig"]["S3Uri"].endswith("/churn/checkpoints/run/")


def test_a_job_on_demand_has_no_waiting_time() -> None:
    arguments = job(spot=False, max_runtime_minutes=30)

    assert arguments["EnableManagedSpotTraining"] is False
    assert arguments["StoppingCondition"] == {"MaxRuntimeInSeconds": 1_800}


@pytest.mark.parametrize(("spot", "seconds"), [(True, 5_400), (False, 1_800)])
def test_a_job_is_not_given_up_before_its_own_limit(spot: bool, seconds: int) -> None:
    training = {"spot": spot, "max_runtime_minutes": 30}
    if spot:
        training["max_wait_minutes"] = 90
    state = model_stacks(training=training).definition("workflow")["States"]["Train"]

    assert state["TimeoutSeconds"] > seconds


def test_a_job_reads_its_version_and_writes_encrypted_artifacts() -> None:
    arguments = job()

    channels = {c["ChannelName"]: c for c in arguments["InputDataConfig"]}
    assert set(channels) == {"train", "validation"}
    source = channels["train"]["DataSource"]["S3DataSource"]
    assert source["S3Uri"].endswith("/churn/2026-11-23/train/")
    assert source["S3DataDistributionType"] == "FullyReplicated"
    assert channels["train"]["ContentType"] == "text/csv"
    assert arguments["OutputDataConfig"]["S3OutputPath"].endswith("/churn/training")
    assert (
        arguments["OutputDataConfig"]["KmsKeyId"] == arguments["ResourceConfig"]["VolumeKmsKeyId"]
    )


def test_a_job_is_isolated_and_its_machines_speak_encrypted() -> None:
    arguments = job()

    assert arguments["EnableNetworkIsolation"] is True
    assert arguments["EnableInterContainerTrafficEncryption"] is True
    assert "VpcConfig" not in arguments


def test_a_private_environment_trains_in_its_own_subnets() -> None:
    states = environment_stacks(network={"mode": "private"}).definition("workflow")["States"]

    train, evaluate = states["Train"]["Arguments"], states["Evaluate"]["Arguments"]
    assert len(train["VpcConfig"]["Subnets"]) == 2
    assert evaluate["NetworkConfig"]["VpcConfig"] == train["VpcConfig"]


def test_instances_with_nvme_disks_get_no_key() -> None:
    assert "VolumeKmsKeyId" not in job(instance_type="ml.g5.xlarge")["ResourceConfig"]


@pytest.mark.parametrize(
    ("given", "text"), [(True, "true"), (False, "false"), (0.05, "0.05"), (7, "7"), ("auc", "auc")]
)
def test_hyperparameters_are_text_as_xgboost_spells_it(given: Any, text: str) -> None:
    assert as_text(given) == text


def test_metrics_are_read_from_the_lines_the_container_prints() -> None:
    training = TrainingConfig(hyperparameters={"eval_metric": "auc, logloss"})
    definitions = metric_definitions(training, GateConfig(minimum=0.8))
    line = "[12]#011train-auc:0.98#011validation-auc:9.7e-1#011validation-logloss:0.25"

    found = {
        d["Name"]: match.group(1)
        for d in definitions
        if (match := re.fullmatch(d["Regex"], line)) is not None
    }

    assert found == {"train:auc": "0.98", "validation:auc": "9.7e-1", "validation:logloss": "0.25"}


def test_without_eval_metric_the_gates_metric_is_watched() -> None:
    definitions = metric_definitions(TrainingConfig(), GateConfig(metric="rmse", maximum=3))

    assert [d["Name"] for d in definitions] == ["train:rmse", "validation:rmse"]


@pytest.mark.parametrize(
    "cause",
    ["CapacityError: Unable to provision", "InsufficientInstanceCapacity", "InternalServerError"],
)
def test_a_lack_of_machines_is_waited_for_but_not_forever(cause: str) -> None:
    choice = model_stacks().definition("workflow")["States"]["WhyNoModel"]
    failure = {"Error": "States.TaskFailed", "Cause": f'{{"FailureReason":"{cause}"}}'}

    assert decide(choice, failure=failure, capacityWaits=0) == "CountWait"
    assert decide(choice, failure=failure, capacityWaits=6) == "NotifyFailure"


def test_every_wait_for_instances_is_counted() -> None:
    state = model_stacks().definition("workflow")["States"]["CountWait"]

    assert value(state["Assign"], capacityWaits=2) == {"capacityWaits": 3, "fallback": 0}


@pytest.mark.parametrize(
    ("cause", "fallback", "waits", "then"),
    [
        ("CapacityError: Unable to provision", 0, 0, "NextType"),
        ("CapacityError: Unable to provision", 1, 0, "NextType"),
        ("CapacityError: Unable to provision", 2, 0, "CountWait"),
        ("CapacityError: Unable to provision", 2, 6, "NotifyFailure"),
        ("InternalServerError", 0, 0, "CountWait"),
        ("AlgorithmError", 0, 0, "NotifyFailure"),
    ],
)
def test_without_free_instances_the_next_type_is_tried_before_a_pause(
    cause: str, fallback: int, waits: int, then: str
) -> None:
    types = {"instance_type": "ml.m5.large", "fallback_types": ["ml.c5.xlarge", "ml.m5.xlarge"]}
    states = model_stacks(training=types).definition("workflow")["States"]
    failure = {"Error": "States.TaskFailed", "Cause": f'{{"FailureReason":"{cause}"}}'}

    found = decide(states["WhyNoModel"], failure=failure, fallback=fallback, capacityWaits=waits)

    assert found == then
    assert value(states["NextType"]["Assign"], fallback=1) == {"fallback": 2}
    expression = states["Train"]["Arguments"]["ResourceConfig"]["InstanceType"]
    tried = [value(expression, fallback=number) for number in (0, 1, 2)]
    assert tried == ["ml.m5.large", "ml.c5.xlarge", "ml.m5.xlarge"]


def test_one_type_without_fallback_stays_readable_in_the_template() -> None:
    states = model_stacks(training={"instance_type": "ml.m5.large"}).definition("workflow")

    train = states["States"]["Train"]["Arguments"]
    assert train["ResourceConfig"]["InstanceType"] == "ml.m5.large"
    assert "NextType" not in states["States"]


def test_a_broken_training_is_not_tried_again() -> None:
    choice = model_stacks().definition("workflow")["States"]["WhyNoModel"]
    failure = {"Error": "States.TaskFailed", "Cause": '{"FailureReason":"AlgorithmError: x"}'}

    assert decide(choice, failure=failure) == "NotifyFailure"


def test_the_cost_of_a_job_is_counted_with_its_environment_and_model() -> None:
    stacks = environment_stacks(platform={"tags": {"team": "risk"}})
    tags = {
        (tag["Key"], tag["Value"])
        for state in ("Train", "Evaluate")
        for tag in stacks.definition("workflow")["States"][state]["Arguments"]["Tags"]
    }

    assert tags == {
        ("kiban:environment", "kiban-test"),
        ("kiban:model", "churn"),
        ("team", "risk"),
    }


def test_instances_that_share_the_data_each_get_other_files() -> None:
    (train, validation) = job(instance_count=4, sharded=True)["InputDataConfig"]
    kinds = [channel["DataSource"]["S3DataSource"] for channel in (train, validation)]

    assert {kind["S3DataDistributionType"] for kind in kinds} == {"ShardedByS3Key"}
    assert job(instance_count=4)["ResourceConfig"]["InstanceCount"] == 4


def test_rows_are_read_in_the_format_that_the_file_names_everywhere() -> None:
    training = {"content_type": "application/x-parquet", "input_mode": "FastFile"}
    states = model_stacks(training=training).definition("workflow")["States"]
    arguments = value(states["Train"]["Arguments"])

    assert [channel["ContentType"] for channel in arguments["InputDataConfig"]] == [
        "application/x-parquet",
        "application/x-parquet",
    ]
    assert {channel["InputMode"] for channel in arguments["InputDataConfig"]} == {"FastFile"}
    told = states["Evaluate"]["Arguments"]["Environment"]
    assert told == {"CONTENT_TYPE": "application/x-parquet"}


@pytest.mark.parametrize(("count", "groups"), [(1, 1), (2, 2)])
def test_in_a_private_network_only_instances_of_a_training_reach_each_other(
    count: int, groups: int
) -> None:
    churn = {"training": {"instance_count": count}}
    stacks = environment_stacks(network={"mode": "private"}, models={"churn": churn})
    arguments = stacks.definition("workflow")["States"]["Train"]["Arguments"]

    assert len(arguments["VpcConfig"]["SecurityGroupIds"]) == groups


def test_a_job_trains_with_the_hyperparameters_and_the_instance_of_the_file() -> None:
    hyperparameters = {"eta": 0.3, "objective": "binary:logistic"}
    arguments = job(hyperparameters=hyperparameters, volume_gb=77, instance_type="ml.m5.large")

    assert arguments["HyperParameters"] == {"eta": "0.3", "objective": "binary:logistic"}
    resources = arguments["ResourceConfig"]
    assert (resources["InstanceType"], resources["InstanceCount"]) == ("ml.m5.large", 1)
    assert resources["VolumeSizeInGB"] == 77
    assert "VolumeKmsKeyId" in resources


def test_a_job_runs_our_image_as_the_jobs_role_and_reports_metrics() -> None:
    arguments = job()

    algorithm = arguments["AlgorithmSpecification"]
    assert re.search(r":[0-9a-f]{16}$", algorithm["TrainingImage"])
    assert algorithm["TrainingInputMode"] == "File"
    assert [one["Name"] for one in algorithm["MetricDefinitions"]] == [
        "train:auc",
        "validation:auc",
    ]
    assert "Role" in arguments["RoleArn"]
    assert arguments["Environment"] == {"KIBAN_DATA_VERSION": "2026-11-23"}
