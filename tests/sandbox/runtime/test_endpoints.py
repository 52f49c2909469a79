from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from sandbox.programs import processes
from tests.sandbox.mount_namespaces import require_own_opt_ml
from tests.sandbox.runtime.cloud import ROLE, Cloud, fresh, wait_for


@pytest.fixture(scope="module")
def artifacts(cloud: Cloud) -> dict[str, str]:
    """Three trained models: two that work, one that cannot be served."""
    cloud.put("data/train.csv", b"1,2\n")
    first = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
    cloud.put("data/train.csv", b"10,20\n")
    second = cloud.ended(cloud.train())["ModelArtifacts"]["S3ModelArtifacts"]
    broken = cloud.ended(cloud.train(broken="yes"))["ModelArtifacts"]["S3ModelArtifacts"]
    return {"first": first, "second": second, "broken": broken}


@pytest.fixture
def endpoint(cloud: Cloud, artifacts: dict[str, str]) -> Iterator[str]:
    """An endpoint in service with the first model."""
    name = _create(cloud, cloud.configuration(artifacts["first"]))
    assert cloud.settled(name)["EndpointStatus"] == "InService", cloud.settled(name)
    yield name
    cloud.settled(name)
    cloud.client("sagemaker").delete_endpoint(EndpointName=name)


def _create(cloud: Cloud, configuration: str) -> str:
    name = fresh("endpoint")
    cloud.client("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=configuration)
    return name


def _update(cloud: Cloud, name: str, configuration: str, **arguments: Any) -> dict[str, Any]:
    cloud.client("sagemaker").update_endpoint(
        EndpointName=name, EndpointConfigName=configuration, **arguments
    )
    return cloud.settled(name)


def test_an_endpoint_answers_through_the_runtime_api(cloud: Cloud, endpoint: str) -> None:
    runtime = cloud.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint,
        Body=b"1,2",
        ContentType="text/csv",
        Accept="application/json",
        CustomAttributes="trace=1",
    )

    assert answer["ContentType"] == "application/json"
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["CustomAttributes"] == "trace=1"
    said = json.loads(answer["Body"].read())
    assert (said["mean"], said["rows"], said["stage"]) == (1.5, "1,2", "test")
    assert (said["type"], said["accept"]) == ("text/csv", "application/json")


def test_a_new_model_replaces_the_old_one_under_load_without_a_failed_request(
    cloud: Cloud, endpoint: str, artifacts: dict[str, str]
) -> None:
    answers: list[float] = []
    failures: list[str] = []
    enough = threading.Event()

    def hammer() -> None:
        while not enough.is_set():
            try:
                answers.append(cloud.invoke(endpoint)["mean"])
            except Exception as error:
                failures.append(str(error))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answers) > 20)
    configuration = cloud.configuration(artifacts["second"])
    state = _update(cloud, endpoint, configuration)
    seen = len(answers)
    wait_for(lambda: len(answers) > seen + 20)
    enough.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert set(answers) == {1.5, 15.0}
    assert cloud.invoke(endpoint)["mean"] == 15.0
    assert state["EndpointConfigName"] == configuration


def test_a_broken_model_leaves_the_old_one_in_service(
    cloud: Cloud, endpoint: str, artifacts: dict[str, str]
) -> None:
    before = cloud.settled(endpoint)["EndpointConfigName"]
    state = _update(cloud, endpoint, cloud.configuration(artifacts["broken"]))

    assert (state["EndpointStatus"], state["EndpointConfigName"]) == ("InService", before)
    assert "did not pass the ping health check" in state["FailureReason"]
    assert cloud.invoke(endpoint)["mean"] == 1.5


@pytest.mark.aws_row("R66")
def test_the_first_model_of_an_endpoint_fails_the_endpoint_when_it_is_broken(
    cloud: Cloud, artifacts: dict[str, str]
) -> None:
    name = _create(cloud, cloud.configuration(artifacts["broken"]))
    state = cloud.settled(name)

    assert state["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in state["FailureReason"]
    group = f"/aws/sagemaker/Endpoints/{name}"
    assert "the model is broken" in cloud.logs(group, "AllTraffic/")
    with pytest.raises(ClientError, match="no such variant in service"):
        cloud.invoke(name)


def test_a_model_archive_that_is_missing_fails_with_its_address(cloud: Cloud) -> None:
    name = _create(cloud, cloud.configuration("s3://bucket/none/model.tar.gz"))

    assert "s3://bucket/none/model.tar.gz" in cloud.settled(name)["FailureReason"]


@pytest.mark.aws_row("R146")
def test_errors_of_the_model_reach_the_caller_as_modelerror(cloud: Cloud, endpoint: str) -> None:
    with pytest.raises(ClientError) as raised:
        cloud.invoke(endpoint, b"teapot")

    response: Any = raised.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == 418
    assert response["OriginalMessage"] == "short and stout"


def _streamed(cloud: Cloud, endpoint: str, body: bytes) -> list[bytes]:
    answer = cloud.client("sagemaker-runtime").invoke_endpoint_with_response_stream(
        EndpointName=endpoint, Body=body, ContentType="text/csv"
    )
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == (
        "text/plain",
        "AllTraffic",
    )
    with contextlib.closing(answer["Body"]) as events:
        return [event["PayloadPart"]["Bytes"] for event in events]


def test_an_answer_is_streamed_piece_by_piece(cloud: Cloud, endpoint: str) -> None:
    assert _streamed(cloud, endpoint, b"stream") == [b"one", b"two"]


def test_a_stream_that_breaks_raises_where_it_broke(cloud: Cloud, endpoint: str) -> None:
    with pytest.raises(EventStreamError, match="The model closed the connection"):
        _streamed(cloud, endpoint, b"break")


def test_the_code_of_a_model_finds_it_at_opt_ml(
    cloud: Cloud, endpoint: str, tmp_path: Path
) -> None:
    require_own_opt_ml(tmp_path)

    assert cloud.invoke(endpoint)["at_opt_ml"] is True


def test_a_serving_process_that_dies_is_started_again(cloud: Cloud, endpoint: str) -> None:
    before = cloud.invoke(endpoint)["pid"]
    with pytest.raises(ClientError, match="did not answer"):
        cloud.invoke(endpoint, b"die")

    def alive() -> Any:
        try:
            return cloud.invoke(endpoint)["pid"]
        except ClientError:
            return None

    assert wait_for(alive) != before


@pytest.mark.aws_row("R145")
def test_an_unknown_endpoint_or_variant_is_refused(cloud: Cloud, endpoint: str) -> None:
    with pytest.raises(ClientError, match="Endpoint nothing of account") as refused:
        cloud.invoke("nothing")
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="no such variant"):
        cloud.invoke(endpoint, TargetVariant="Other")


