"""Takes an approved version to another environment: image, artifact, registration, approval.

Every step looks first whether it is done, so that a promotion can be begun again at any time.
"""

import hashlib
from typing import Any

from cli.aws import aws_errors, image_copy
from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import Version
from cli.models.promotion_source import Candidate, Origin
from cli.terminal.errors import Failure, WrongInput

PROMOTED_FROM = "promoted_from"
_ETAG = "promoted-etag"


def require_gate(target: Environment, model: str, candidate: Candidate, origin: str) -> None:
    """Raise WrongInput unless the version reaches what the target asks of its own candidates.

    It is held against the gate's bound only: what is live in the target was measured on other rows.
    """
    gate = target.config.models[model].gate
    what = f"{model}: version {candidate.number} of {origin}"
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


def find(target: Environment, model: str, candidate: Candidate) -> Version | None:
    """Return the target's version that came from this one, if any did."""
    came = (
        version
        for version in model_versions.list_versions(target, model)
        if version.facts.get(PROMOTED_FROM) == candidate.version.arn
    )
    return next(came, None)


def bring_image(origin: Origin, target: Environment, candidate: Candidate) -> str:
    """Make sure the target's repository has this very image; return its address by digest."""
    repository = target.output("Registry", "RepositoryName")
    address = f"{target.output('Registry', 'RepositoryUri')}@{candidate.digest}"
    if not image_copy.has(target.connection, repository, candidate.digest):
        image_copy.copy(origin.connection, candidate.image, target.connection, repository)
    if not image_copy.has(target.connection, repository, candidate.digest):
        raise Failure(f"image {address}: did not arrive as it was; promote it again")
    return address


def bring_artifact(origin: Origin, target: Environment, model: str, candidate: Candidate) -> str:
    """Make sure the target's bucket has the model's archive; return its address."""
    bucket = target.output(STORAGE, ARTIFACTS_BUCKET_NAME)
    name = f"promoted-{origin.config.stage}-{candidate.number}"
    key = f"{model_prefix(model)}{TRAINING}/{name}/output/model.tar.gz"
    source_bucket, _, source_key = candidate.artifact.removeprefix("s3://").partition("/")
    source, s3 = origin.connection.client("s3"), target.aws("s3")
    said = source.head_object(Bucket=source_bucket, Key=source_key)
    if _etag_there(s3, bucket, key) != said["ETag"]:
        s3.copy(
            {"Bucket": source_bucket, "Key": source_key},
            bucket,
            key,
            ExtraArgs={
                "Metadata": {_ETAG: said["ETag"]},
                "MetadataDirective": "REPLACE",
                # Reading another account's tags would need one more permission, for nothing.
                "TaggingDirective": "REPLACE",
            },
            SourceClient=source,
        )
    return f"s3://{bucket}/{key}"


def _etag_there(s3: Any, bucket: str, key: str) -> str:
    try:
        there = s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if aws_errors.code_of(error) in ("404", "NoSuchKey", "NotFound"):
            return ""
        raise
    return str(there["Metadata"].get(_ETAG, ""))


def register(target: Environment, model: str, candidate: Candidate, parts: dict[str, str]) -> str:
    """Register the version in the target's group, to be approved; return its ARN.

    `parts` is the container: image and artifact as they lie in the target.
    """
    group = target.output(training_stack(model), MODEL_PACKAGE_GROUP_NAME)
    facts = {**candidate.version.facts, PROMOTED_FROM: candidate.version.arn}
    specification: dict[str, Any] = {
        key: candidate.specification[key]
        for key in ("SupportedContentTypes", "SupportedResponseMIMETypes")
        if key in candidate.specification
    }
    answer = target.aws("sagemaker").create_model_package(
        ModelPackageGroupName=group,
        ModelPackageDescription=f"Promoted from {candidate.version.arn}",
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={**facts, "image_digest": candidate.digest},
        InferenceSpecification={**specification, "Containers": [parts]},
        # Asked twice, SageMaker answers with the version it made the first time.
        ClientToken=hashlib.sha256(f"{candidate.version.arn} {group}".encode()).hexdigest()[:36],
    )
    return str(answer["ModelPackageArn"])
