"""Removal of objects, images and model versions, which CloudFormation does not delete itself."""

import contextlib
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
from config.parameter_names import newest_data_parameter
from config.s3_layout import model_prefix
from config.stack_names import REGISTRY, STORAGE, training_stack

_MOST_AT_ONCE = 1_000
_BUCKETS = (DATA_BUCKET_NAME, ARTIFACTS_BUCKET_NAME, MONITORING_BUCKET_NAME, LOGS_BUCKET_NAME)


def storage_buckets(storage: DeployedStack | None) -> list[str]:
    """Return the buckets of the Storage stack, the bucket of access logs last."""
    return [storage.outputs[key] for key in _BUCKETS if storage and key in storage.outputs]


def own_buckets(env: Environment) -> list[str]:
    """Return the buckets of the environment; an existing one has objects of other users."""
    existing = (env.config.existing.data_bucket, env.config.existing.artifacts_bucket)
    return [name for name in storage_buckets(env.stack(STORAGE)) if name not in existing]


def remove_contents(env: Environment, on_step: Callable[[str], None]) -> None:
    """Remove what their stacks cannot be deleted with: model versions and images."""
    for model in env.config.models:
        on_step(f"model versions of {model}")
        if training := env.stack(training_stack(model)):
            remove_versions(env, training)
    if env.config.existing.repository is None:
        on_step("images")
        _remove_images(env)


def remove_objects(env: Environment, on_step: Callable[[str], None]) -> None:
    """Remove every version of every object, and what the workflows wrote beside."""
    for bucket in own_buckets(env):
        on_step(f"bucket {bucket}")
        _empty_bucket(env.aws("s3"), bucket)
    for model in env.config.models:
        remove_newest_data(env, model)


def remove_model_objects(env: Environment, model: str) -> None:
    """Remove every object of one model, and the parameter with its newest data version."""
    for bucket in own_buckets(env):
        _empty_bucket(env.aws("s3"), bucket, model_prefix(model))
    remove_newest_data(env, model)


def remove_newest_data(env: Environment, model: str) -> None:
    """Remove the parameter that the workflow of a model writes; none is fine."""
    ssm = env.aws("ssm")
    with contextlib.suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=newest_data_parameter(env.config.stage, model))


def remove_versions(env: Environment, training: DeployedStack) -> None:
    """Remove every version of the model package group of a Training stack."""
    group = training.outputs.get(MODEL_PACKAGE_GROUP_NAME)
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


def _empty_bucket(s3: Any, bucket: str, prefix: str = "") -> None:
    try:
        for page in s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": _MOST_AT_ONCE}
        ):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            if keys:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
    except s3.exceptions.NoSuchBucket:
        return
