import io
import json
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sandbox.cdk.in_process_deploy import DeployError, deploy_assembly, destroy_assembly
from sandbox.server.server import Sandbox
from tests.journeys.rows import (
    HELD_OUT,
    as_csv,
    column_names,
    columns_file,
    good_split,
    meagre_split,
    misleading_split,
)
from tests.journeys.world import MODEL, STAGE, World, wait_for

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, dev_assembly: Path) -> Iterator[World]:
    """dev, freshly deployed, nothing trained yet."""
    with Sandbox(folder=tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(dev_assembly, sandbox.url)
        yield World(sandbox)


@pytest.fixture(scope="module")
def first_outputs(world: World) -> dict[str, str]:
    return world.outputs(f"Inference-{MODEL}")


@pytest.fixture(scope="module")
def live(world: World, first_outputs: dict[str, str]) -> World:
    """The first, mediocre model was trained, approved by a person, and answers."""
    world.put_data("v1", meagre_split(), columns_file())
    outcome = world.trained("v1")
    assert outcome["Outcome"] == "registered", outcome
    assert world.status_of(outcome["ModelPackageArn"]) == "PendingManualApproval"
    world.judge(outcome["ModelPackageArn"], "Approved")
    world.became_live(outcome["ModelPackageArn"])
    return world


def test_an_empty_account_deploys_without_model_and_without_endpoint(
    world: World, first_outputs: dict[str, str]
) -> None:
    assert world.stack_status(f"Inference-{MODEL}") == "CREATE_COMPLETE"
    assert "EndpointName" not in first_outputs


def test_the_first_approved_model_makes_the_endpoint_answer(live: World) -> None:
    assert live.outputs(f"Inference-{MODEL}")["EndpointName"] == f"{STAGE}-{MODEL}"
    assert len(live.predict(HELD_OUT)) == len(HELD_OUT)


def test_columns_of_a_request_are_matched_by_the_names_of_the_training_data(live: World) -> None:
    rows = [row[::-1] for row in HELD_OUT[:5]]
    header = ",".join([*reversed(column_names()), "diagnosis"]).encode() + b"\n"

    answer = live.aws("sagemaker-runtime").invoke_endpoint(
        EndpointName=f"{STAGE}-{MODEL}",
        ContentType="text/csv; header=present",
        Accept="application/jsonlines",
        CustomAttributes="labels=true",
        Body=header + as_csv(rows),
    )

    found = [json.loads(line) for line in answer["Body"].read().splitlines()]
    scores = live.predict(HELD_OUT[:5])
    assert [row["score"] for row in found] == pytest.approx(scores)
    assert [row["label"] for row in found] == [
        ("malignant", "benign")[score > 0.5] for score in scores
    ]


def test_a_version_tells_where_it_comes_from(live: World) -> None:
    package = live.aws("sagemaker").describe_model_package(
        ModelPackageName=live.packages()[-1]["ModelPackageArn"]
    )

    told = package["CustomerMetadataProperties"]
    assert told["data_version"] == "v1"
    assert told["image_tag"] == live.outputs("Registry")["ImageTag"]
    assert float(told["metric_auc"]) > 0.8
    assert told["training_job"].startswith(f"{MODEL}-")
    metrics = package["ModelMetrics"]
    assert package["DriftCheckBaselines"]["ModelDataQuality"] == metrics["ModelDataQuality"]
    baseline = json.loads(live.read(metrics["ModelDataQuality"]["Statistics"]["S3Uri"]))
    assert baseline["features"][0]["name"] == "prediction"
    assert json.loads(live.read(metrics["Explainability"]["Report"]["S3Uri"]))["explanations"]


def test_a_version_has_a_report_with_pictures(live: World) -> None:
    package = live.aws("sagemaker").describe_model_package(
        ModelPackageName=live.packages()[-1]["ModelPackageArn"]
    )

    page = live.read(package["CustomerMetadataProperties"]["report"]).decode()

    assert "Model quality report" in page
    assert page.count("data:image/png;base64,") >= 4
    # The job tells its name and where its rows came from.
    assert f"/{MODEL}/v1/test/" in page


@pytest.mark.acceptance
def test_the_same_upload_event_twice_starts_one_training(live: World) -> None:
    bucket = live.outputs("Storage")["DataBucketName"]
    marker = live.aws("s3").head_object(Bucket=bucket, Key=f"{MODEL}/v1/_READY")
    before = len(live.workflow_runs())
    intake = live.outputs(f"Training-{MODEL}")["IntakeArn"]
    first = live.aws("stepfunctions").list_executions(stateMachineArn=intake)["executions"][-1]
    event = live.aws("stepfunctions").describe_execution(executionArn=first["executionArn"])
    assert marker["VersionId"] in event["input"]

    again = live.aws("stepfunctions").start_execution(stateMachineArn=intake, input=event["input"])[
        "executionArn"
    ]

    def finished() -> str | None:
        status = live.aws("stepfunctions").describe_execution(executionArn=again)["status"]
        return None if status == "RUNNING" else str(status)

    assert wait_for(finished, "the second intake") == "SUCCEEDED"
    assert len(live.workflow_runs()) == before


@pytest.mark.acceptance
def test_a_better_model_takes_over_under_load_without_a_failed_request(live: World) -> None:
    before = live.accuracy()
    live.put_data("v2", good_split())
    outcome = live.trained("v2")
    assert outcome["Outcome"] == "registered", outcome
    answered, failed, enough = [0], list[str](), threading.Event()

    def call() -> None:
        while not enough.is_set():
            try:
                live.predict(HELD_OUT[:1])
                answered[0] += 1
            except ClientError as error:
                failed.append(str(error))

    callers = [threading.Thread(target=call) for _ in range(3)]
    for caller in callers:
        caller.start()
    live.judge(outcome["ModelPackageArn"], "Approved")
    live.became_live(outcome["ModelPackageArn"])
    enough.set()
    for caller in callers:
        caller.join()

    assert failed == []
    assert answered[0] > 10
    assert live.accuracy() >= max(before, 0.93)


@pytest.mark.acceptance
def test_a_worse_model_is_stopped_by_the_gate_and_stays_visible(live: World) -> None:
    champion = live.live_package()
    live.put_data("v3", misleading_split())

    outcome = live.trained("v3")

    assert outcome["Outcome"] == "refused"
    assert live.status_of(live.packages()[0]["ModelPackageArn"]) == "Rejected"
    assert live.live_package() == champion


@pytest.mark.acceptance
def test_a_broken_model_rolls_back_and_the_old_one_keeps_answering(live: World) -> None:
    champion = live.live_package()
    before = live.predict(HELD_OUT[:5])
    broken = register_broken_package(live)

    live.judge(broken, "Approved")

    wait_for(
        lambda: live.status_of(broken) == "Rejected" or None, "the rollout to reject the version"
    )
    live.became_live(champion)
    assert live.predict(HELD_OUT[:5]) == before
    described = live.aws("sagemaker").describe_model_package(ModelPackageName=broken)
    assert "roll" in described["ApprovalDescription"].lower()


@pytest.mark.acceptance
def test_deploying_again_keeps_the_live_model(live: World, dev_assembly: Path) -> None:
    champion, before = live.live_package(), live.predict(HELD_OUT[:5])

    deploy_assembly(dev_assembly, live.sandbox.url)

    assert live.live_package() == champion
    assert live.predict(HELD_OUT[:5]) == before


@pytest.mark.acceptance
def test_rejecting_the_live_version_brings_the_one_before_back(live: World) -> None:
    newest = live.live_package()
    approved = [
        item["ModelPackageArn"]
        for item in live.packages()
        if item["ModelApprovalStatus"] == "Approved" and item["ModelPackageArn"] != newest
    ]
    if not approved:
        live.put_data("v4", good_split())
        newest = live.trained("v4")["ModelPackageArn"]
        approved = [live.live_package()]
        live.judge(newest, "Approved")
        live.became_live(newest)

    live.judge(newest, "Rejected")

    live.became_live(approved[0])


def test_destroying_leaves_nothing(live: World, dev_assembly: Path) -> None:
    live.empty()
    try:
        destroy_assembly(dev_assembly, live.sandbox.url)
    except DeployError:
        # Access logs of the emptying itself arrived late, and filled their bucket again.
        live.empty_buckets()
        destroy_assembly(dev_assembly, live.sandbox.url)

    listed = live.aws("cloudformation").list_stacks()["StackSummaries"]
    left = [s["StackName"] for s in listed if s["StackStatus"] != "DELETE_COMPLETE"]
    assert [name for name in left if name.startswith(STAGE)] == []
    assert live.aws("sagemaker").list_endpoints()["Endpoints"] == []
    buckets = [bucket["Name"] for bucket in live.aws("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if name.startswith(STAGE)] == []


def register_broken_package(world: World) -> str:
    """A version whose archive holds half a model: it registers, but can never serve."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as packed:
        member = tarfile.TarInfo("xgboost-model")
        member.size = 4
        packed.addfile(member, io.BytesIO(b"half"))
    bucket = world.outputs("Storage")["ArtifactsBucketName"]
    key = f"{MODEL}/training/broken/output/model.tar.gz"
    world.aws("s3").put_object(Bucket=bucket, Key=key, Body=archive.getvalue())
    good = world.aws("sagemaker").describe_model_package(ModelPackageName=world.live_package())
    image = good["InferenceSpecification"]["Containers"][0]["Image"]
    registered = world.aws("sagemaker").create_model_package(
        ModelPackageGroupName=world.outputs(f"Training-{MODEL}")["ModelPackageGroupName"],
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": f"s3://{bucket}/{key}"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
    )
    return str(registered["ModelPackageArn"])
