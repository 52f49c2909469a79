import json
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from tests.cli.terminal import kiban, require_one_line
from tests.cli.uploads import ROWS, put_command, uploaded_keys


@pytest.mark.parametrize("version", ["a/b", "", "-x", "x" * 64, "a b"])
def test_a_data_version_that_cannot_be_a_key_is_refused(tmp_path: Path, version: str) -> None:
    words = ["data", "put", "churn", "rows.csv", f"--version={version}", "--sandbox"]

    assert "is not a version" in require_one_line(kiban(*words, folder=tmp_path), 2)


def test_a_file_becomes_three_channels_and_a_marker(
    dev: Environment, folder: Path, rows: Path
) -> None:
    screen = kiban(*put_command(rows, "v1"), folder=folder)

    assert screen.code == 0, screen.err
    assert "16 train, 2 validation, 2 test" in screen.out
    assert uploaded_keys(dev, "v1") == [
        "churn/v1/_READY",
        *(
            f"churn/v1/{channel}/{name}"
            for channel in ("test", "train", "validation")
            for name in ("_columns.json", "rows.csv")
        ),
    ]
    bucket = dev.output("Storage", "DataBucketName")
    body = dev.aws("s3").get_object(Bucket=bucket, Key="churn/v1/train/rows.csv")["Body"].read()
    assert len(body.splitlines()) == 16
    assert b"benign" not in body


def test_an_existing_version_is_refused_and_stays_as_it_was(
    dev: Environment, folder: Path, rows: Path
) -> None:
    assert kiban(*put_command(rows, "twice"), "--json", folder=folder).code == 0
    bucket = dev.output("Storage", "DataBucketName")
    before = dev.aws("s3").head_object(Bucket=bucket, Key="churn/twice/_READY")["VersionId"]
    rows.write_text(ROWS.replace("0.5", "0.7"))

    message = require_one_line(kiban(*put_command(rows, "twice"), folder=folder), 2)

    assert "'twice' exists" in message
    after = dev.aws("s3").head_object(Bucket=bucket, Key="churn/twice/_READY")["VersionId"]
    assert after == before


def test_labels_the_objective_cannot_learn_are_refused(
    dev: Environment, folder: Path, rows: Path
) -> None:
    words = [*put_command(rows, "labels"), "--label", "size"]

    message = require_one_line(kiban(*words, folder=folder), 2)

    assert "line 2: label 0.5 is not 0 or 1, as binary:logistic in config/dev.toml" in message
    assert uploaded_keys(dev, "labels") == []


def test_standard_input_becomes_a_data_version(dev: Environment, folder: Path, rows: Path) -> None:
    screen = kiban(*put_command(Path("-"), "typed"), folder=folder, given=rows.read_text())

    assert screen.code == 0, screen.err
    assert screen.err == ""
    assert "churn/typed/_READY" in uploaded_keys(dev, "typed")


def test_a_wrong_file_uploads_nothing(dev: Environment, folder: Path, tmp_path: Path) -> None:
    words = put_command(tmp_path / "none.csv", "none")

    assert "cannot be read" in require_one_line(kiban(*words, folder=folder), 2)
    assert uploaded_keys(dev, "none") == []


def test_a_dry_run_shows_a_table_and_uploads_nothing(
    dev: Environment, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    rows = (f"{n},{('no', 'yes')[n % 2]},{('NA', 'x', 'y')[n % 3]},{n % 7}\n" for n in range(60))
    path.write_text("id,churn,plan,size\n" + "".join(rows))
    words = [*put_command(path, "dry"), "--label", "churn", "--drop", "id", "--dry-run"]

    screen = kiban(*words, folder=folder)

    assert (screen.code, screen.err) == (0, "")
    lines = [line.split() for line in screen.out.splitlines()]
    assert ["id", "number", "0", "60", "0,", "1,", "2", "left", "out"] in lines
    assert ["plan", "text", "20", "2", "x,", "y", "2", "categories"] in lines
    assert "Nothing was uploaded; the rows would be 48 train, 6 validation, 6 test" in screen.out
    assert "label: churn: no = 0, yes = 1" in screen.out
    assert "taken as missing, besides empty cells: NA" in screen.out
    assert "warning: 2 classes have under 20 test rows (no 3, yes 3)" in screen.out
    assert uploaded_keys(dev, "dry") == []


def test_what_was_understood_is_json_for_machines(
    dev: Environment, folder: Path, rows: Path
) -> None:
    screen = kiban(*put_command(rows, "machine"), "--json", folder=folder)

    document = json.loads(screen.out)
    assert document["version"] == "machine"
    assert document["uri"].endswith("/churn/machine/")
    assert document["rows"] == {"train": 16, "validation": 2, "test": 2}
    assert document["label"] == {"name": "benign", "classes": [], "is_said": False}
    assert [column["becomes"] for column in document["columns"]] == ["label", "number"]
    dry = json.loads(kiban(*put_command(rows, "m2"), "--json", "--dry-run", folder=folder).out)
    assert dry == {**document, "version": "m2", "uri": None}
