"""Removal of objects, images and model versions, which CloudFormation does not delete itself."""

from collections.abc import Callable
from typing import Any

from cli.aws import aws_errors
from cli.environments.environment import DeployedStack, Environment
from config.outputs import (
    ARTIFACTS_BUCKET_NAME,
    DATA_BUCKET_NAME,
    LOGS_BUCKET_NAME,
    MODEL_PACKAGE_GROUP_NAME,
    MONITORING_BUCKET_NAME,
    REPOSITORY_NAME,
)
from config.stack_names import REGISTRY, STORAGE, training_stack

_MOST_AT_ONCE = 1_000
_BUCKETS = (DATA_BUCKET_NAME, ARTIFACTS_BUCKET_NAME, MONITORING_BUCKET_NAME, LOGS_BUCKET_NAME)


def storage_buckets(storage: DeployedStack | None) -> list[str]:
    """Return the buckets of the Storage stack, the bucket of access logs last."""
    return [storage.outputs[key] for key in _BUCKETS if storage and key in storage.outputs]


def remove_data(env: Environment, on_step: Callable[[str], None]) -> None:
    """Remove model versions, images and every version of every object of an environment."""
    for model in env.config.models:
        on_step(f"model versions of {model}")
        _remove_packages(env, model)
    if env.config.existing.repository is None:
        on_step("images")
        _remove_images(env)
    existing = (env.config.existing.data_bucket, env.config.existing.artifacts_bucket)
    for bucket in storage_buckets(env.stack(STORAGE)):
        # An existing bucket has objects of other users.
        if bucket in existing:
            continue
        on_step(f"bucket {bucket}")
        _empty_bucket(env.aws("s3"), bucket)


def _remove_packages(env: Environment, model: str) -> None:
    training = env.stack(training_stack(model))
    group = training.outputs.get(MODEL_PACKAGE_GROUP_NAME) if training else None
    if group is None:
        return
    sagemaker = env.aws("sagemaker")
    try:
        pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
        arns = [
            item["ModelPackageArn"] for page in pages for item in page["ModelPackageSummaryList"]
        ]
    except sagemaker.exceptions.ClientError as error:
        if aws_errors.is_missing(error):
            return
        raise
    for arn in arns:
        sagemaker.delete_model_package(ModelPackageName=arn)


def _remove_images(env: Environment) -> None:
    registry = env.stack(REGISTRY)
    repository = registry.outputs.get(REPOSITORY_NAME) if registry else None
    if repository is None:
        return
    ecr = env.aws("ecr")
    try:
        pages = ecr.get_paginator("list_images").paginate(repositoryName=repository)
        images = [image for page in pages for image in page["imageIds"]]
    except ecr.exceptions.RepositoryNotFoundException:
        return
    for start in range(0, len(images), 100):
        ecr.batch_delete_image(repositoryName=repository, imageIds=images[start : start + 100])


def _empty_bucket(s3: Any, bucket: str) -> None:
    try:
        for page in s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": _MOST_AT_ONCE}
        ):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            if keys:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
    except s3.exceptions.NoSuchBucket:
        return
