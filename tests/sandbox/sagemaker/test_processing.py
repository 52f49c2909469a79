"""What a processing job copies in and out, and which requests are refused."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.s3 import transfers
from sandbox.sagemaker import processing
from sandbox.sagemaker.jobs import JobError
from sandbox.sagemaker.processing import ProcessingJob
from sandbox.state import context
from sandbox.state.stores import Place
from tests.templates.environments import merged

HERE = Place("123456789012", "us-east-1")
REQUEST: dict[str, Any] = {
    "ProcessingJobName": "job",
    "AppSpecification": {"ImageUri": "image"},
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1}},
}


class Refused(Exception):
    """An error of S3."""


@pytest.fixture(autouse=True)
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was copied, as the address and the folder."""
    found: list[tuple[str, str]] = []
    errors = SimpleNamespace(exceptions=SimpleNamespace(ClientError=Refused))
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(transfers, "s3", lambda *_: errors)
    monkeypatch.setattr(
        transfers, "require", lambda uri, folder, caller: found.append((uri, folder.name))
    )
    monkeypatch.setattr(
        transfers, "upload", lambda folder, uri, caller: found.append((folder.name, uri))
    )
    return found


def job(**changes: Any) -> ProcessingJob:
    return ProcessingJob(HERE, merged(REQUEST, changes))


def source(path: str = "/opt/ml/processing/in", uri: str = "s3://b/in") -> dict[str, Any]:
    return {"InputName": "i", "S3Input": {"S3Uri": uri, "LocalPath": path}}


def output(mode: str = "EndOfJob", path: str = "/opt/ml/processing/out") -> dict[str, Any]:
    where = {"S3Uri": "s3://b/out", "LocalPath": path, "S3UploadMode": mode}
    return {"ProcessingOutputConfig": {"Outputs": [{"S3Output": where}, {"FeatureStore": 1}]}}


def test_inputs_are_copied_below_the_folder_of_the_job(moved: list[Any]) -> None:
    deep = source("/opt/ml/processing/deep/more", "s3://b/more")
    one = job(ProcessingInputs=[source(), source(), deep], **output())

    one.prepare_folders()

    assert moved == [("s3://b/in", "in"), ("s3://b/in", "in"), ("s3://b/more", "more")]
    assert (one.folder / "processing/out").is_dir()
    config = json.loads((one.folder / "config/processingjobconfig.json").read_text())
    assert config["ProcessingJobName"] == "job"


@pytest.mark.parametrize(
    "path", ["/opt/ml/input", "/tmp", "/opt/ml/processing/../../../x", "processing/in"]
)
def test_a_folder_elsewhere_is_refused(path: str) -> None:
    for changes in ({"ProcessingInputs": [source(path)]}, output(path=path)):
        with pytest.raises(JobError, match="use a folder below /opt/ml/processing"):
            job(**changes).prepare_folders()
        (context.current().folder / "processing-jobs").rename(
            context.current().folder / f"done-{len(list(context.current().folder.iterdir()))}"
        )


@pytest.mark.parametrize(
    ("succeeded", "mode", "uploaded"),
    [
        (True, "EndOfJob", True),
        (True, "Continuous", True),
        (False, "Continuous", True),
        (False, "EndOfJob", False),
    ],
)
def test_outputs_are_uploaded_after_success_or_all_the_time(
    succeeded: bool, mode: str, uploaded: bool, moved: list[Any]
) -> None:
    one = job(**output(mode))
    one.prepare_folders()

    one.upload_outputs(succeeded)

    assert moved == ([("out", "s3://b/out")] if uploaded else [])
    assert "ExitMessage" not in one.document


def test_a_job_says_something_at_its_end() -> None:
    one = job()
    one.prepare_folders()
    (one.folder / "output/message").write_text("m" * 2_000)

    one.upload_outputs(True)

    assert one.document["ExitMessage"] == "m" * 1_024


@pytest.mark.parametrize(
    ("error", "raised"),
    [(Refused("no"), JobError), (OSError("no"), JobError), (KeyError("no"), KeyError)],
)
def test_an_upload_that_fails_fails_the_job(
    error: Exception, raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(**output())
    one.prepare_folders()

    def fail(*given: Any) -> None:
        raise error

    monkeypatch.setattr(transfers, "upload", fail)

    with pytest.raises(raised):
        one.upload_outputs(True)


def test_a_job_runs_process_or_what_its_request_names() -> None:
    image: Any = SimpleNamespace(program=lambda name: f"/bin/{name}")
    own = {"ContainerEntrypoint": ["own", "/opt/ml/x"], "ContainerArguments": ["y"]}

    assert job().command(image) == ["/bin/process"]
    one = job(AppSpecification=own)
    assert one.command(image) == ["/bin/own", "/opt/ml/x", "y"]
    assert [job(NetworkConfig={"EnableNetworkIsolation": on}).isolated for on in (True, False)] == [
        True,
        False,
    ]


def test_what_a_program_is_given_below_opt_ml_is_in_the_folder_of_the_job(tmp_path: Path) -> None:
    image: Any = SimpleNamespace(path="/bin", folder=tmp_path)
    one = job(NetworkConfig={"EnableNetworkIsolation": True})
    words = ["/bin/sh", "/opt/ml/processing/in/run.sh", "--to=/opt/ml/processing/out", "/opt/mlx"]

    log: Any = SimpleNamespace()
    program = one._program(image, words, "algo-1", log)

    where = f"{one.folder}/processing"
    assert program.argv == ["/bin/sh", f"{where}/in/run.sh", f"--to={where}/out", "/opt/mlx"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ProcessingJobName": "-"}, "processingJobName"),
        (
            {"ProcessingResources": {"ClusterConfig": {"InstanceCount": 2}}},
            "InstanceCount is 2, which is not emulated; set it to 1",
        ),
        (
            {"ProcessingInputs": [source(), {"InputName": "d", "DatasetDefinition": 1}]},
            "ProcessingInputs.d is no S3Input",
        ),
    ],
)
def test_a_request_that_is_not_emulated_is_refused(changes: dict[str, Any], message: str) -> None:
    processing.check(merged(REQUEST, {"ProcessingInputs": [source()]}))

    with pytest.raises(ValidationError, match=message):
        processing.check(merged(REQUEST, changes))
