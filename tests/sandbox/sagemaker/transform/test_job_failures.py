"""How a transform job fails, what it writes then, and how it is stopped."""

import threading
from typing import Any

import pytest

from sandbox.iam.callers import Caller, NotAllowed
from sandbox.sagemaker import capacity
from sandbox.sagemaker.transform import instance
from sandbox.sagemaker.transform.job import TransformJob
from tests.sandbox.sagemaker.transform import batch
from tests.sandbox.sagemaker.transform.batch import Asked, Bucket, Model

CLIENT = "ClientError: See job logs for more information"
ALGORITHM = "AlgorithmError: See job logs for more information"


def failed(**changes: Any) -> str:
    job = batch.job(**changes)
    job._run()
    assert job.status == "Failed"
    return str(job.document["FailureReason"])


@pytest.fixture(autouse=True)
def given(bucket: Bucket, model: Model) -> None:
    bucket.objects |= {"in/a.csv": b"1,x\n2,x\n3,x\n", "in/good.csv": b"4\n"}


def data_log(logs: dict[str, list[str]]) -> list[str]:
    """The lines of the data log without their times."""
    (name,) = (name for name in logs if name.endswith("/data-log"))
    assert name.startswith("job/i-")
    return [line.partition(":[sagemaker logs]: ")[2] for line in logs[name]]


def refuse(status: int, text: bytes, row: bytes = b"3,x") -> batch.Answer:
    return lambda asked: (status, text) if row in asked.body else batch.double(asked)


def test_a_refused_mini_batch_costs_its_object_the_output_and_fails_the_job(
    model: Model, bucket: Bucket, logs: dict[str, list[str]]
) -> None:
    model.answer = refuse(400, b"row 3\nis bad")

    assert failed(BatchStrategy="SingleRecord") == CLIENT
    outputs = [key for key in bucket.objects if key.startswith("out/")]
    assert outputs == ["out/good.csv.out"]
    assert model.bodies.count(b"3,x") == 1
    assert data_log(logs) == [
        "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=SINGLE_RECORD",
        "b/in/a.csv: ClientError: 400",
        "b/in/a.csv: ",
        "b/in/a.csv: Message:",
        "b/in/a.csv: row 3",
        "b/in/a.csv: is bad",
    ]


@pytest.mark.parametrize(
    ("status", "headline"),
    [
        (500, "Bad HTTP status received from algorithm: 500"),
        (302, "Bad HTTP status received from algorithm: 302"),
        (0, "Unable to get response from algorithm"),
    ],
)
def test_an_error_of_the_container_is_an_algorithm_error(
    status: int, headline: str, model: Model, logs: dict[str, list[str]]
) -> None:
    model.answer = refuse(status, b"traceback")

    assert failed(ModelClientConfig={"InvocationsMaxRetries": 0}) == ALGORITHM
    assert f"b/in/a.csv: {headline}" in data_log(logs)


@pytest.mark.parametrize(("config", "times"), [({}, 4), ({"InvocationsMaxRetries": 1}, 2)])
def test_a_server_error_is_tried_again_as_often_as_the_request_says(
    config: dict[str, int], times: int, model: Model
) -> None:
    model.answer = refuse(503, b"busy")

    assert failed(ModelClientConfig=config) == ALGORITHM
    assert model.bodies.count(b"1,x\n2,x\n3,x\n") == times


def test_a_container_that_ends_fails_every_object_that_is_left(
    model: Model, bucket: Bucket, logs: dict[str, list[str]]
) -> None:
    def die(asked: Asked) -> tuple[int, bytes]:
        threading.Thread(target=model.processes[0].kill).start()
        return 0, b""

    model.answer = die
    assert failed(ModelClientConfig={"InvocationsMaxRetries": 0}) == ALGORITHM
    lost = [line for line in data_log(logs) if "Unable to get response" in line]
    assert len(lost) == 2
    assert not [key for key in bucket.objects if key.startswith("out/")]


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({"TransformInput": {"SplitType": "TFRecord"}}, "the last TFRecord record is not whole"),
        ({"TransformInput": {"CompressionType": "Gzip"}}, "Failed to decompress"),
        ({"DataProcessing": {"InputFilter": "$[2:]"}}, "Failed to apply $[2:]"),
    ],
)
def test_an_object_that_cannot_be_read_is_a_client_error(
    changes: Any, headline: str, logs: dict[str, list[str]]
) -> None:
    assert failed(**changes) == CLIENT
    assert any(headline in line for line in data_log(logs))


