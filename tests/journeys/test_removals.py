"""A model leaves an environment without a trace, and what stays behind goes on."""

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.rows import as_csv, breast_cancer
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

# The name of the model that stays begins the name of the one that goes.
STAYS, GOES = "churn", "churn-eu"


def aws(place: Workplace, service: str) -> Any:
    state = json.loads((place.folder / ".sandbox" / "state.json").read_text())
    set_secret(state["url"], state["secret"])
    return client(service, url=state["url"], region=state["region"])


def outputs(place: Workplace, part: str) -> dict[str, str]:
    found = aws(place, "cloudformation").describe_stacks(StackName=f"kiban-dev-{part}")
    return {item["OutputKey"]: item["OutputValue"] for item in found["Stacks"][0]["Outputs"]}


def versions(place: Workplace, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(place.done("models", model, "--json", "--sandbox"))
    return found


def versions_if_any(place: Workplace, model: str) -> list[dict[str, Any]] | None:
    return versions(place, model) or None


def objects(place: Workplace, model: str) -> list[str]:
    storage = outputs(place, "Storage")
    keys = []
    for key in ("DataBucketName", "ArtifactsBucketName"):
        found = aws(place, "s3").list_object_versions(Bucket=storage[key], Prefix=f"{model}/")
        keys += [item["Key"] for item in found.get("Versions", [])]
    return keys


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev with two models that both serve a version."""
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        one = place.file("dev").read_text()
        table = one[one.index("[models.churn.") :]
        place.file("dev").write_text(one + "\n" + table.replace("models.churn", f"models.{GOES}"))
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        for model in (STAYS, GOES):
            place.done("data", "put", model, "rows.csv", "--sandbox")
        for model in (STAYS, GOES):
            wait_for(partial(versions_if_any, place, model), f"a version of {model}")
            place.done("approve", model, "1", "--wait", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def test_a_new_tag_leaves_the_newest_data_version_alone(place: Workplace) -> None:
    place.edit("dev", "[platform]", '[platform]\ntags = { team = "fraud" }')
    place.done("deploy", "--sandbox")
    newest = json.loads(place.done("data", "list", STAYS, "--json", "--sandbox"))[-1]["name"]

    run = json.loads(place.done("train", STAYS, "--wait", "--json", "--sandbox"))

    assert run["output"]["DataVersion"] == newest


def start_long_job(place: Workplace) -> str:
    """Start a training like the first one, by hand, that ends in hours."""
    sagemaker = aws(place, "sagemaker")
    jobs = sagemaker.list_training_jobs(NameContains=GOES)["TrainingJobSummaries"]
    first = sagemaker.describe_training_job(TrainingJobName=jobs[0]["TrainingJobName"])
    keys = ["AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig"]
    keys += ["ResourceConfig", "StoppingCondition"]
    tags = {"kiban:environment": "kiban-dev", "kiban:model": GOES}
    sagemaker.create_training_job(
        TrainingJobName="by-hand",
        HyperParameters={**first["HyperParameters"], "num_round": "10000000"},
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        **{key: first[key] for key in keys},
    )
    return "by-hand"


def test_a_model_that_the_file_no_longer_has_is_seen_and_stays_until_asked(
    place: Workplace,
) -> None:
    text = place.file("dev").read_text()
    place.file("dev").write_text(text[: text.index(f"[models.{GOES}.")])

    deployed = place.kiban("deploy", "--sandbox", "--yes")
    status = place.kiban("status", "--sandbox")

    assert deployed.returncode == status.returncode == 0, deployed.stderr
    for said in (deployed.stderr, status.stderr):
        assert f"kiban-dev-Training-{GOES}, kiban-dev-Inference-{GOES}" in said
        assert "idle they cost USD" in said
        assert "./kiban deploy --prune --sandbox" in said
    names = [e["EndpointName"] for e in aws(place, "sagemaker").list_endpoints()["Endpoints"]]
    assert f"kiban-dev-{GOES}" in names


def test_destroying_the_rest_is_refused_before_anything_is_touched(place: Workplace) -> None:
    before = objects(place, STAYS)

    refused = place.kiban("destroy", "--sandbox", "--yes")

    assert refused.returncode == 1
    assert f"kiban-dev-Inference-{GOES} is deployed" in refused.stderr
    assert "./kiban deploy --prune --sandbox" in refused.stderr
    assert objects(place, STAYS) == before


def test_pruning_removes_versions_endpoint_running_jobs_and_data_of_that_model_only(
    place: Workplace,
) -> None:
    job = start_long_job(place)
    kept = objects(place, STAYS)
    sagemaker = aws(place, "sagemaker")

    place.done("deploy", "--prune", "--yes", "--sandbox")

    assert sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"] == "Stopped"
    stacks = aws(place, "cloudformation").describe_stacks()["Stacks"]
    assert [s["StackName"] for s in stacks if GOES in s["StackName"]] == []
    endpoints = [e["EndpointName"] for e in sagemaker.list_endpoints()["Endpoints"]]
    assert endpoints == [f"kiban-dev-{STAYS}"]
    groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in groups] == [f"kiban-dev-{STAYS}"]
    assert objects(place, GOES) == []
    assert objects(place, STAYS) == kept
    parameters = aws(place, "ssm").describe_parameters()["Parameters"]
    newest = [p["Name"] for p in parameters if p["Name"].startswith("/newest-data/")]
    assert newest == [f"/newest-data/kiban-dev/{STAYS}"]
    assert "--prune" not in place.kiban("status", "--sandbox").stderr


def test_nothing_is_left_after_the_environment_is_destroyed(place: Workplace) -> None:
    buckets = [n for k, n in outputs(place, "Storage").items() if k.endswith("BucketName")]

    until = time.monotonic() + 60
    while (gone := place.kiban("destroy", "--sandbox", "--yes")).returncode:
        assert "runs" in gone.stderr and time.monotonic() < until, gone.stderr

    there = [bucket["Name"] for bucket in aws(place, "s3").list_buckets()["Buckets"]]
    assert not {*buckets} & {*there}
    parameters = aws(place, "ssm").describe_parameters()["Parameters"]
    assert [p["Name"] for p in parameters if p["Name"].startswith("/newest-data/")] == []
