"""SageMaker's files of a training job, each with what it may not hold."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from container.contract.errors import InputError
from container.contract.job import (
    Channel,
    checkpoint_folder,
    read_channels,
    read_document,
    read_hyperparameters,
    read_numbers,
)
from container.contract.layout import Layout


def layout(base: Path, name: str = "", document: Any = None) -> Layout:
    if name:
        folder = base / "input/config"
        folder.mkdir(parents=True, exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document)
        (folder / name).write_text(text)
    return Layout(base)


def test_hyperparameters_are_texts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"hyperparameters.json: the file is missing"):
        read_hyperparameters(layout(tmp_path))
    assert read_hyperparameters(layout(tmp_path, "hyperparameters.json", {"a": "1"})) == {"a": "1"}
    with pytest.raises(InputError, match="b must be text, as SageMaker sends it; got 1; put it"):
        read_hyperparameters(layout(tmp_path, "hyperparameters.json", {"a": "1", "b": 1}))


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("1.5", 1.5), ("1e3", 1000), (" 2 ", 2)])
def test_numbers_are_read_over_their_defaults(text: str, number: float) -> None:
    assert read_numbers({"a": text}, {"a": 7, "b": 8}) == {"a": number, "b": 8}


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "x", "", "1_0x"])
def test_a_number_below_0_or_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a must be 0 or more; got"):
        read_numbers({"a": text}, {"a": 7})


def test_another_number_is_unknown_but_for_the_one_that_tuning_adds() -> None:
    assert read_numbers({"_tuning_objective_metric": "x"}, {"a": 7}) == {"a": 7}
    with pytest.raises(InputError, match="c is unknown; use a, b"):
        read_numbers({"c": "1"}, {"a": 7, "b": math.nan})


def test_a_value_that_is_no_text_at_all_is_a_fault_of_the_caller() -> None:
    with pytest.raises(TypeError):
        read_numbers({"a": None}, {"a": 7})  # type: ignore[dict-item]


def test_without_a_description_the_folders_are_the_channels(tmp_path: Path) -> None:
    for name in ("test", "train", "other"):
        (tmp_path / "input/data" / name).mkdir(parents=True)
    (tmp_path / "input/data/validation").write_bytes(b"")

    assert read_channels(layout(tmp_path)) == {"train": Channel("", True), "test": Channel()}
    assert [*read_channels(layout(tmp_path))] == ["train", "test"]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({}, Channel("", True)),
        ({"ContentType": None, "TrainingInputMode": None, "RecordWrapperType": None}, Channel()),
        ({"TrainingInputMode": "File"}, Channel()),
        ({"TrainingInputMode": "FastFile"}, Channel()),
        ({"RecordWrapperType": "None"}, Channel()),
        ({"S3DistributionType": "ShardedByS3Key"}, Channel("", False)),
    ],
)
def test_a_channel_may_lack_what_sagemaker_leaves_out(
    tmp_path: Path, channel: dict[str, Any], expected: Channel
) -> None:
    given = {"test": channel, "train": {}, "validation": {}}
    found = read_channels(layout(tmp_path, "inputdataconfig.json", given))

    assert found == {"train": Channel(), "validation": Channel(), "test": expected}
    assert [*found] == ["train", "validation", "test"]


def test_checkpoints_are_kept_where_sagemaker_mounts_a_folder_for_them(tmp_path: Path) -> None:
    assert checkpoint_folder(layout(tmp_path)) is None
    (tmp_path / "checkpoints").mkdir()
    assert checkpoint_folder(layout(tmp_path)) == tmp_path / "checkpoints"


@pytest.mark.parametrize(
    ("document", "folder"),
    [
        ({}, "checkpoints"),
        ({"LocalPath": ""}, "checkpoints"),
        ({"LocalPath": "/opt/ml/checkpoints"}, "checkpoints"),
        ({"LocalPath": "/opt/ml/other"}, "other"),
    ],
)
def test_a_job_says_where_its_checkpoints_are(
    tmp_path: Path, document: dict[str, str], folder: str
) -> None:
    found = checkpoint_folder(layout(tmp_path, "checkpointconfig.json", document))

    assert found == tmp_path / folder


@pytest.mark.parametrize("path", ["checkpoints", "./x", 5, ["/x"]])
def test_a_folder_of_checkpoints_that_is_no_whole_path_is_refused(
    tmp_path: Path, path: object
) -> None:
    with pytest.raises(InputError, match="LocalPath must be a path that begins with /"):
        checkpoint_folder(layout(tmp_path, "checkpointconfig.json", {"LocalPath": path}))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"not JSON \("),
        ("{", r"not JSON \("),
        ("[" * 100_000, r"not JSON \("),
        ("[]", "must hold an object; got list"),
        ("null", "must hold an object; got NoneType"),
    ],
)
def test_a_file_that_is_no_object_is_refused_by_its_name(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(InputError, match=f"input/config/x.json: {complaint}"):
        read_document(layout(tmp_path, "x.json", text), "x.json")


def test_an_error_that_says_nothing_of_the_file_is_not_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = layout(tmp_path, "x.json", {})

    def broken(content: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("container.contract.job.json.loads", broken)

    with pytest.raises(ZeroDivisionError):
        read_document(given, "x.json")
