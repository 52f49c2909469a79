import json
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from cli.models.workflow_runs import explain_failure
from tests.cli.terminal import kiban, require_one_line


@pytest.fixture(scope="module", autouse=True)
def data(dev: Environment) -> None:
    """Data versions whose names decide how the training ends."""
    bucket = dev.output("Storage", "DataBucketName")
    for version in ("good", "poor", "broken"):
        dev.aws("s3").put_object(Bucket=bucket, Key=f"churn/{version}/_READY", Body=b"")


def train(version: str) -> tuple[str, ...]:
    return ("train", "churn", "--data-version", version, "--wait", "--sandbox")


def test_a_training_that_registers_ends_well_and_says_what_to_do_next(folder: Path) -> None:
    screen = kiban(*train("good"), folder=folder)

    assert screen.code == 0, screen.err
    assert "registered as version 1: auc 0.9876" in screen.out
    assert "approve churn 1 --wait --sandbox" in screen.out


def test_a_candidate_the_gate_refuses_is_a_failure(folder: Path) -> None:
    screen = kiban(*train("poor"), folder=folder)

    assert screen.code == 1
    assert "the gate refused the candidate" in screen.err


def test_a_training_that_breaks_says_why(folder: Path) -> None:
    screen = kiban(*train("broken"), folder=folder)

    assert screen.code == 1
    assert "no rows" in screen.err


def test_an_unknown_data_version_starts_nothing(dev: Environment, folder: Path) -> None:
    workflow = dev.output("Training-churn", "WorkflowArn")
    before = dev.aws("stepfunctions").list_executions(stateMachineArn=workflow)["executions"]

    told = require_one_line(kiban(*train("goof"), folder=folder), 2)

    assert "no complete data version 'goof'; there is good" in told
    after = dev.aws("stepfunctions").list_executions(stateMachineArn=workflow)["executions"]
    assert len(after) == len(before)


def test_runs_show_reason_outcome_and_metric_newest_first(folder: Path) -> None:
    for version in ("poor", "good"):
        kiban(*train(version), folder=folder)

    screen = kiban("runs", "churn", "--limit", "2", "--sandbox", "--json", folder=folder)

    found = json.loads(screen.out)
    assert [run["state"] for run in found] == ["registered", "refused"]
    assert found[0]["given"] == {"Reason": "person", "DataVersion": "good"}
    assert found[0]["output"]["Metrics"] == {"auc": 0.9876}


def test_the_steps_of_the_newest_run_can_be_read(folder: Path) -> None:
    kiban(*train("poor"), folder=folder)

    screen = kiban("logs", "churn", "--run", "--sandbox", folder=folder)

    assert screen.code == 0, screen.err
    assert "Refuse" in screen.out


def test_logs_of_a_job_that_never_ran_are_one_line(folder: Path) -> None:
    screen = kiban("logs", "churn", "--sandbox", folder=folder)

    assert "no training job ran yet" in require_one_line(screen, 1)


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ('{"FailureReason": "two\\nlines"}', "Error: two lines"),
        ("plain words", "Error: plain words"),
        ("[1]", "Error: [1]"),
        ("", "Error"),
    ],
)
def test_why_something_failed_is_one_line(cause: str, told: str) -> None:
    assert explain_failure("Error", cause) == told