def test_a_request_over_six_megabytes_is_refused(cloud: Cloud, endpoint: str) -> None:
    with pytest.raises(ClientError, match="exceeded the limit of 6291456 bytes"):
        cloud.invoke(endpoint, b"x" * 6_291_457)


@pytest.mark.aws_row("R48")
def test_scaled_instances_survive_an_update_that_retains_them(
    cloud: Cloud, endpoint: str, artifacts: dict[str, str]
) -> None:
    sagemaker = cloud.client("sagemaker")
    wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}]
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint, DesiredWeightsAndCapacities=wanted
    )
    cloud.settled(endpoint)
    kept = _update(
        cloud, endpoint, cloud.configuration(artifacts["second"]), RetainAllVariantProperties=True
    )
    assert kept["ProductionVariants"][0]["DesiredInstanceCount"] == 3

    reset = _update(cloud, endpoint, cloud.configuration(artifacts["first"]))
    assert reset["ProductionVariants"][0]["DesiredInstanceCount"] == 1


def test_a_model_package_gives_image_and_data(cloud: Cloud, artifacts: dict[str, str]) -> None:
    sagemaker, group = cloud.client("sagemaker"), fresh("group")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    package = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={
            "Containers": [{"Image": cloud.image, "ModelDataUrl": artifacts["second"]}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    model = fresh("model")
    sagemaker.create_model(
        ModelName=model,
        PrimaryContainer={"ModelPackageName": package},
        ExecutionRoleArn=ROLE,
    )
    row = {"VariantName": "AllTraffic", "ModelName": model, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=model, ProductionVariants=[{**row, "InstanceType": "ml.c5.large"}]
    )
    name = _create(cloud, model)

    assert cloud.settled(name)["EndpointStatus"] == "InService"
    assert cloud.invoke(name)["mean"] == 15.0
    sagemaker.delete_endpoint(EndpointName=name)


def test_requests_and_answers_are_captured_as_model_monitor_reads_them(
    cloud: Cloud, artifacts: dict[str, str]
) -> None:
    sagemaker, plain = cloud.client("sagemaker"), cloud.configuration(artifacts["first"])
    rows = sagemaker.describe_endpoint_config(EndpointConfigName=plain)["ProductionVariants"]
    capturing = fresh("config")
    sagemaker.create_endpoint_config(
        EndpointConfigName=capturing,
        ProductionVariants=rows,
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://bucket/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        },
    )
    name = _create(cloud, capturing)
    cloud.settled(name)
    cloud.invoke(name, b"1,2", ContentType="text/csv", InferenceId="row-7")

    (key,) = wait_for(lambda: cloud.keys(f"capture/{name}/AllTraffic/"))
    assert len(key.split("/")) == 8
    assert key.endswith(".jsonl")
    record = json.loads(cloud.read(f"s3://bucket/{key}"))
    sides = record["captureData"]
    assert sides["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert sides["endpointOutput"]["encoding"] == "BASE64"
    assert record["eventMetadata"]["inferenceId"] == "row-7"
    assert record["eventVersion"] == "0"
    sagemaker.delete_endpoint(EndpointName=name)


def test_invocations_and_errors_are_counted_in_cloudwatch(cloud: Cloud, endpoint: str) -> None:
    for _ in range(3):
        cloud.invoke(endpoint)
    with pytest.raises(ClientError):
        cloud.invoke(endpoint, b"teapot")

    wait_for(lambda: _metric(cloud, endpoint, "Invocations") == 4)
    assert _metric(cloud, endpoint, "Invocation4XXErrors") == 1
    assert _metric(cloud, endpoint, "Invocation5XXErrors") == 0
    assert _metric(cloud, endpoint, "ModelLatency") > 0


def test_a_deleted_endpoint_leaves_no_process(cloud: Cloud, artifacts: dict[str, str]) -> None:
    before = set(processes.alive())
    name = _create(cloud, cloud.configuration(artifacts["first"]))
    cloud.settled(name)
    assert set(processes.alive()) - before
    cloud.client("sagemaker").delete_endpoint(EndpointName=name)

    assert set(processes.alive()) <= before
    with pytest.raises(ClientError, match="Could not find endpoint"):
        cloud.client("sagemaker").describe_endpoint(EndpointName=name)


def _metric(cloud: Cloud, endpoint: str, name: str) -> float:
    moment = datetime.now(UTC)
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=moment - timedelta(hours=1),
        EndTime=moment + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))
