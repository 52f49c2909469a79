"""Where the training and inference images live; a tag means one content forever."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.images.image_grants import ImageGrants
from constructs_lib.storage.key_grants import KeyGrants

KEPT_IMAGES = 50


class ImageRepository(ImageGrants, ecr.Repository):
    """A private repository: immutable tags, scanned on push, old images expire."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: KeyGrants
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=key.resource,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description="Images nobody can name any more",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=Duration.days(7),
                    rule_priority=1,
                ),
                ecr.LifecycleRule(
                    description=f"The newest {KEPT_IMAGES} stay, older models are retrained",
                    tag_status=ecr.TagStatus.ANY,
                    max_image_count=KEPT_IMAGES,
                    rule_priority=2,
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY,
            empty_on_delete=not config.keeps_data,
        )
