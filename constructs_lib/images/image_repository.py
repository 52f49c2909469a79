"""ECR repository of the training and inference image, existing or new; tags are immutable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from constructs_lib.images.image_grants import ImageGrants

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.storage.key_grants import KeyGrants

KEPT_IMAGES = 50


class ImageRepository(ecr.Repository):
    """A private repository: immutable tags, scanned on push, old images expire."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption_key=key.resource,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description="Images nobody can name any more",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=Duration.days(7),
                ),
                ecr.LifecycleRule(
                    description=f"The newest {KEPT_IMAGES} stay, older models are retrained",
                    max_image_count=KEPT_IMAGES,
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY,
            empty_on_delete=not config.keeps_data,
        )


def image_repository(
    scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
) -> ImageGrants:
    """Return the repository of `existing.repository`, or make one where the file names none."""
    if config.existing.repository is not None:
        owner = Construct(scope, construct_id)
        return ImageGrants(_existing_repository(owner, config.existing.repository))
    return ImageGrants(ImageRepository(scope, construct_id, config=config, key=key))


def _existing_repository(scope: Construct, name: str) -> ecr.IRepository:
    """Import a repository that is never changed or deleted, and print what it must be like."""
    Annotations.of(scope).add_info(
        f"repository {name} is used as it is: immutable tags, scanning, encryption and expiry "
        "are its owner's, as docs/existing.md shows"
    )
    return ecr.Repository.from_repository_name(scope, "Resource", name)
