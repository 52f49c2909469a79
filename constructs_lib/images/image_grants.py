"""What may be done with the images of a repository, whoever made it."""

from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from constructs_lib.access.wildcards import acknowledge_wildcard


class ImageGrants:
    """A repository as everything here uses it: its name and its grants."""

    if TYPE_CHECKING:
        # Only said, not defined: ECR's own repository has them, and grants that these replace.
        @property
        def repository_arn(self) -> str: ...

        @property
        def repository_name(self) -> str: ...

        @property
        def repository_uri(self) -> str: ...

    @cached_property
    def arn(self) -> str:
        """The ARN, asked of the CDK once."""
        return self.repository_arn

    @cached_property
    def uri(self) -> str:
        """Where Docker finds it, asked of the CDK once."""
        return self.repository_uri

    def image_uri(self, tag: str) -> str:
        """The image as a job or a model names it."""
        return f"{self.uri}:{tag}"

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
            grantee=grantee, actions=actions, resource_arns=[self.arn]
        )


def _grant_sign_in(grantee: iam.IGrantable) -> None:
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["ecr:GetAuthorizationToken"], resource_arns=["*"]
    )
    acknowledge_wildcard(
        grantee, "*", "ecr:GetAuthorizationToken signs in to the registry and takes no resource"
    )
