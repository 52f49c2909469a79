from __future__ import annotations

import io
import json
import re
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.programs import processes
from tests.sandbox.runtime import tuned
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, Cloud, allow, fresh, wait_for


def _model(cloud: Cloud, training: str) -> dict[str, str]:
    job = cloud.client("sagemaker").describe_training_job(TrainingJobName=training)
    artifact = cloud.read(job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(artifact)) as archive:
        member = archive.extractfile("given.json")
        assert member is not None
        found: dict[str, str] = json.load(member)
        return found


@pytest.fixture(scope="module")
def asked(empty_cloud: Cloud) -> dict[str, Any]:
    request = tuned.request(empty_cloud, "1", "3", "9", epochs="2", depth="4")
    request["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"] = 2
    request["Tags"] = [{"Key": "team", "Value": "a"}]
    return request


@pytest.fixture(scope="module")
def job(empty_cloud: Cloud, asked: dict[str, Any]) -> dict[str, Any]:
    """A tuning job that completed; its best `x` is 3."""
    return tuned.ended(empty_cloud, tuned.started(empty_cloud, asked))


def test_a_tuning_job_finds_the_best_of_its_real_training_jobs(
    empty_cloud: Cloud, job: dict[str, Any]
) -> None:
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    best = job["BestTrainingJob"]
    assert best["TunedHyperParameters"] == {"x": "3"}
    assert best["FinalHyperParameterTuningJobObjectiveMetric"] == {
        "Type": "Minimize",
        "MetricName": "loss",
        "Value": 0.5,
    }
    assert job["TrainingJobStatusCounters"] == {
        "Completed": 3,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 0,
        "Stopped": 0,
    }
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
    assert _model(empty_cloud, best["TrainingJobName"])["x"] == "3"


def test_a_training_job_gets_static_and_tuned_hyperparameters_and_the_name_of_the_objective(
    empty_cloud: Cloud, job: dict[str, Any]
) -> None:
    given = _model(empty_cloud, job["BestTrainingJob"]["TrainingJobName"])

    objective = {"_tuning_objective_metric": "loss"}
    assert given == {"x": "3", "epochs": "2", "depth": "4", **objective}
    shown = job["TrainingJobDefinition"]["StaticHyperParameters"]
    assert shown == {"epochs": "2", "depth": "4", **objective}  # HyperparameterTuner.attach


def test_training_jobs_are_named_after_their_tuning_job_and_say_so(
    empty_cloud: Cloud, job: dict[str, Any]
) -> None:
    name = job["HyperParameterTuningJobName"]
    summaries = tuned.trainings(empty_cloud, name)
    names = [one["TrainingJobName"] for one in summaries]

    for number, training in enumerate(names, start=1):
        assert re.fullmatch(rf"{name}-00{number}-[0-9a-f]{{8}}", training)
    described = empty_cloud.client("sagemaker").describe_training_job(TrainingJobName=names[0])
    assert described["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert summaries[0]["TuningJobName"] == name


def test_training_jobs_have_the_tags_of_their_tuning_job(
    empty_cloud: Cloud, job: dict[str, Any]
) -> None:
    sagemaker = empty_cloud.client("sagemaker")
    for arn in (job["HyperParameterTuningJobArn"], job["BestTrainingJob"]["TrainingJobArn"]):
        assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_training_jobs_are_listed_by_their_objective(
    empty_cloud: Cloud, job: dict[str, Any]
) -> None:
    found = tuned.trainings(
        empty_cloud,
        job["HyperParameterTuningJobName"],
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending",
        StatusEquals="Completed",
    )

    assert [one["TunedHyperParameters"]["x"] for one in found] == ["9", "1", "3"]


def test_a_taken_name_is_refused(
    empty_cloud: Cloud, job: dict[str, Any], asked: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="already exists") as refused:
        tuned.started(empty_cloud, asked)
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


def test_r51_a_tuning_job_that_is_not_there_is_not_found(empty_cloud: Cloud) -> None:
    sagemaker = empty_cloud.client("sagemaker")
    for ask in (
        sagemaker.describe_hyper_parameter_tuning_job,
        sagemaker.stop_hyper_parameter_tuning_job,
    ):
        with pytest.raises(ClientError, match="can't find a tuning job") as refused:
            ask(HyperParameterTuningJobName="nothing")
        assert refused.value.response["Error"]["Code"] == "ResourceNotFound"


def test_r122_a_name_of_33_characters_is_refused(empty_cloud: Cloud) -> None:
    request = tuned.request(empty_cloud, "1")
    request["HyperParameterTuningJobName"] = "a" * 33

    with pytest.raises(ClientError, match="length less than or equal to 32"):
        tuned.started(empty_cloud, request)


def test_r125_an_objective_that_no_job_prints_leaves_no_best_one(empty_cloud: Cloud) -> None:
    job = tuned.ended(
        empty_cloud,
        tuned.started(empty_cloud, tuned.request(empty_cloud, "1", silent="yes")),
    )

    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert "BestTrainingJob" not in job
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 0, "Pending": 0, "Failed": 1}


