from datetime import UTC, datetime

from cli.deployment import data_removal
from cli.environments.environment import DeployedStack, Environment
from cli.models import model_versions
from config import outputs


def test_emptying_removes_every_version_of_every_object(dev: Environment) -> None:
    s3, bucket = dev.aws("s3"), dev.output("Storage", "ArtifactsBucketName")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz", Body=body)
    s3.delete_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz")

    data_removal.remove_contents(dev, lambda _: None)
    data_removal.remove_objects(dev, lambda _: None)

    left = s3.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) == left.get("DeleteMarkers", []) == []
    assert model_versions.list_versions(dev, "churn") == []


def test_every_bucket_is_emptied_and_the_one_that_takes_access_logs_last() -> None:
    keys = [key for name, key in vars(outputs).items() if name.endswith("_BUCKET_NAME")]
    storage = DeployedStack(
        "kiban-dev-Storage",
        "CREATE_COMPLETE",
        datetime.now(UTC),
        {key: key.lower() for key in keys},
        {},
        is_protected=False,
    )

    emptied = data_removal.storage_buckets(storage)

    assert sorted(emptied) == sorted(key.lower() for key in keys)
    assert emptied[-1] == outputs.LOGS_BUCKET_NAME.lower()
