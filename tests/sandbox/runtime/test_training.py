from __future__ import annotations

import io
import json
import tarfile

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.iam import role_sessions
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.sagemaker import jobs
from tests.sandbox.runtime.cloud import ACCOUNT, ROLE, Cloud, fresh, wait_for


def test_a_training_job_turns_rows_into_a_model_in_s3(cloud: Cloud) -> None:
    cloud.put("data/train.csv", b"1,2\n3,4\n")
    job = cloud.ended(cloud.train(rounds="3"))

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed", job
    artifact = cloud.read(job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(artifact)) as archive:
        member = archive.extractfile("model.json")
        assert member is not None
        assert json.load(member)["mean"] == 2.5


def test_a_training_job_goes_through_the_steps_that_aws_shows(cloud: Cloud) -> None:
    job = cloud.ended(cloud.train())

    steps = [step["Status"] for step in job["SecondaryStatusTransitions"]]
    assert steps == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(step["EndTime"] for step in job["SecondaryStatusTransitions"][:-1])


def test_metrics_are_found_where_cloudwatch_shows_a_tab_as_011(cloud: Cloud) -> None:
    name = cloud.train(rounds="3")
    job = cloud.ended(name)

    metrics = {m["MetricName"]: round(m["Value"], 6) for m in job["FinalMetricDataList"]}
    assert metrics == {"validation:auc": 0.92}
    lines = cloud.logs("/aws/sagemaker/TrainingJobs", f"{name}/algo-1-")
    assert "[2]#011train-auc:0.2#011validation-auc:0.92" in lines


def test_a_failing_job_gives_the_text_of_its_failure_file_as_the_reason(cloud: Cloud) -> None:
    job = cloud.ended(cloud.train(fail="train.csv: label is 7; use 0 or 1"))

    assert job["TrainingJobStatus"] == "Failed"
    reason = "AlgorithmError: train.csv: label is 7; use 0 or 1, exit code: 3"
    assert job["FailureReason"] == reason


def test_a_crash_without_failure_file_gives_the_last_lines_of_the_log(cloud: Cloud) -> None:
    job = cloud.ended(cloud.train(crash="yes"))

    assert job["FailureReason"] == "AlgorithmError: Traceback: the last line, exit code: 1"


