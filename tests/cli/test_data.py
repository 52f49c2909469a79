import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.data import data_versions
from cli.environments.environment import Environment
from tests.cli.terminal import kiban, require_one_line

ROWS = "benign,size\n" + "".join(f"{number % 2},{number}.5\n" for number in range(20))


def keys(env: Environment, version: str) -> list[str]:
    bucket = env.output("Storage", "DataBucketName")
    listed = env.aws("s3").list_objects_v2(Bucket=bucket, Prefix=f"churn/{version}/")
    return [item["Key"] for item in listed.get("Contents", [])]


def put(file: Path, version: str) -> tuple[str, ...]:
    return ("data", "put", "churn", str(file), "--version", version, "--sandbox")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def test_a_file_becomes_three_channels_and_a_marker(
    dev: Environment, folder: Path, rows: Path
) -> None:
    screen = kiban(*put(rows, "v1"), folder=folder)

    assert screen.code == 0, screen.err
    assert "16 train, 2 validation, 2 test" in screen.out
    assert keys(dev, "v1") == [
        "churn/v1/_READY",
        "churn/v1/test/rows.csv",
        "churn/v1/train/rows.csv",
        "churn/v1/validation/rows.csv",
    ]
    bucket = dev.output("Storage", "DataBucketName")
    body = dev.aws("s3").get_object(Bucket=bucket, Key="churn/v1/train/rows.csv")["Body"].read()
    assert len(body.splitlines()) == 16
    assert b"benign" not in body


def test_an_existing_version_is_refused_and_stays_as_it_was(
    dev: Environment, folder: Path, rows: Path
) -> None:
    assert kiban(*put(rows, "twice"), folder=folder).code == 0
    bucket = dev.output("Storage", "DataBucketName")
    before = dev.aws("s3").head_object(Bucket=bucket, Key="churn/twice/_READY")["VersionId"]
    rows.write_text(ROWS.replace("0.5", "0.7"))

    told = require_one_line(kiban(*put(rows, "twice"), folder=folder), 2)

    assert "'twice' exists" in told
    after = dev.aws("s3").head_object(Bucket=bucket, Key="churn/twice/_READY")["VersionId"]
    assert after == before


def lose_the_connection() -> None:
    raise ConnectionResetError


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    ("break_off", "error"),
    [(lose_the_connection, ConnectionResetError), (press_ctrl_c, KeyboardInterrupt)],
)
def test_an_upload_that_breaks_off_leaves_nothing(
    dev: Environment, break_off: Callable[[], None], error: type[BaseException]
) -> None:
    version = break_off.__name__

    with pytest.raises(error):
        data_versions.upload_version(
            dev, "churn", version, {"train": b"1,2\n", "test": b"1,2\n"}, lambda _: break_off()
        )

    assert keys(dev, version) == []


def test_labels_the_objective_cannot_learn_are_refused(
    dev: Environment, folder: Path, rows: Path
) -> None:
    words = [*put(rows, "labels"), "--label", "size"]

    told = require_one_line(kiban(*words, folder=folder), 2)

    assert "line 2: label 0.5 is not 0 or 1, as binary:logistic in config/dev.toml" in told
    assert keys(dev, "labels") == []


def test_standard_input_becomes_a_data_version(dev: Environment, folder: Path, rows: Path) -> None:
    screen = kiban(*put(Path("-"), "typed"), folder=folder, given=rows.read_text())

    assert screen.code == 0, screen.err
    assert screen.err == ""
    assert "churn/typed/_READY" in keys(dev, "typed")


def test_a_wrong_file_uploads_nothing(dev: Environment, folder: Path, tmp_path: Path) -> None:
    words = put(tmp_path / "none.csv", "none")

    assert "cannot be read" in require_one_line(kiban(*words, folder=folder), 2)
    assert keys(dev, "none") == []


def test_listing_tells_a_finished_version_from_an_unfinished_one(
    dev: Environment, folder: Path, rows: Path
) -> None:
    assert kiban(*put(rows, "whole"), folder=folder).code == 0
    bucket = dev.output("Storage", "DataBucketName")
    dev.aws("s3").put_object(Bucket=bucket, Key="churn/half/train/rows.csv", Body=b"1,2\n")

    screen = kiban("data", "list", "churn", "--sandbox", "--json", folder=folder)

    ready = {item["name"]: item["ready"] for item in json.loads(screen.out)}
    assert (ready["whole"], ready["half"]) == (True, False)
