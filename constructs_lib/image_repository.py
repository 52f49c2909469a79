"""Where the training and inference images live; a tag means one content forever."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from config.schema import EnvironmentConfig
from constructs_lib.platform_key import PlatformKey
from constructs_lib.wildcards import acknowledge_wildcard

KEPT_IMAGES = 50


class ImageRepository(ecr.Repository):
    """A private repository: immutable tags, scanned on push, old images expire."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: PlatformKey
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=key,
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

    def image_uri(self, tag: str) -> str:
        """The image as a job or a model names it."""
        return self.repository_uri_for_tag(tag)

    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` download images, and sign in for that."""
        _grant_sign_in(grantee)
        return self._grant(
            grantee,
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        )

    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` upload images, and sign in for that."""
        _grant_sign_in(grantee)
        return self._grant(
            grantee,
            [
                "ecr:BatchCheckLayerAvailability",
                # BuildKit asks for the manifest before it uploads one.
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
        )

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` ask whether an image exists."""
        return self._grant(grantee, ["ecr:DescribeImages"])

    def _grant(self, grantee: iam.IGrantable, actions: list[str]) -> iam.Grant:
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[self.repository_arn]
        )


def _grant_sign_in(grantee: iam.IGrantable) -> None:
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["ecr:GetAuthorizationToken"], resource_arns=["*"]
    )
    acknowledge_wildcard(
        grantee, "*", "ecr:GetAuthorizationToken signs in to the registry and takes no resource"
    )
