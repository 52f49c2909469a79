"""What a training job copies in and out, and what it reads from its log."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.s3 import transfers
from sandbox.sagemaker import capacity
from sandbox.sagemaker.jobs import JobError
from sandbox.sagemaker.training import TrainingJob
from sandbox.state import context
from sandbox.state.stores import Place, now
from tests.templates.environments import merged

HERE = Place("123456789012", "us-east-1")
REQUEST: dict[str, Any] = {
    "TrainingJobName": "job",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    "OutputDataConfig": {"S3OutputPath": "s3://b/out/"},
}
FILES = ("a.csv", "deep/b.csv", "c.csv")


class Refused(Exception):
    """An error of S3."""


@pytest.fixture(autouse=True)
def uploaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What was uploaded: the address and the files."""
    found: list[tuple[str, list[str]]] = []

    def fetch(uri: str, folder: Path, caller: Any) -> int:
        for name in FILES if "data" in uri else ["old"]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
        return 1

    def pack(folder: Path, uri: str, caller: Any) -> None:
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
        found.append((uri, names))

    def put(path: Path, bucket: str, key: str, caller: Any) -> None:
        found.append((f"s3://{bucket}/{key}", [path.read_text()]))

    errors = SimpleNamespace(ClientError=Refused)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(capacity, "current", lambda: capacity.Capacity(unavailable=("ml.p3",)))
    monkeypatch.setattr(transfers, "require", fetch)
    monkeypatch.setattr(transfers, "download", fetch)
    monkeypatch.setattr(transfers, "upload_archive", pack)
    monkeypatch.setattr(transfers, "upload_file", put)
    monkeypatch.setattr(transfers, "s3", lambda *_: SimpleNamespace(exceptions=errors))
    monkeypatch.setattr(TrainingJob, "emit", lambda self: None)
    return found


def job(**changes: Any) -> TrainingJob:
    return TrainingJob(HERE, merged(REQUEST, changes))


def channel(**source: str) -> dict[str, Any]:
    where = {"S3DataSource": {"S3Uri": "s3://b/data", **source}}
    return {"InputDataConfig": [{"ChannelName": "train", "DataSource": where}]}


def received(one: TrainingJob) -> list[list[str]]:
    one.prepare_folders()
    roots = [one.folder_of(host) / "input/data/train" for host in one.hosts]
    return [
        sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        for root in roots
    ]


@pytest.mark.parametrize(
    ("hosts", "source", "expected"),
    [
        (1, {}, [["a.csv", "c.csv", "deep/b.csv"]]),
        (2, {}, [["a.csv", "c.csv", "deep/b.csv"]] * 2),
        (1, {"S3DataDistributionType": "ShardedByS3Key"}, [["a.csv", "c.csv", "deep/b.csv"]]),
        (
            2,
            {"S3DataDistributionType": "ShardedByS3Key"},
            [["a.csv", "deep/b.csv"], ["c.csv"]],
        ),
        (
            3,
            {"S3DataDistributionType": "ShardedByS3Key"},
            [["a.csv"], ["c.csv"], ["deep/b.csv"]],
        ),
        (2, {"S3DataDistributionType": "FullyReplicated"}, [["a.csv", "c.csv", "deep/b.csv"]] * 2),
    ],
)
def test_each_host_gets_all_objects_or_its_share(
    hosts: int, source: dict[str, str], expected: list[list[str]]
) -> None:
    assert received(job(ResourceConfig={"InstanceCount": hosts}, **channel(**source))) == expected


def test_a_type_that_is_not_free_fails_the_job() -> None:
    with pytest.raises(JobError, match="CapacityError: Unable to provision"):
        job(ResourceConfig={"InstanceType": "ml.p3"}).prepare_folders()


def test_checkpoints_come_back_and_only_what_changed_is_saved(uploaded: list[Any]) -> None:
    one = job(CheckpointConfig={"S3Uri": "s3://b/kept"})
    one.prepare_folders()
    folder = one.folder / "checkpoints"
    assert (folder / "old").read_text() == "old"

    one.run_periodically()
    assert uploaded == []
    (folder / "new").write_text("1")
    one.run_periodically()
    one.run_periodically()
    (folder / "new").write_text("22")
    one.run_periodically()

    assert uploaded == [("s3://b/kept/new", ["1"]), ("s3://b/kept/new", ["22"])]


