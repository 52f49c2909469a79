"""What a transform job sends to its container and writes of the responses."""

import gzip
import json
import threading
import time
from typing import Any

import pytest

from sandbox.sagemaker.transform.job import TransformJob
from tests.sandbox.sagemaker.transform import batch
from tests.sandbox.sagemaker.transform.batch import Asked, Bucket, Model


def ran(**changes: Any) -> TransformJob:
    job = batch.job(**changes)
    job._run()
    return job


def completed(**changes: Any) -> TransformJob:
    job = ran(**changes)
    assert job.status == "Completed", job.document["FailureReason"]
    return job


@pytest.fixture(autouse=True)
def given(bucket: Bucket, model: Model) -> None:
    bucket.objects["in/a.csv"] = b"1,x\n2,x\n3,x\n"


def test_each_object_gets_an_output_named_after_its_key(bucket: Bucket, told: list[Any]) -> None:
    bucket.objects |= {"in/sub/b.csv": b"5\n", "in/folder/": b"", "other/c.csv": b"6\n"}
    job = completed()

    outputs = {key: data for key, data in bucket.objects.items() if key.startswith("out/")}
    assert outputs == {"out/a.csv.out": b"2\n4\n6\n", "out/sub/b.csv.out": b"10\n"}
    statuses = [event.detail["TransformJobStatus"] for event in told]
    assert statuses == ["Completed"]
    assert told[0].detail_type == "SageMaker Transform Job State Change"
    assert job.document["TransformStartTime"] <= job.document["TransformEndTime"]


def test_mini_batches_hold_as_many_lines_as_the_payload_admits(model: Model) -> None:
    completed()
    assert model.bodies == [b"1,x\n2,x\n3,x\n"]


def test_a_single_record_is_sent_alone(model: Model, bucket: Bucket) -> None:
    completed(BatchStrategy="SingleRecord")

    assert model.bodies == [b"1,x", b"2,x", b"3,x"]
    assert bucket.objects["out/a.csv.out"] == b"2\n4\n6\n"


def test_without_a_split_type_the_whole_object_is_one_request(model: Model) -> None:
    completed(TransformInput={"SplitType": "None"}, BatchStrategy="SingleRecord")
    assert model.bodies == [b"1,x\n2,x\n3,x\n"]


def test_the_payload_limits_each_request(model: Model, bucket: Bucket) -> None:
    line = b"1," + b"x" * 600_000 + b"\n"
    bucket.objects["in/a.csv"] = line * 3
    completed(MaxPayloadInMB=1)

    assert [len(body) for body in model.bodies] == [len(line)] * 3


def test_a_payload_of_zero_streams_each_object_in_chunks(model: Model, bucket: Bucket) -> None:
    bucket.objects["in/a.csv"] = b"1," + b"x" * 7_000_000 + b"\n2\n"
    completed(MaxPayloadInMB=0)

    (asked,) = model.asked
    assert asked.body == bucket.objects["in/a.csv"]
    assert asked.headers["transfer-encoding"] == "chunked"
    assert bucket.objects["out/a.csv.out"] == b"2\n4\n"


def test_requests_run_at_once_and_responses_keep_the_order_of_the_records(
    model: Model, bucket: Bucket
) -> None:
    together = threading.Barrier(3, timeout=10)

    def answer(asked: Asked) -> tuple[int, bytes]:
        together.wait()
        time.sleep(0.05 / int(asked.body.split(b",")[0]))  # the first takes longest
        return batch.double(asked)

    model.answer = answer
    completed(MaxConcurrentTransforms=3, BatchStrategy="SingleRecord")

    assert bucket.objects["out/a.csv.out"] == b"2\n4\n6\n"


def test_small_objects_are_sent_at_once_as_well(model: Model, bucket: Bucket) -> None:
    together = threading.Barrier(2, timeout=10)
    bucket.objects["in/b.csv"] = b"7\n"
    model.answer = lambda asked: (together.wait(), batch.double(asked))[1]

    completed(MaxConcurrentTransforms=2)


def test_one_request_at_a_time_is_the_default(model: Model) -> None:
    busy = threading.Lock()

    def answer(asked: Asked) -> tuple[int, bytes]:
        assert busy.acquire(blocking=False)
        time.sleep(0.01)
        busy.release()
        return batch.double(asked)

    model.answer = answer
    completed(BatchStrategy="SingleRecord")