@pytest.mark.parametrize("split_type", ["None", "Line"])
def test_a_record_over_the_payload_is_a_client_error(
    split_type: str, bucket: Bucket, logs: dict[str, list[str]]
) -> None:
    bucket.objects["in/a.csv"] = b"1," + b"x" * 1024**2

    assert failed(MaxPayloadInMB=1, TransformInput={"SplitType": split_type}) == CLIENT
    line = "b/in/a.csv: A payload of 1048578 bytes is larger than MaxPayloadInMB=1 allows"
    assert line in data_log(logs)


def test_a_response_that_cannot_be_joined_is_a_client_error(
    model: Model, logs: dict[str, list[str]]
) -> None:
    model.answer = lambda asked: (200, b"1\n")

    assert failed(DataProcessing={"JoinSource": "Input"}) == CLIENT
    assert any("3 records were sent, 1 lines came back" in line for line in data_log(logs))


def test_a_manifest_that_is_none_fails_the_job_before_a_container_starts(
    model: Model, bucket: Bucket
) -> None:
    bucket.objects["list.json"] = b"a.csv"
    source = {"S3DataType": "ManifestFile", "S3Uri": "s3://b/list.json"}
    reason = failed(TransformInput={"DataSource": {"S3DataSource": source}})

    assert reason.startswith("ClientError: the manifest is no JSON list")
    assert model.processes == []


@pytest.mark.parametrize("ends", [True, False])
def test_a_container_that_does_not_answer_ping_fails_the_job(
    ends: bool, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.ping = 503

    def start(program: Any) -> batch.Process:
        process = batch.Process(program, model)
        if ends:
            process.kill()
        return process

    monkeypatch.setattr(instance, "Child", start)
    monkeypatch.setattr(instance, "PING_SECONDS", 10.0 if ends else 0.1)

    assert failed().startswith("AlgorithmError: Model container failed to respond to ping. Please")


def test_no_free_instance_fails_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = capacity.Capacity(unavailable=("ml.m5.large",))
    monkeypatch.setattr(capacity, "current", lambda: limits)

    assert failed().startswith("CapacityError: Unable to provision requested ML compute capacity")


def test_a_role_needs_to_read_each_object_and_to_write_the_outputs(
    monkeypatch: pytest.MonkeyPatch, bucket: Bucket, logs: dict[str, list[str]]
) -> None:
    def need(self: Caller, action: str, name: str, key: str) -> None:
        if f"{action} {key}" in refused:
            raise NotAllowed(f"ClientError: AccessDenied: no {action} on {key}")

    monkeypatch.setattr(Caller, "need_object", need)
    refused = {"s3:GetObject in/a.csv"}
    assert failed() == CLIENT
    assert any("AccessDenied: no s3:GetObject on in/a.csv" in line for line in data_log(logs))
    assert "out/good.csv.out" in bucket.objects

    refused = {"s3:PutObject out/a.csv.out"}
    assert failed() == "ClientError: AccessDenied: no s3:PutObject on out/a.csv.out"


def test_a_stopped_job_ends_its_process_and_writes_nothing(
    model: Model, bucket: Bucket, told: list[Any]
) -> None:
    waiting, released = threading.Event(), threading.Event()

    def answer(asked: Asked) -> tuple[int, bytes]:
        if b"3,x" in asked.body:
            waiting.set()
            released.wait(10)
        return batch.double(asked)

    model.answer = answer
    job = batch.job(BatchStrategy="SingleRecord", MaxConcurrentTransforms=2)
    work = threading.Thread(target=job._run)
    work.start()
    assert waiting.wait(10)
    job.stop()
    assert job.status == "Stopping"
    released.set()
    work.join(10)

    assert_stopped(job, model, bucket)
    statuses = [event.detail["TransformJobStatus"] for event in told]
    assert statuses == ["Stopping", "Stopped"]


def test_a_job_that_is_stopped_before_it_begins_starts_no_process(
    model: Model, bucket: Bucket
) -> None:
    job = batch.job()
    job.stop()
    job._run()

    assert_stopped(job, model, bucket)
    assert model.processes == []


def assert_stopped(job: TransformJob, model: Model, bucket: Bucket) -> None:
    assert (job.status, job.document.get("FailureReason")) == ("Stopped", None)
    assert not any(process.running for process in model.processes)
    assert not [key for key in bucket.objects if key.startswith("out/")]
