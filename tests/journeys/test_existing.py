"""An environment moves in where others live already, works there, and leaves it as it found it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.state.clients import client, set_secret
from tests.journeys.rows import as_csv, breast_cancer
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

BUCKET, REPOSITORY = "corporate-data", "ml/models"


def aws(place: Workplace, service: str) -> Any:
    state = json.loads((place.folder / ".sandbox" / "state.json").read_text())
    set_secret(state["url"], state["secret"])
    return client(service, url=state["url"], region=state["region"])


# As docs/existing.md asks for it: without the second statement no log group can be created.
KEY_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
            for principal in (
                {"AWS": "arn:aws:iam::123456789012:root"},
                {"Service": "logs.us-east-1.amazonaws.com"},
            )
        ],
    }
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A bucket, a key and a repository with other people's things in them, named in dev's file."""
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        s3 = aws(place, "s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="others/keep.txt", Body=b"theirs")
        s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        key = aws(place, "kms").create_key(Policy=KEY_POLICY)["KeyMetadata"]["Arn"]
        aws(place, "ecr").create_repository(repositoryName=REPOSITORY)
        dev = place.file("dev")
        existing = f'key_arn = "{key}"\ndata_bucket = "{BUCKET}"\nrepository = "{REPOSITORY}"\n'
        dev.write_text(f"{dev.read_text()}\n[existing]\n{existing}")
        place.done("deploy", "--sandbox")
        yield place
    finally:
        place.kiban("down")


def test_an_upload_into_a_bucket_of_others_trains_a_model(place: Workplace) -> None:
    (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))

    place.done("data", "put", "churn", "rows.csv", "--sandbox")

    def versions() -> Any:
        return json.loads(place.done("models", "churn", "--json", "--sandbox")) or None

    (version,) = wait_for(versions, "a version trained from the bucket of others")
    images = aws(place, "ecr").list_images(repositoryName=REPOSITORY)["imageIds"]
    assert version["facts"]["image_tag"] in [image.get("imageTag") for image in images]


def test_the_file_of_a_replica_names_nothing_of_others(place: Workplace) -> None:
    said = place.done("env", "new", "second", "--from", "dev")

    assert "not copied: [existing]" in said
    assert "existing" not in place.file("second").read_text().split("\n", 1)[1]


def test_what_is_in_use_is_kept_and_the_way_to_a_change_is_said(place: Workplace) -> None:
    line = f'repository = "{REPOSITORY}"\n'
    place.edit("dev", line, "")

    refused = place.kiban("deploy", "--sandbox")

    place.edit("dev", "[existing]\n", f"[existing]\n{line}")
    assert refused.returncode == 4, refused.stdout + refused.stderr
    *steps, last = refused.stderr.splitlines()
    assert "this deployment will be refused" in last
    assert any("existing.repository" in step for step in steps)
    assert any("put existing.repository back in config/dev.toml" in step for step in steps)


def test_leaving_touches_nothing_that_was_there_before(place: Workplace) -> None:
    images = aws(place, "ecr").list_images(repositoryName=REPOSITORY)["imageIds"]

    said = place.done("destroy", "--sandbox", "--yes")

    for name in (f"bucket {BUCKET}", f"image repository {REPOSITORY}", "key arn:aws:kms:"):
        assert name in " ".join(said.split())
    theirs = aws(place, "s3").get_object(Bucket=BUCKET, Key="others/keep.txt")
    assert theirs["Body"].read() == b"theirs"
    assert aws(place, "ecr").list_images(repositoryName=REPOSITORY)["imageIds"] == images