def test_a_training_job_that_fails_is_counted_and_tuning_goes_on(empty_cloud: Cloud) -> None:
    name = tuned.started(empty_cloud, tuned.request(empty_cloud, "1", "3", fail="1"))
    job = tuned.ended(empty_cloud, name)

    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 1
    failed, best = tuned.trainings(empty_cloud, name)
    assert (failed["TrainingJobStatus"], failed["ObjectiveStatus"]) == ("Failed", "Failed")
    assert failed["FailureReason"] == "AlgorithmError: no model for 1, exit code: 1"
    assert job["BestTrainingJob"] == best


def test_a_stopped_tuning_job_stops_its_training_jobs_and_starts_no_more(
    empty_cloud: Cloud,
) -> None:
    request = tuned.request(empty_cloud, "1", "2", "3", epochs="1000", sleep="0.05")
    request["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"] = 2
    name = tuned.started(empty_cloud, request)
    wait_for(lambda: len(processes.alive()) == 2)
    empty_cloud.client("sagemaker").stop_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name
    )
    job = tuned.ended(empty_cloud, name)

    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2
    assert len(tuned.trainings(empty_cloud, name)) == 2
    assert not processes.alive()


def test_a_job_that_is_worse_than_the_median_is_stopped_early(empty_cloud: Cloud) -> None:
    # It goes on for half a minute, however late its numbers are looked at.
    request = tuned.request(empty_cloud, "3", "9", epochs="8", patient="9")
    request["HyperParameterTuningJobConfig"]["TrainingJobEarlyStoppingType"] = "Auto"
    name = tuned.started(empty_cloud, request)
    job = tuned.ended(empty_cloud, name)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")

    assert [one["TrainingJobStatus"] for one in tuned.trainings(empty_cloud, name)] == [
        "Completed",
        "Stopped",
    ]
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"x": "3"}


def _tuning_events(cloud: Cloud) -> str:
    """Send the events of tuning jobs to a queue and return its address."""
    url: str = cloud.client("sqs").create_queue(QueueName=fresh("queue"))["QueueUrl"]
    pattern = {"detail-type": ["SageMaker HyperParameter Tuning Job State Change"]}
    rule = fresh("rule")
    client = cloud.client("events")
    client.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"
    client.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def test_a_state_machine_waits_for_a_tuning_job_and_events_tell_of_it(empty_cloud: Cloud) -> None:
    request = tuned.request(tuned.built(empty_cloud), "3")
    queue = _tuning_events(empty_cloud)
    role = empty_cloud.role(fresh("role"), allow(["sagemaker:*", "iam:PassRole", "events:*"]))
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
        "Parameters": request,
        "End": True,
    }
    execution = empty_cloud.run({"StartAt": "Tune", "States": {"Tune": state}}, role)

    assert execution["status"] == "SUCCEEDED", execution
    output = json.loads(execution["output"])
    assert output["BestTrainingJob"]["TunedHyperParameters"] == {"x": "3"}
    sqs, number = empty_cloud.client("sqs"), "ApproximateNumberOfMessages"
    asked = {"QueueUrl": queue, "AttributeNames": [number]}
    wait_for(lambda: sqs.get_queue_attributes(**asked)["Attributes"][number] == "2", 10)
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    told = [json.loads(message["Body"])["detail"] for message in received["Messages"]]
    assert [one["HyperParameterTuningJobStatus"] for one in told] == ["InProgress", "Completed"]
    assert told[-1]["TrainingJobStatusCounters"]["Completed"] == 1


def test_a_role_without_the_rule_of_tuning_jobs_cannot_wait_for_one(empty_cloud: Cloud) -> None:
    role = empty_cloud.role(fresh("role"), allow(["sagemaker:*", "iam:PassRole"]))
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
        "Parameters": {},
        "End": True,
    }

    with pytest.raises(ClientError, match="SageMakerTuningJobsRule"):
        empty_cloud.machine({"StartAt": "Tune", "States": {"Tune": state}}, role)
