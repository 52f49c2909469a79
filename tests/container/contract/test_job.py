import json
from pathlib import Path

import pytest

from container.contract import job
from container.contract.errors import InputError
from container.contract.job import read_numbers
from container.contract.layout import Layout


def write(base: Path, name: str, document: object) -> Layout:
    folder = base / "input/config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document))
    return Layout(base)


@pytest.mark.parametrize(
    "channel",
    [
        {},
        {"ContentType": "text/csv"},
        {"ContentType": "csv", "TrainingInputMode": "FastFile"},
        {"ContentType": "text/csv; label_size=1", "RecordWrapperType": "None"},
    ],
)
def test_channels_are_read_with_their_content_type(tmp_path: Path, channel: dict[str, str]) -> None:
    layout = write(tmp_path, "inputdataconfig.json", {"validation": channel, "train": channel})

    expected = job.Channel(channel.get("ContentType", ""))
    assert job.read_channels(layout) == {"train": expected, "validation": expected}


@pytest.mark.parametrize(
    ("kind", "expected"), [("ShardedByS3Key", False), ("FullyReplicated", True)]
)
def test_a_channel_says_whether_all_hosts_have_the_same_files(
    tmp_path: Path, kind: str, expected: bool
) -> None:
    layout = write(tmp_path, "inputdataconfig.json", {"train": {"S3DistributionType": kind}})

    assert job.read_channels(layout) == {"train": job.Channel("", expected)}


@pytest.mark.parametrize(
    ("channels", "complaint"),
    [
        ({}, "channel train is missing; got no channel"),
        ({"validation": {}}, "channel train is missing; got validation"),
        ({"train": {}, "code": {}}, "channel code is unknown"),
        ({"train": "text/csv"}, "channel train must be an object"),
        ({"train": {"TrainingInputMode": "Pipe"}}, "TrainingInputMode Pipe is not supported"),
        ({"train": {"RecordWrapperType": "RecordIO"}}, "RecordWrapperType is not supported"),
    ],
)
def test_channels_that_cannot_be_read_are_refused(
    tmp_path: Path, channels: dict[str, object], complaint: str
) -> None:
    layout = write(tmp_path, "inputdataconfig.json", channels)

    with pytest.raises(InputError, match=complaint):
        job.read_channels(layout)


def test_without_a_description_the_folders_are_the_channels(tmp_path: Path) -> None:
    (tmp_path / "input/data/train").mkdir(parents=True)

    assert job.read_channels(Layout(tmp_path)) == {"train": job.Channel()}


def test_missing_hyperparameters_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"hyperparameters\.json: the file is missing"):
        job.read_hyperparameters(Layout(tmp_path))


def test_a_file_that_is_no_json_object_is_refused(tmp_path: Path) -> None:
    layout = write(tmp_path, "hyperparameters.json", ["num_round"])
    with pytest.raises(InputError, match="must hold an object; got list"):
        job.read_hyperparameters(layout)

    (layout.configuration / "hyperparameters.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        job.read_hyperparameters(layout)


def test_a_hyperparameter_that_is_no_text_is_refused(tmp_path: Path) -> None:
    layout = write(tmp_path, "hyperparameters.json", {"num_round": 5})

    with pytest.raises(InputError, match="num_round must be text, as SageMaker sends it; got 5"):
        job.read_hyperparameters(layout)


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"S3Uri": "s3://bucket/it"}, "checkpoints"),
        ({"S3Uri": "s3://bucket/it", "LocalPath": ""}, "checkpoints"),
        ({"LocalPath": "/opt/ml/checkpoints/"}, "checkpoints"),
        ({"LocalPath": "/opt/ml/kept/here"}, "kept/here"),
    ],
)
def test_checkpoints_lie_where_the_job_says(
    tmp_path: Path, document: dict[str, str], place: str
) -> None:
    layout = write(tmp_path, "checkpointconfig.json", document)

    assert job.checkpoint_folder(layout) == tmp_path / place


def test_checkpoints_may_lie_outside_of_sagemakers_folder(tmp_path: Path) -> None:
    layout = write(tmp_path, "checkpointconfig.json", {"LocalPath": "/mnt/checkpoints"})

    assert job.checkpoint_folder(layout) == Path("/mnt/checkpoints")


def test_a_job_without_checkpoints_has_no_folder_for_them_unless_it_is_there(
    tmp_path: Path,
) -> None:
    assert job.checkpoint_folder(Layout(tmp_path)) is None

    (tmp_path / "checkpoints").mkdir()

    assert job.checkpoint_folder(Layout(tmp_path)) == tmp_path / "checkpoints"


@pytest.mark.parametrize("place", ["checkpoints", 5, ["/opt/ml"]])
def test_a_folder_for_checkpoints_that_is_no_whole_path_is_refused(
    tmp_path: Path, place: object
) -> None:
    layout = write(tmp_path, "checkpointconfig.json", {"LocalPath": place})

    with pytest.raises(InputError, match="LocalPath must be a path that begins with /; got"):
        job.checkpoint_folder(layout)


DEFAULTS = {"epochs": 20.0, "alpha": 0.5}


def test_what_is_not_given_keeps_its_default() -> None:
    assert read_numbers({"epochs": "3"}, DEFAULTS) == {"epochs": 3.0, "alpha": 0.5}


def test_what_automatic_tuning_adds_is_left_alone() -> None:
    assert read_numbers({"_tuning_objective_metric": "validation:auc"}, DEFAULTS) == DEFAULTS


@pytest.mark.parametrize("text", ["", "many", "-1", "nan", "inf", "1e999", "0x1"])
def test_what_is_no_number_from_0_up_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=r"^input/config/hyperparameters.json: alpha must be"):
        read_numbers({"alpha": text}, DEFAULTS)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="eopchs is unknown; use epochs, alpha"):
        read_numbers({"eopchs": "1"}, DEFAULTS)
