import json
from pathlib import Path

from cli.environments.environment import Environment
from tests.cli.terminal import kiban
from tests.cli.uploads import put_command


def test_listing_tells_a_finished_version_from_an_unfinished_one(
    dev: Environment, folder: Path, rows: Path
) -> None:
    assert kiban(*put_command(rows, "whole"), folder=folder).code == 0
    bucket = dev.output("Storage", "DataBucketName")
    dev.aws("s3").put_object(Bucket=bucket, Key="churn/half/train/rows.csv", Body=b"1,2\n")

    screen = kiban("data", "list", "churn", "--sandbox", "--json", folder=folder)

    ready = {item["name"]: item["ready"] for item in json.loads(screen.out)}
    assert (ready["whole"], ready["half"]) == (True, False)
