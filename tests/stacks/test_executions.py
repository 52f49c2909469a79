"""The three machines in the sandbox, on the ways that need no training."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox

Outputs = dict[str, str]
GIVE_UP_AFTER_SECONDS = 120


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[Sandbox]:
    """dev, freshly deployed, without data and without versions."""
    with Sandbox(folder=tmp_path_factory.mktemp("sandbox")) as running:
        deploy_assembly(dev_assembly, running.url)
        yield running


@pytest.fixture(scope="module")
def outputs(sandbox: Sandbox) -> Outputs:
    described = sandbox.client("cloudformation").describe_stacks(
        StackName="kiban-dev-Training-churn"
    )
    return {item["OutputKey"]: item["OutputValue"] for item in described["Stacks"][0]["Outputs"]}


@pytest.fixture(scope="module")
def notices(sandbox: Sandbox) -> str:
    """URL of a queue that hears what people hear."""
    described = sandbox.client("cloudformation").describe_stacks(StackName="kiban-dev-Monitoring")
    topic = described["Stacks"][0]["Outputs"][0]["OutputValue"]
    sqs = sandbox.client("sqs")
    url = str(sqs.create_queue(QueueName="people")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sandbox.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    return url


def run(sandbox: Sandbox, machine: str, message: dict[str, Any]) -> dict[str, Any]:
    """Start an execution and wait for its end."""
    states = sandbox.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps(message))
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while time.monotonic() < deadline:
        described = dict(states.describe_execution(executionArn=arn["executionArn"]))
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.1)
    raise AssertionError(f"{machine} still runs after {GIVE_UP_AFTER_SECONDS} seconds")


def heard(sandbox: Sandbox, queue: str) -> list[str]:
    received = sandbox.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(item["Body"])["Message"] for item in received.get("Messages", [])]


def test_a_workflow_without_data_fails_with_a_reason_that_people_hear(
    sandbox: Sandbox, outputs: Outputs, notices: str
) -> None:
    ended = run(sandbox, outputs["WorkflowArn"], {"Reason": "person"})

    assert (ended["status"], ended["error"]) == ("FAILED", "NoDataVersion")
    assert "Upload one and its _READY marker" in ended["cause"]
    (message,) = heard(sandbox, notices)
    assert message.startswith("Training of kiban-dev-churn failed: NoDataVersion: No data version")


GOOD = "".join(f"{number % 2},{number},0.5\n" for number in range(8))


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"validation": GOOD + "1,2\n"}, "validation/rows.csv line 9: 2 columns, line 1 has 3"),
        ({"train": "7,1,2\n"}, "train/rows.csv line 1: label 7 is not 0 or 1 as binary:logistic"),
    ],
)
def test_rows_that_do_not_fit_end_a_training_before_a_job_costs(
    sandbox: Sandbox, outputs: Outputs, notices: str, changed: dict[str, str], cause: str
) -> None:
    described = sandbox.client("cloudformation").describe_stacks(StackName="kiban-dev-Storage")
    found = {one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0]["Outputs"]}
    version = f"v-{next(iter(changed))}"
    for channel in ("train", "validation", "test"):
        sandbox.client("s3").put_object(
            Bucket=found["DataBucketName"],
            Key=f"churn/{version}/{channel}/rows.csv",
            Body=changed.get(channel, GOOD).encode(),
        )

    ended = run(sandbox, outputs["WorkflowArn"], {"DataVersion": version})

    assert (ended["status"], ended["error"]) == ("FAILED", "DataDoesNotFit")
    assert cause in ended["cause"]
    assert len(ended["cause"].splitlines()) == 1
    assert sandbox.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
    assert sandbox.client("codebuild").list_builds()["ids"] == []
    assert f"failed: DataDoesNotFit: churn/{version}: {cause}" in heard(sandbox, notices)[0]


def test_a_rollout_without_an_approved_version_changes_nothing(
    sandbox: Sandbox, outputs: Outputs, notices: str
) -> None:
    ended = run(sandbox, outputs["RolloutArn"], {})

    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["Outcome"] == "nothing approved"
    assert heard(sandbox, notices) == []


@pytest.mark.parametrize("key", ["churn/v1/deep/_READY", "churn/_READY"])
def test_an_event_that_is_no_marker_starts_nothing(
    sandbox: Sandbox, outputs: Outputs, key: str
) -> None:
    event = {
        "source": "aws.s3",
        "detail": {"bucket": {"name": "data"}, "object": {"key": key, "version-id": "1"}},
    }
    before = sandbox.client("stepfunctions").list_executions(
        stateMachineArn=outputs["WorkflowArn"]
    )["executions"]

    ended = run(sandbox, outputs["IntakeArn"], event)

    assert json.loads(ended["output"])["Outcome"] == "not a marker of a data version"
    after = sandbox.client("stepfunctions").list_executions(stateMachineArn=outputs["WorkflowArn"])
    assert len(after["executions"]) == len(before)


def test_an_alarm_trains_once_however_often_its_event_comes(
    sandbox: Sandbox, outputs: Outputs
) -> None:
    event = {"id": "e-1", "source": "aws.cloudwatch", "detail": {"alarmName": "churn-drift"}}
    ends = [run(sandbox, outputs["IntakeArn"], event) for _ in range(2)]

    # While the training still runs, Step Functions answers the second start as it did the first.
    assert {end["status"] for end in ends} == {"SUCCEEDED"}
    states = sandbox.client("stepfunctions")
    runs = states.list_executions(stateMachineArn=outputs["WorkflowArn"])["executions"]
    inputs = [
        json.loads(states.describe_execution(executionArn=r["executionArn"])["input"]) for r in runs
    ]
    assert inputs.count({"Reason": "alarm churn-drift"}) == 1
