"""IAM grants on the images of an ECR repository, existing or new."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_ecr as ecr

    from constructs_lib.access.permissions import Permissions


class ImageGrants:
    """An ECR repository as the constructs use it: its ARN, name and URI, and its grants."""

    def __init__(self, repository: ecr.IRepository) -> None:
        self.resource = repository

    @cached_property
    def arn(self) -> str:
        """The repository's ARN; a jsii call is made for the first use only."""
        return self.resource.repository_arn

    @cached_property
    def name(self) -> str:
        """The repository's name; a jsii call is made for the first use only."""
        return self.resource.repository_name

    @cached_property
    def uri(self) -> str:
        """The repository's address for Docker; a jsii call is made for the first use only."""
        return self.resource.repository_uri

    def image_uri(self, tag: str) -> str:
        """Return the image as a job or a model names it."""
        return f"{self.uri}:{tag}"

    def grant_pull(self, grantee: Permissions) -> None:
        """Let `grantee` pull images, and get the authorization token for that."""
        _grant_authorization_token(grantee)
        grantee.allow(
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [self.arn],
        )

    def grant_push(self, grantee: Permissions) -> None:
        """Let `grantee` push images, and get the authorization token for that."""
        _grant_authorization_token(grantee)
        grantee.allow(
            [
                "ecr:BatchCheckLayerAvailability",
                # BuildKit asks for the manifest before it uploads one.
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            [self.arn],
        )

    def grant_describe(self, grantee: Permissions) -> None:
        """Let `grantee` check that an image exists."""
        grantee.allow(["ecr:DescribeImages"], [self.arn])


def _grant_authorization_token(grantee: Permissions) -> None:
    grantee.allow(["ecr:GetAuthorizationToken"], ["*"])
    grantee.acknowledge_wildcard(
        "*", "ecr:GetAuthorizationToken signs in to the registry and takes no resource"
    )
