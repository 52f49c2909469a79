"""Cross-account read access to registered models, in four resource policies.

They are of the bucket that holds the artifact, the key that encrypts it, the repository that holds
the image, and the model package group that lists the versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from config.s3_layout import EVALUATION, TRAINING, model_prefix

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.images.image_grants import ImageGrants
    from constructs_lib.storage.bucket_grants import BucketGrants
    from constructs_lib.storage.key_grants import KeyGrants

_READ_VERSIONS = [
    "sagemaker:DescribeModelPackage",
    "sagemaker:DescribeModelPackageGroup",
    "sagemaker:ListModelPackages",
]
_PULL = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
]


def share_artifacts(config: EnvironmentConfig, *, bucket: BucketGrants, key: KeyGrants) -> None:
    """Let the accounts of `sharing` read models and their evaluations, through S3 only."""
    if not config.sharing.accounts:
        return
    # An existing bucket or key would ignore this; the configuration refuses to share one.
    bucket.resource.add_to_resource_policy(
        iam.PolicyStatement(
            sid="SharedArtifacts",
            principals=_accounts(config),
            actions=["s3:GetObject"],
            resources=[
                f"{bucket.arn}/{model_prefix(model)}{folder}/*"
                for model in config.models
                for folder in (TRAINING, EVALUATION)
            ],
        )
    )
    stack = key.resource.stack
    key.resource.add_to_resource_policy(
        iam.PolicyStatement(
            sid="SharedArtifacts",
            principals=_accounts(config),
            actions=["kms:Decrypt"],
            resources=["*"],
            # The bucket decides which objects; nothing else may be decrypted with this key.
            conditions={
                "StringEquals": {"kms:ViaService": f"s3.{stack.region}.{stack.url_suffix}"}
            },
        )
    )


def share_images(config: EnvironmentConfig, *, repository: ImageGrants) -> None:
    """Let the accounts of `sharing` pull images; ECR decrypts them itself."""
    if not config.sharing.accounts:
        return
    repository.resource.add_to_resource_policy(
        iam.PolicyStatement(sid="SharedImages", principals=_accounts(config), actions=_PULL)
    )


def shared_versions(config: EnvironmentConfig, arns: list[str]) -> iam.PolicyDocument | None:
    """Return the policy of a model package group that the accounts of `sharing` may read."""
    if not config.sharing.accounts:
        return None
    statement = iam.PolicyStatement(
        sid="SharedVersions",
        principals=_accounts(config),
        actions=_READ_VERSIONS,
        resources=arns,
    )
    return iam.PolicyDocument(statements=[statement])


def _accounts(config: EnvironmentConfig) -> list[iam.IPrincipal]:
    return [iam.AccountPrincipal(account) for account in config.sharing.accounts]