def test_type_and_accept_go_with_every_request(model: Model) -> None:
    completed(TransformOutput={"Accept": "application/json"})
    headers = model.asked[0].headers
    assert (headers["content-type"], headers["accept"]) == ("text/csv", "application/json")

    completed(TransformInput={"ContentType": None})
    assert {"content-type", "accept"} & set(model.asked[1].headers) == set()


def test_gzip_is_undone(model: Model, bucket: Bucket) -> None:
    bucket.objects = {"in/a.csv.gz": gzip.compress(b"4\n")}
    completed(TransformInput={"CompressionType": "Gzip"})

    assert (model.bodies, bucket.objects["out/a.csv.gz.out"]) == ([b"4\n"], b"8\n")


def test_a_manifest_names_the_objects(model: Model, bucket: Bucket) -> None:
    names = [{"prefix": "s3://b/other/"}, "x/c.csv"]
    bucket.objects |= {"list.json": json.dumps(names).encode(), "other/x/c.csv": b"6\n"}
    source = {"S3DataType": "ManifestFile", "S3Uri": "s3://b/list.json"}
    completed(TransformInput={"DataSource": {"S3DataSource": source}})

    assert model.bodies == [b"6\n"]
    assert bucket.objects["out/x/c.csv.out"] == b"12\n"


def test_rows_are_filtered_and_joined(model: Model, bucket: Bucket) -> None:
    bucket.objects["in/a.csv"] = b"id-1,3,4\nid-2,5,6\n"
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    completed(DataProcessing=processing)

    assert model.bodies == [b"3,4\n5,6\n"]
    assert bucket.objects["out/a.csv.out"] == b"id-1,6\nid-2,10\n"


def test_outputs_are_encrypted_with_the_key_of_the_request(bucket: Bucket) -> None:
    completed()
    assert bucket.arguments["out/a.csv.out"] == {}

    completed(TransformOutput={"KmsKeyId": "key"})
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "key"}
    assert bucket.arguments["out/a.csv.out"] == encrypted


def test_the_container_says_how_it_wants_to_be_asked(model: Model) -> None:
    model.parameters = (
        b'{"BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2, "MaxConcurrentTransforms": 2}'
    )
    completed()

    assert sorted(model.bodies) == [b"1,x", b"2,x", b"3,x"]


def test_the_environment_is_the_models_with_the_jobs_over_it(model: Model) -> None:
    completed(Environment={"B": "job"}, MaxPayloadInMB=2)
    (environment,) = model.environments

    assert (environment["A"], environment["B"]) == ("model", "job")
    assert (environment["SAGEMAKER_BATCH"], environment["SAGEMAKER_MAX_PAYLOAD_IN_MB"]) == (
        "true",
        "2",
    )
    assert "SAGEMAKER_BATCH_STRATEGY" not in environment


def test_objects_are_dealt_out_to_instances(model: Model, bucket: Bucket) -> None:
    bucket.objects |= {"in/b.csv": b"4\n", "in/c.csv": b"5\n"}
    completed(TransformResources={"InstanceCount": 2})
    assert len(model.processes) == 2

    completed(TransformResources={"InstanceCount": 5})
    assert len(model.processes) == 2 + 3  # one for each object, no more
    assert not any(process.running for process in model.processes)


def test_a_job_is_described_as_it_was_asked_for_with_the_defaults_of_aws(told: list[Any]) -> None:
    job = batch.job(
        TransformInput={"SplitType": "TFRecord"},
        DataProcessing={"JoinSource": "Input"},
        Tags=[{"Key": "team", "Value": "a"}],
    )
    job.emit()

    described = job.document
    assert (
        described["TransformJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:transform-job/job"
    )
    assert (described["TransformJobStatus"], described["ModelName"]) == ("InProgress", "model")
    split, compression = (described["TransformInput"][n] for n in ("SplitType", "CompressionType"))
    assert (split, compression) == ("TFRecord", "None")
    assert described["TransformOutput"]["KmsKeyId"] == ""
    joined = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "Input"}
    assert described["DataProcessing"] == joined
    assert "MaxPayloadInMB" not in described and "Tags" not in described
    (event,) = told
    assert event.detail == {**described, "Tags": {"team": "a"}}
    assert event.resources == [job.arn]
