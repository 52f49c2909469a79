import json
from pathlib import Path

import pytest

from container.contract import job
from container.contract.errors import InputError
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

    content_type = channel.get("ContentType", "")
    assert job.read_channels(layout) == {"train": content_type, "validation": content_type}


@pytest.mark.parametrize(
    ("channels", "complaint"),
    [
        ({}, "channel train is missing; got no channel"),
        ({"validation": {}}, "channel train is missing; got validation"),
        ({"train": {}, "test": {}}, "channel test is unknown"),
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

    assert job.read_channels(Layout(tmp_path)) == {"train": ""}


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


def test_one_host_is_accepted_and_two_are_refused(tmp_path: Path) -> None:
    job.refuse_several_hosts(write(tmp_path, "resourceconfig.json", {"hosts": ["algo-1"]}))

    layout = write(tmp_path, "resourceconfig.json", {"hosts": ["algo-1", "algo-2"]})
    with pytest.raises(InputError, match="trains on one host; got 2"):
        job.refuse_several_hosts(layout)


def test_a_hyperparameter_that_is_no_text_is_refused(tmp_path: Path) -> None:
    layout = write(tmp_path, "hyperparameters.json", {"num_round": 5})

    with pytest.raises(InputError, match="num_round must be text, as SageMaker sends it; got 5"):
        job.read_hyperparameters(layout)
