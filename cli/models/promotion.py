"""Promotion of a model version to another environment: image, artifact, registration.

Every step is idempotent, so that a promotion can be repeated after a failure.
"""

import hashlib
from typing import Any

from cli.aws import aws_errors, image_copy
from cli.environments.environment import Environment
from cli.models import approval, model_versions
from cli.models.model_versions import ModelVersion
from cli.models.promoted_documents import PromotedDocuments
from cli.models.promotion_source import PromotionCandidate, PromotionSource
from cli.terminal.errors import Failure, WrongInput
from config.outputs import (
    ARTIFACTS_BUCKET_NAME,
    MODEL_PACKAGE_GROUP_NAME,
    REPOSITORY_NAME,
    REPOSITORY_URI,
)
from config.s3_layout import TRAINING, model_prefix
from config.stack_names import REGISTRY, STORAGE, training_stack
from config.version_facts import ACCEPTED_SCHEMA_CHANGE, SCHEMA_CHANGE

PROMOTED_FROM = "promoted_from"
_ETAG = "promoted-etag"


def require_gate(
    target: Environment, model: str, candidate: PromotionCandidate, source: str
) -> None:
    """Raise WrongInput unless the version passes the gate of the target.

    Only the gate's bound counts: the target's live version was measured on other rows.
    """
    if approval.lacks_words(candidate.version):
        raise WrongInput(
            f"{model}: version {candidate.number} of {source} is approved there without a word "
            f"that it needs; give it with: ./kiban approve {model} {candidate.number} "
            f"--env {source}"
        )
    gate = target.config.models[model].gate
    what = f"{model}: version {candidate.number} of {source}"
    value = candidate.version.metrics.get(gate.metric)
    if value is None:
        known = ", ".join(sorted(candidate.version.metrics)) or "none"
        raise WrongInput(
            f"{what} has no metric {gate.metric}, which the gate in {target.file} asks for; it has "
            f"{known}"
        )
    passed = value <= gate.bound if gate.is_minimised else value >= gate.bound
    if not passed:
        word = "at most" if gate.is_minimised else "at least"
        raise WrongInput(
            f"{what} has {gate.metric} {value:.4f}, the gate in {target.file} asks for {word} "
            f"{gate.bound:g}; nothing was changed"
        )


def find_promoted_version(
    target: Environment, model: str, candidate: PromotionCandidate
) -> ModelVersion | None:
    """Return the target's version that was promoted from this one, if there is one."""
    promoted = (
        version
        for version in model_versions.list_versions(target, model)
        if version.facts.get(PROMOTED_FROM) == candidate.version.arn
    )
    return next(promoted, None)


def copy_image(source: PromotionSource, target: Environment, candidate: PromotionCandidate) -> str:
    """Copy the image to the target's repository unless it is there; return its URI by digest."""
    repository = target.output(REGISTRY, REPOSITORY_NAME)
    address = f"{target.output(REGISTRY, REPOSITORY_URI)}@{candidate.digest}"
    if not image_copy.has_image(target.connection, repository, candidate.digest):
        image_copy.copy_image(source.connection, candidate.image, target.connection, repository)
    if not image_copy.has_image(target.connection, repository, candidate.digest):
        raise Failure(f"image {address}: did not arrive as it was; promote it again")
    return address


def copy_artifact(
    source: PromotionSource, target: Environment, model: str, candidate: PromotionCandidate
) -> str:
    """Copy the model's archive to the target's bucket unless it is there; return its S3 URI."""
    bucket = target.output(STORAGE, ARTIFACTS_BUCKET_NAME)
    name = f"promoted-{source.config.stage}-{candidate.number}"
    key = f"{model_prefix(model)}{TRAINING}/{name}/output/model.tar.gz"
    source_bucket, _, source_key = candidate.artifact.removeprefix("s3://").partition("/")
    source_s3, s3 = source.connection.client("s3"), target.aws("s3")
    original = source_s3.head_object(Bucket=source_bucket, Key=source_key)
    if _copied_etag(s3, bucket, key) != original["ETag"]:
        s3.copy(
            {"Bucket": source_bucket, "Key": source_key},
            bucket,
            key,
            ExtraArgs={
                "Metadata": {_ETAG: original["ETag"]},
                "MetadataDirective": "REPLACE",
                # Reading another account's tags would need one more permission, for nothing.
                "TaggingDirective": "REPLACE",
            },
            SourceClient=source_s3,
        )
    return f"s3://{bucket}/{key}"


def _copied_etag(s3: Any, bucket: str, key: str) -> str:
    try:
        copied = s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if aws_errors.code_of(error) in ("404", "NoSuchKey", "NotFound"):
            return ""
        raise
    return str(copied["Metadata"].get(_ETAG, ""))


def register_version(
    target: Environment,
    model: str,
    candidate: PromotionCandidate,
    parts: dict[str, str],
    documents: PromotedDocuments,
) -> str:
    """Register the version in the target's package group, pending approval; return its ARN.

    `parts` is the container: image and artifact as they lie in the target, as `documents` do. Its
    environment is the original's, which says what digest the model has.
    """
    group = target.output(training_stack(model), MODEL_PACKAGE_GROUP_NAME)
    # Whether its columns are new here has been asked of what is live here.
    asked = (SCHEMA_CHANGE, ACCEPTED_SCHEMA_CHANGE)
    facts = {key: value for key, value in candidate.version.facts.items() if key not in asked}
    facts |= {**documents.facts, PROMOTED_FROM: candidate.version.arn}
    original = candidate.package["InferenceSpecification"]
    specification: dict[str, Any] = {
        key: original[key]
        for key in ("SupportedContentTypes", "SupportedResponseMIMETypes")
        if key in original
    }
    (served,) = original["Containers"]
    container = {**parts, "Environment": served.get("Environment", {})}
    response = target.aws("sagemaker").create_model_package(
        ModelPackageGroupName=group,
        ModelPackageDescription=f"Promoted from {candidate.version.arn}",
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={**facts, "image_digest": candidate.digest},
        InferenceSpecification={**specification, "Containers": [container]},
        **documents.members,
        # With the same token SageMaker returns the version it registered the first time.
        ClientToken=hashlib.sha256(f"{candidate.version.arn} {group}".encode()).hexdigest()[:36],
    )
    return str(response["ModelPackageArn"])
