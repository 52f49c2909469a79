"""What a destroyed environment retained comes back with the next deployment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.rows import as_csv, breast_cancer
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance


def aws(place: Workplace, service: str) -> Any:
    state = json.loads((place.folder / ".sandbox" / "state.json").read_text())
    set_secret(state["url"], state["secret"])
    return client(service, url=state["url"], region=state["region"])


def stacks(place: Workplace) -> list[str]:
    found = aws(place, "cloudformation").describe_stacks()["Stacks"]
    return [one["StackName"] for one in found if one["StackName"].startswith("kiban-dev-")]


def outputs(place: Workplace, part: str) -> dict[str, str]:
    found = aws(place, "cloudformation").describe_stacks(StackName=f"kiban-dev-{part}")
    return {item["OutputKey"]: item["OutputValue"] for item in found["Stacks"][0]["Outputs"]}


def versions(place: Workplace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(place.done("models", "churn", "--json", "--sandbox"))
    return found


def registered(place: Workplace) -> list[dict[str, Any]]:
    """Every version as it was registered and approved, whether it serves or not."""
    return [{**version, "live": None} for version in versions(place)]


def contents(place: Workplace) -> dict[str, list[str]]:
    """Every object of the buckets that people put things into, and the images."""
    storage, s3 = outputs(place, "Storage"), aws(place, "s3")
    names = [storage[key] for key in ("DataBucketName", "ArtifactsBucketName")]
    found = {name: s3.list_objects_v2(Bucket=name)["Contents"] for name in names}
    repository = outputs(place, "Registry")["RepositoryName"]
    images = aws(place, "ecr").list_images(repositoryName=repository)["imageIds"]
    return {
        **{name: [item["Key"] for item in items] for name, items in found.items()},
        repository: sorted(image["imageDigest"] for image in images),
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev, which retains its data, with one version that serves."""
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        place.edit("dev", 'removal = "destroy"', 'removal = "retain"')
        place.done("deploy", "--sandbox")
        (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
        place.done("data", "put", "churn", "rows.csv", "--sandbox")
        wait_for(lambda: versions(place) or None, "a version")
        place.done("approve", "churn", "1", "--wait", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def test_a_protected_environment_says_every_line_that_lifts_the_protection(
    place: Workplace,
) -> None:
    refused = place.kiban("destroy", "--sandbox", "--yes")

    assert refused.returncode == 1
    lines = [line.strip() for line in refused.stderr.splitlines()]
    for name in stacks(place):
        assert (
            "aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {name}" in lines
        )
    assert len(stacks(place)) == 6


def test_what_was_kept_comes_back_with_everything_in_it(place: Workplace) -> None:
    for name in stacks(place):
        aws(place, "cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
    before = contents(place), registered(place), outputs(place, "Storage")

    gone = place.done("destroy", "--sandbox", "--yes")
    assert stacks(place) == []
    deployed = place.kiban("deploy", "--sandbox")

    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert before == (contents(place), registered(place), outputs(place, "Storage"))
    for key in ("DataBucketName", "ArtifactsBucketName"):
        name = before[2][key]
        assert f"bucket {name}" in " ".join(gone.split())
        assert f"taken back: AWS::S3::Bucket {name}" in deployed.stderr
    for setting, key in {"key_arn": "KeyArn", "data_bucket": "DataBucketName"}.items():
        assert f'{setting} = "{before[2][key]}"' in gone
    groups = aws(place, "logs").describe_log_groups()["logGroups"]
    names = [group["logGroupName"] for group in groups]
    assert "/aws/sagemaker/Endpoints/kiban-dev-churn" in names


def test_the_approved_version_serves_again_with_the_next_rollout(place: Workplace) -> None:
    rollout = outputs(place, "Training-churn")["RolloutArn"]
    aws(place, "stepfunctions").start_execution(stateMachineArn=rollout)

    wait_for(lambda: versions(place)[-1]["live"] or None, "version 1 to be live")

    found = aws(place, "sagemaker").list_endpoints()["Endpoints"]
    assert [endpoint["EndpointName"] for endpoint in found] == ["kiban-dev-churn"]


def test_the_next_training_takes_the_newest_data_of_before(place: Workplace) -> None:
    run = json.loads(place.done("train", "churn", "--wait", "--json", "--sandbox"))

    assert run["output"]["DataVersion"] == versions(place)[-1]["facts"]["data_version"]


def test_an_environment_that_is_deployed_has_nothing_to_take_back(place: Workplace) -> None:
    again = place.kiban("deploy", "--sandbox")

    assert again.returncode == 0, again.stderr
    assert "taken back" not in again.stderr
