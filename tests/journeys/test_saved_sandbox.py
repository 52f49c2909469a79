"""A deployed environment with a live model is saved, ended, and brought back on another port."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for
from tests.sandbox.saving.account import listed

pytestmark = pytest.mark.acceptance

ENDPOINT = "kiban-dev-churn"
GROWING = {
    "cloudwatch describe_alarm_history {}": "AlarmHistoryItems",
    "cloudwatch list_metrics {}": "Metrics",
}


class Before(NamedTuple):
    """What was said before the sandbox ended."""

    url: str
    lists: dict[str, Any]
    details: dict[str, Any]
    contents: dict[str, str]
    predictions: bytes
    file: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        place.done("data", "put", "churn", "rows.csv", "--sandbox")
        wait_for(
            lambda: place.done("models", "churn", "--json", "--sandbox") != "[]\n" or None, "one"
        )
        place.done("approve", "churn", "1", "--wait", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def running(place: Workplace) -> Any:
    """The sandbox of the workplace, as something with an address that makes clients."""
    found = json.loads((place.folder / ".sandbox/state.json").read_text())
    set_secret(found["url"], found["secret"])

    def make_client(service: str) -> Any:
        return client(service, url=found["url"], region="us-east-1", account=found["account"])

    return SimpleNamespace(url=found["url"], client=make_client)


def everything(sandbox: Any) -> dict[str, Any]:
    """What every listing call answers, less what goes on: logs, and the state of alarms."""
    found = listed(sandbox)
    for group in found["logs describe_log_groups {}"]["logGroups"]:
        del group["storedBytes"]  # a process began anew
    for alarm in found["cloudwatch describe_alarms {}"]["MetricAlarms"]:
        for name in [name for name in alarm if name.startswith("State")]:
            del alarm[name]
    return found


def details(sandbox: Any) -> dict[str, Any]:
    """What is described of each stack, execution, package, job and of the endpoint."""
    formation, states = sandbox.client("cloudformation"), sandbox.client("stepfunctions")
    sagemaker, found = sandbox.client("sagemaker"), dict[str, Any]()
    for stack in formation.describe_stacks()["Stacks"]:
        name = stack["StackName"]
        found[name] = [
            formation.describe_stack_events(StackName=name)["StackEvents"],
            formation.list_stack_resources(StackName=name)["StackResourceSummaries"],
            formation.get_template(StackName=name)["TemplateBody"],
        ]
    for machine in states.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        for one in states.list_executions(stateMachineArn=arn)["executions"]:
            arn = one["executionArn"]
            found[arn] = states.get_execution_history(executionArn=arn)["events"]
    for one in sagemaker.list_model_packages(ModelPackageGroupName=ENDPOINT)[
        "ModelPackageSummaryList"
    ]:
        arn = one["ModelPackageArn"]
        found[arn] = sagemaker.describe_model_package(ModelPackageName=arn)
    for one in sagemaker.list_training_jobs()["TrainingJobSummaries"]:
        name = one["TrainingJobName"]
        found[name] = sagemaker.describe_training_job(TrainingJobName=name)
    found["endpoint"] = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    for one in found.values():
        if isinstance(one, dict):
            one.pop("ResponseMetadata", None)
    # The physical id of a queue is its address.
    text = json.dumps(found, default=str).replace(sandbox.url, "http://here")
    described: dict[str, Any] = json.loads(text)
    return described


def contents(sandbox: Any) -> dict[str, str]:
    """Every version of every object, with its ETag."""
    s3, found = sandbox.client("s3"), {}
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for one in page.get("Versions", []):
                found[f"{bucket['Name']}/{one['Key']}?{one['VersionId']}"] = one["ETag"]
    return found


def predictions(sandbox: Any) -> bytes:
    answer = sandbox.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=ENDPOINT, ContentType="text/csv", Body=features_csv(HELD_OUT)
    )
    content: bytes = answer["Body"].read()
    return content


@pytest.fixture(scope="module")
def before(place: Workplace) -> Before:
    """The sandbox that came back runs when this is known."""
    file = place.folder / "all.sandbox"
    sandbox = running(place)
    predicted = predictions(sandbox)
    place.done("sandbox", "save", str(file), "--wait")
    told = Before(
        sandbox.url, everything(sandbox), details(sandbox), contents(sandbox), predicted, file
    )
    place.done("down")
    place.done("sandbox", "load", str(file), "--port", "0")
    return told


def test_everything_is_described_as_before(place: Workplace, before: Before) -> None:
    sandbox = running(place)

    assert sandbox.url != before.url
    found, told = everything(sandbox), before.lists
    for name, rows in GROWING.items():
        # Each minute may add to these.
        assert [row for row in told[name][rows] if row not in found[name][rows]] == []
    same = found.keys() - GROWING.keys()
    assert {name: found[name] for name in same if found[name] != told[name]} == {}
    assert details(sandbox) == before.details


def test_the_endpoint_predicts_the_same(place: Workplace, before: Before) -> None:
    assert predictions(running(place)) == before.predictions


def test_objects_are_there_with_their_versions(place: Workplace, before: Before) -> None:
    found = contents(running(place))

    assert {key: found.get(key) for key in before.contents} == before.contents


def test_a_deployment_finds_no_changes(place: Workplace, before: Before) -> None:
    place.done("deploy", "--sandbox")

    # Not one event was added to the history of a stack.
    assert details(running(place)) == before.details


def test_a_new_training_works(place: Workplace, before: Before) -> None:
    (place.folder / "more.csv").write_bytes(as_csv(breast_cancer()[:450]))
    place.done("data", "put", "churn", "more.csv", "--sandbox")

    def second() -> bool | None:
        return len(json.loads(place.done("models", "churn", "--json", "--sandbox"))) == 2 or None

    wait_for(second, "a second version")
