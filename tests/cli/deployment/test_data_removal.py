from cli.deployment import data_removal
from cli.environments.environment import Environment
from cli.models import model_versions


def test_emptying_removes_every_version_of_every_object(dev: Environment) -> None:
    s3, bucket = dev.aws("s3"), dev.output("Storage", "ArtifactsBucketName")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz", Body=body)
    s3.delete_object(Bucket=bucket, Key="churn/training/job/output/model.tar.gz")

    data_removal.remove_data(dev, lambda _: None)

    left = s3.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) == left.get("DeleteMarkers", []) == []
    assert model_versions.list_versions(dev, "churn") == []