def test_an_empty_input_prefix_fails_in_the_words_of_aws(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://bucket/nothing/"
    cloud.client("sagemaker").create_training_job(**request)

    reason = cloud.ended(request["TrainingJobName"])["FailureReason"]
    assert "No S3 objects found under S3 URL" in reason
    assert "s3://bucket/nothing/" in reason


def test_stopping_a_job_lets_it_save_its_model(cloud: Cloud) -> None:
    name = cloud.train(rounds="1000", sleep="0.05", graceful="yes")
    _await_training(cloud, name)
    cloud.client("sagemaker").stop_training_job(TrainingJobName=name)

    job = cloud.ended(name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert cloud.read(job["ModelArtifacts"]["S3ModelArtifacts"])


def test_a_job_that_ignores_the_stop_signal_is_killed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "GRACE_SECONDS", 0.2)
    name = cloud.train(rounds="1000", sleep="0.05", stubborn="yes")
    _await_training(cloud, name)
    cloud.client("sagemaker").stop_training_job(TrainingJobName=name)

    assert cloud.ended(name)["TrainingJobStatus"] == "Stopped"


def test_an_ended_job_cannot_be_stopped(cloud: Cloud) -> None:
    name = cloud.train()
    cloud.ended(name)

    with pytest.raises(ClientError, match="in status Completed"):
        cloud.client("sagemaker").stop_training_job(TrainingJobName=name)


def test_a_job_that_runs_too_long_is_stopped_with_maxruntimeexceeded(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {"rounds": "1000", "sleep": "0.05"})
    request["StoppingCondition"] = {"MaxRuntimeInSeconds": 1}
    cloud.client("sagemaker").create_training_job(**request)

    job = cloud.ended(request["TrainingJobName"])
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_checkpoints_arrive_before_the_job_and_leave_while_it_runs(cloud: Cloud) -> None:
    name = fresh("job")
    cloud.put(f"checkpoints/{name}/round-earlier")
    cloud.train(name, rounds="1000", sleep="0.05")

    wait_for(lambda: f"checkpoints/{name}/round-0" in cloud.keys(f"checkpoints/{name}/"))
    assert (
        cloud.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"]
        == "InProgress"
    )
    cloud.client("sagemaker").stop_training_job(TrainingJobName=name)
    cloud.ended(name)
    lines = cloud.logs("/aws/sagemaker/TrainingJobs", f"{name}/algo-1-")
    assert "checkpoints before: ['round-earlier']" in lines


def test_checkpoints_lie_where_the_job_wants_them(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    request["CheckpointConfig"]["LocalPath"] = "/opt/ml/kept/here"
    cloud.client("sagemaker").create_training_job(**request)
    name = request["TrainingJobName"]

    cloud.ended(name)

    assert f"checkpoints/{name}/round-1" in cloud.keys(f"checkpoints/{name}/")


def test_a_job_that_wants_no_checkpoints_is_not_told_of_any(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    del request["CheckpointConfig"]
    cloud.client("sagemaker").create_training_job(**request)
    name = request["TrainingJobName"]

    cloud.ended(name)

    lines = cloud.logs("/aws/sagemaker/TrainingJobs", f"{name}/algo-1-")
    assert "checkpoints before: None" in lines


def test_checkpoints_outside_of_sagemakers_folder_are_refused(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    request["CheckpointConfig"]["LocalPath"] = "/mnt/checkpoints"
    sagemaker = cloud.client("sagemaker")

    with pytest.raises(sagemaker.exceptions.ClientError, match="use a folder below /opt/ml/"):
        sagemaker.create_training_job(**request)


def test_an_isolated_job_gets_no_credentials_and_no_address(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    request |= {"EnableNetworkIsolation": True, "Environment": {"OWN": "value"}}
    cloud.client("sagemaker").create_training_job(**request)

    environment = _environment(cloud, request["TrainingJobName"])
    assert environment["OWN"] == "value"
    assert environment["TRAINING_JOB_NAME"] == request["TrainingJobName"]
    assert not [name for name in environment if "ENDPOINT" in name or "KEY" in name]


def test_a_job_without_isolation_reaches_the_sandbox_and_nothing_else(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the person at the keyboard")
    environment = _environment(cloud, cloud.train())

    assert environment["AWS_ENDPOINT_URL"] == cloud.url
    assert environment["AWS_SESSION_TOKEN"] != "of the person at the keyboard"


def test_a_container_gets_no_key_where_its_role_is_gone(cloud: Cloud) -> None:
    """The account's own key is nothing for a container."""
    assert role_sessions.variables_of(f"arn:aws:iam::{ACCOUNT}:role/gone") == {}
    assert role_sessions.variables_of(None) == {}
    assert role_sessions.variables_of(ROLE).keys() > {"AWS_SESSION_TOKEN"}


def test_a_role_that_is_gone_may_do_nothing(cloud: Cloud) -> None:
    gone = Caller("eu-west-1", f"arn:aws:iam::{ACCOUNT}:role/gone")

    with pytest.raises(NotAllowed, match=r"s3:GetObject on resource: arn:aws:s3:::bucket/k "):
        gone.need_object("s3:GetObject", "bucket", "k")


def test_a_job_signs_with_a_session_of_its_role(cloud: Cloud) -> None:
    role = cloud.role(fresh("role"), {"Effect": "Allow", "Action": "*", "Resource": "*"})
    request = cloud.training(fresh("job"), {}) | {"RoleArn": role}
    cloud.client("sagemaker").create_training_job(**request)

    environment = _environment(cloud, request["TrainingJobName"])
    who = boto3.client(
        "sts",
        endpoint_url=cloud.url,
        region_name="eu-west-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment["AWS_SESSION_TOKEN"],
    ).get_caller_identity()["Arn"]
    assert who.endswith(f":assumed-role/{role.rpartition('/')[2]}/SageMaker")


def test_a_job_name_is_used_once(cloud: Cloud) -> None:
    name = cloud.train()

    with pytest.raises(ClientError, match="Training job names must be unique") as refused:
        cloud.train(name)
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


@pytest.mark.parametrize("name", ["under_score", "x" * 64, "-begins-with-dash"])
def test_a_job_name_that_aws_refuses_is_refused(cloud: Cloud, name: str) -> None:
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        cloud.train(name)


def test_an_image_that_nobody_built_fails_with_what_to_do(cloud: Cloud) -> None:
    request = cloud.training(fresh("job"), {})
    request["AlgorithmSpecification"]["TrainingImage"] = cloud.image.replace("v1", "v99")
    cloud.client("sagemaker").create_training_job(**request)

    reason = cloud.ended(request["TrainingJobName"])["FailureReason"]
    assert "models:v99; start the build of the image first" in reason


def test_jobs_are_listed_as_a_command_line_wants_them(cloud: Cloud) -> None:
    names = [cloud.train(fresh("listed")) for _ in range(3)]
    for name in names:
        cloud.ended(name)

    def listed(**wanted: object) -> list[str]:
        page = cloud.client("sagemaker").list_training_jobs(NameContains="listed", **wanted)
        return [row["TrainingJobName"] for row in page["TrainingJobSummaries"]]

    assert listed(SortBy="CreationTime", SortOrder="Descending", MaxResults=2) == names[:0:-1]
    assert listed(SortBy="Name", SortOrder="Ascending", StatusEquals="Completed") == names
    assert listed(StatusEquals="Failed") == []


def _environment(cloud: Cloud, name: str) -> dict[str, str]:
    artifact = cloud.ended(name)["ModelArtifacts"]["S3ModelArtifacts"]
    archive = cloud.read(artifact.replace("model.tar.gz", "output.tar.gz"))
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        member = opened.extractfile("environment.json")
        assert member is not None
        environment: dict[str, str] = json.load(member)
    return environment


def _await_training(cloud: Cloud, name: str) -> None:
    group = "/aws/sagemaker/TrainingJobs"
    logs = cloud.client("logs")
    wait_for(
        lambda: [
            stream
            for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]
            if stream["logStreamName"].startswith(f"{name}/") and stream["storedBytes"]
        ]
    )
