"""A job is described with what SDKs read of every job, given or not."""

from sandbox.sagemaker import training_description

OUTPUT = {"S3OutputPath": "s3://bucket/models"}


def test_what_was_not_given_is_shown_as_aws_shows_it() -> None:
    shown = training_description.first({"OutputDataConfig": OUTPUT}, "s3://bucket/model.tar.gz")

    assert shown["OutputDataConfig"] == {"KmsKeyId": "", **OUTPUT}
    assert shown["EnableNetworkIsolation"] is False
    assert shown["EnableInterContainerTrafficEncryption"] is False
    assert shown["EnableManagedSpotTraining"] is False


def test_what_was_given_is_shown_as_it_was_given() -> None:
    output = {"KmsKeyId": "alias/key", **OUTPUT}
    request = {"OutputDataConfig": output, "EnableManagedSpotTraining": True}

    shown = training_description.first(request, "s3://bucket/model.tar.gz")

    assert shown["OutputDataConfig"] == output
    assert shown["EnableManagedSpotTraining"] is True
