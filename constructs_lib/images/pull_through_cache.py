"""Base image of the build in an ECR pull-through cache of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack

from constructs_lib.synthesis.stack_lookups import format_arn, location_of

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions

# Where ECR Public has it; a rule puts its own prefix before that.
_REPOSITORY, _TAG = "docker/library/python", "3.12-slim-trixie"


class PullThroughCache:
    """A rule of the account whose upstream is ECR Public: what it has lies below its prefix."""

    def __init__(self, stack: Stack, prefix: str) -> None:
        self._stack = stack
        self._repository = f"{prefix}/{_REPOSITORY}"

    @property
    def base_image(self) -> str:
        """The base image as Docker names it; the Dockerfile adds the digest."""
        where = location_of(self._stack)
        registry = f"{where.account}.dkr.ecr.{where.region}.{self._stack.url_suffix}"
        return f"{registry}/{self._repository}:{_TAG}"

    def grant_pull(self, grantee: Permissions) -> None:
        """Let `grantee` pull the image, and have ECR fetch it and make its repository first.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
        """
        arn = format_arn(self._stack, service="ecr", resource=f"repository/{self._repository}")
        grantee.allow(
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:BatchImportUpstreamImage",
                "ecr:CreateRepository",
                "ecr:GetDownloadUrlForLayer",
            ],
            [arn],
        )
