"""IAM grants on the images of an ECR repository, existing or new."""

from functools import cached_property

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from constructs_lib.access.wildcards import acknowledge_wildcard


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

    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` pull images, and get the authorization token for that."""
        _grant_authorization_token(grantee)
        return self._grant(
            grantee,
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        )

    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` push images, and get the authorization token for that."""
        _grant_authorization_token(grantee)
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
        """Let `grantee` check that an image exists."""
        return self._grant(grantee, ["ecr:DescribeImages"])

    def _grant(self, grantee: iam.IGrantable, actions: list[str]) -> iam.Grant:
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[self.arn]
        )


def _grant_authorization_token(grantee: iam.IGrantable) -> None:
    iam.Grant.add_to_principal(
        grantee=grantee, actions=["ecr:GetAuthorizationToken"], resource_arns=["*"]
    )
    acknowledge_wildcard(
        grantee, "*", "ecr:GetAuthorizationToken signs in to the registry and takes no resource"
    )