def test_a_checkpoint_that_vanishes_is_tried_again_and_a_bug_is_not_hidden(
    uploaded: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(CheckpointConfig={"S3Uri": "s3://b/kept", "LocalPath": "/opt/ml/own/place"})
    one.prepare_folders()
    (one.folder / "own/place/new").write_text("1")
    put = transfers.upload_file

    def fail(error: Exception) -> None:
        def raising(*given: Any) -> None:
            raise error

        monkeypatch.setattr(transfers, "upload_file", raising)

    fail(FileNotFoundError())
    one.run_periodically()
    fail(KeyError("a bug"))
    with pytest.raises(KeyError):
        one.run_periodically()
    monkeypatch.setattr(transfers, "upload_file", put)
    one.run_periodically()

    assert uploaded == [("s3://b/kept/new", ["1"])]


def test_a_job_without_checkpoints_saves_none(uploaded: list[Any]) -> None:
    one = job()
    one.prepare_folders()
    one.run_periodically()

    assert uploaded == []
    assert not (one.folder / "checkpoints").exists()


@pytest.mark.parametrize("succeeded", [True, False])
def test_what_all_hosts_left_is_packed_and_a_model_only_of_success(
    succeeded: bool, uploaded: list[Any]
) -> None:
    one = job(ResourceConfig={"InstanceCount": 2})
    one.prepare_folders()
    for host in one.hosts:
        (one.folder_of(host) / "model" / host).write_text("m")
        (one.folder_of(host) / "output/data" / host).write_text("o")

    one.upload_outputs(succeeded)

    model = ("s3://b/out/job/output/model.tar.gz", ["algo-1", "algo-2"])
    output = ("s3://b/out/job/output/output.tar.gz", ["algo-1", "algo-2"])
    assert uploaded == ([model, output] if succeeded else [output])
    steps = [step["Status"] for step in one.document["SecondaryStatusTransitions"]]
    assert ("Uploading" in steps) is succeeded


@pytest.mark.parametrize(
    ("error", "raised"),
    [(Refused("no"), JobError), (OSError("no"), JobError), (KeyError(), KeyError)],
)
def test_an_upload_that_fails_fails_the_job(
    error: Exception, raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job()
    one.prepare_folders()

    def fail(*given: Any) -> None:
        raise error

    monkeypatch.setattr(transfers, "upload_archive", fail)

    with pytest.raises(raised) as caught:
        one.upload_outputs(True)
    if raised is JobError:
        assert str(caught.value) == "ClientError: Artifact upload failed: no"


def test_the_last_value_of_each_metric_is_read_from_the_log() -> None:
    metrics = [{"Name": "auc", "Regex": "auc:([0-9.]+)"}, {"Name": "f1", "Regex": "f1:([0-9.]+)"}]
    one = job(AlgorithmSpecification={"MetricDefinitions": metrics})
    one.prepare_folders()
    one.lines = ["auc:0.5", "auc:0.75 now", "end"]

    one.upload_outputs(True)

    (found,) = one.document["FinalMetricDataList"]
    assert (found["MetricName"], found["Value"]) == ("auc", 0.75)


def test_each_step_ends_when_the_next_begins() -> None:
    one = job()
    one.add_secondary_status("Training", "now")

    first, second = one.document["SecondaryStatusTransitions"]
    assert first["EndTime"] == second["StartTime"]
    assert "EndTime" not in second
    assert (one.document["SecondaryStatus"], one.status) == ("Training", "InProgress")


@pytest.mark.parametrize(("seconds", "billed"), [(0.2, 1), (1.4, 1), (90.6, 91)])
def test_a_second_is_billed_at_least(seconds: float, billed: int) -> None:
    one, ended = job(), now()
    one.document["TrainingStartTime"] = ended - timedelta(seconds=seconds)

    assert one.final_fields(ended) == {
        "TrainingTimeInSeconds": billed,
        "BillableTimeInSeconds": billed,
    }


def test_a_job_runs_train_or_what_its_request_names() -> None:
    image: Any = SimpleNamespace(program=lambda name: f"/bin/{name}")
    own = {"ContainerEntrypoint": ["own", "-x"], "ContainerArguments": ["y"]}

    assert job().command(image) == ["/bin/train"]
    assert job(AlgorithmSpecification=own).command(image) == ["/bin/own", "-x", "y"]
    named = job(Environment={"A": "b"}).environment()
    assert named == {
        "TRAINING_JOB_NAME": "job",
        "TRAINING_JOB_ARN": HERE.arn("training-job", "job"),
        "A": "b",
    }
    assert [job(EnableNetworkIsolation=on).isolated for on in (True, False)] == [True, False]
    assert job(ResourceConfig={"InstanceCount": 2}).hosts == ["algo-1", "algo-2"]
