import json
from pathlib import Path

import pytest

from cli.aws.connection import Connection
from cli.commands.environment.destroy import require_unprotected, retained_resources
from cli.deployment import data_removal
from cli.environments.environment import DeployedStack, Environment
from cli.environments.environment_loader import in_sandbox
from cli.models import model_versions
from cli.sandbox.sandbox_state import RunningSandbox
from cli.terminal.errors import Failure
from config.loader import load_environment
from tests.cli.terminal import kiban, require_one_line

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag"


@pytest.fixture
def version(dev: Environment) -> int:
    """A freshly registered version, waiting for a person."""
    bucket = dev.output("Storage", "ArtifactsBucketName")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/model.tar.gz"}
    registered = dev.aws("sagemaker").create_model_package(
        ModelPackageGroupName=dev.output("Training-churn", "ModelPackageGroupName"),
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={"data_version": "v7", "metric_auc": "0.98"},
    )
    return int(registered["ModelPackageArn"].rpartition("/")[2])


def listed(folder: Path, number: int) -> dict[str, object]:
    screen = kiban("models", "churn", "--sandbox", "--json", folder=folder)
    assert screen.code == 0, screen.err
    found: list[dict[str, object]] = json.loads(screen.out)
    return next(item for item in found if item["number"] == number)


def test_a_version_shows_its_metrics_its_data_and_that_it_is_not_live(
    folder: Path, version: int
) -> None:
    shown = listed(folder, version)

    assert shown["metrics"] == {"auc": 0.98}
    assert shown["facts"] == {"data_version": "v7", "metric_auc": "0.98"}
    assert shown["status"] == "PendingManualApproval"
    assert shown["live"] is False


def test_the_newest_versions_report_is_named_where_it_lies(
    dev: Environment, folder: Path, version: int
) -> None:
    address = "s3://artifacts/churn/evaluation/churn-1/report.html"
    arn = model_versions.find_version(dev, "churn", version).arn
    before = kiban("models", "churn", "--sandbox", folder=folder)

    dev.aws("sagemaker").update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"report": address}
    )
    after = kiban("models", "churn", "--sandbox", folder=folder)

    assert "report of" not in before.out
    assert f"report of {version}: {address}" in after.out


def test_approving_twice_is_said_and_is_no_failure(folder: Path, version: int) -> None:
    words = ["approve", "churn", str(version), "--sandbox"]

    first, second = kiban(*words, folder=folder), kiban(*words, folder=folder)

    assert (first.code, second.code) == (0, 0)
    assert "is approved" in first.out
    assert "already approved" in second.out
    assert listed(folder, version)["status"] == "Approved"


def test_approving_an_older_version_says_that_the_newer_one_is_live(
    dev: Environment, folder: Path, version: int
) -> None:
    older = version - 1 or version
    model_versions.set_approval_status(
        dev, model_versions.find_version(dev, "churn", version), "Approved", ""
    )

    screen = kiban("approve", "churn", str(older), "--wait", "--sandbox", folder=folder)

    assert screen.code == 0, screen.err
    assert f"Version {version} is newer and approved" in screen.out


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_an_unknown_version_is_refused(folder: Path, version: int, command: str) -> None:
    screen = kiban(command, "churn", "999", "--sandbox", folder=folder)

    told = require_one_line(screen, 2)
    assert "no version 999" in told
    assert str(version) in told


def test_a_version_that_is_no_number_is_refused(folder: Path) -> None:
    screen = kiban("approve", "churn", "first", "--sandbox", folder=folder)

    assert "VERSION" in require_one_line(screen, 2)


def test_a_rejected_version_keeps_the_reason(folder: Path, version: int) -> None:
    words = ["reject", "churn", str(version), "--sandbox"]

    first = kiban(*words, "--reason", "biased", folder=folder)
    second = kiban(*words, folder=folder)

    assert (first.code, second.code) == (0, 0)
    assert "already rejected" in second.out
    assert listed(folder, version)["comment"] == "biased"


def test_waiting_for_a_version_the_rollout_rejects_is_a_failure(
    dev: Environment, version: int
) -> None:
    found = model_versions.find_version(dev, "churn", version)
    model_versions.set_approval_status(dev, found, "Rejected", "the endpoint rolled back")

    with pytest.raises(Failure, match="was rejected: the endpoint rolled back"):
        model_versions.wait_until_live(dev, "churn", found, lambda _: None)


def test_predicting_before_a_version_is_live_is_one_line(dev: Environment, folder: Path) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=folder, given="1,2,3\n")

    assert "no version is live yet" in require_one_line(screen, 1)


def test_rows_that_are_no_numbers_are_refused_before_the_endpoint_is_asked(
    dev: Environment, folder: Path
) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=folder, given="1,x,3\n")

    assert "standard input: line 1: column 2 is 'x'" in require_one_line(screen, 2)


def test_emptying_removes_every_version_of_every_object(dev: Environment) -> None:
    s3, bucket = dev.aws("s3"), dev.output("Storage", "ArtifactsBucketName")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz", Body=body)
    s3.delete_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz")

    data_removal.remove_data(dev, lambda _: None)

    left = s3.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) == left.get("DeleteMarkers", []) == []
    assert model_versions.list_versions(dev, "churn") == []


def test_a_protected_stack_is_not_destroyed_and_the_way_is_named(dev: Environment) -> None:
    stack = dev.require_stack("Storage")
    protected = DeployedStack(stack.name, stack.status, stack.updated, {}, {}, is_protected=True)

    with pytest.raises(Failure, match="--no-enable-termination-protection"):
        require_unprotected([stack, protected])
    require_unprotected([stack])


def test_what_a_retained_environment_leaves_behind_is_named(dev: Environment) -> None:
    stack = dev.require_stack("Storage")
    prod = Environment(load_environment("prod"), dev.connection)

    assert f"bucket {stack.outputs['DataBucketName']}" in retained_resources(prod, [stack])
    assert retained_resources(dev, [stack]) == []


def test_the_sandbox_has_every_account_and_every_region() -> None:
    config = load_environment("dev")
    platform = {"account": "111122223333", "region": "eu-west-1"}
    pinned = config.model_copy(update={"platform": config.platform.model_copy(update=platform)})
    url, own = "http://127.0.0.1:4", "123456789012"
    here = RunningSandbox(1, 4, url, "us-east-1", own)

    assert in_sandbox(config, here).connection == Connection("us-east-1", url, own)
    assert in_sandbox(pinned, here).connection == Connection("eu-west-1", url, "111122223333")
