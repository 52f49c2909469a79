"""Settings of existing resources: they are used, never changed and never deleted."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.aws_names.buckets import check_bucket_name
from config.section import Section

BucketName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
    AfterValidator(check_bucket_name),
]
# As ECR's API has it.
_REPOSITORY = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"


def _has_a_length_of_ecrs(name: str) -> str:
    if not 2 <= len(name) <= 256:
        raise ValueError("a repository's name has 2 to 256 characters")
    return name


RepositoryName = Annotated[
    str,
    Field(pattern=rf"^{_REPOSITORY}(/{_REPOSITORY})*$"),
    AfterValidator(_has_a_length_of_ecrs),
]
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
VpcId = Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
# A key ID is a UUID, that of a multi-Region key begins with mrk-; an alias may be moved to another:
# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
KeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws(-[a-z]+)*:kms:[a-z]{2}(-[a-z]+)+-\d:\d{12}:key/"
        r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$"
    ),
]


class ExistingNetworkConfig(Section):
    """Subnets and security groups of an existing VPC."""

    subnet_ids: tuple[SubnetId, ...] = Field(
        strict=False,
        min_length=2,
        max_length=16,
        description="Subnets, in at least two Availability Zones.",
    )
    vpc_id: VpcId | None = Field(
        default=None, description="VPC of the subnets; an image build inside it needs it."
    )
    security_group_ids: tuple[SecurityGroupId, ...] = Field(
        strict=False,
        min_length=1,
        max_length=5,
        description="Security groups attached to jobs and endpoints.",
    )

    @model_validator(mode="after")
    def _nothing_is_named_twice(self) -> Self:
        for ids in (self.subnet_ids, self.security_group_ids):
            twice = [one for one in ids if ids.count(one) > 1]
            if twice:
                raise ValueError(f"{twice[0]} is named twice; remove one of them")
        return self


class ExistingConfig(Section):
    """Existing key, buckets, repository and network that the environment uses and does not own."""

    key_arn: KeyArn | None = Field(
        default=None,
        description="KMS key that encrypts everything; its owner keeps its policy.",
    )
    data_bucket: BucketName | None = Field(
        default=None, description="Bucket for training data; it must send events to EventBridge."
    )
    artifacts_bucket: BucketName | None = Field(
        default=None, description="Bucket for models, checkpoints and evaluations."
    )
    repository: RepositoryName | None = Field(
        default=None,
        description="ECR repository for the image; its tags should be immutable.",
    )
    network: ExistingNetworkConfig | None = Field(
        default=None, description="Network of jobs, endpoints and the notebook."
    )

    @model_validator(mode="after")
    def _a_bucket_holds_one_kind(self) -> Self:
        if self.data_bucket is not None and self.data_bucket == self.artifacts_bucket:
            raise ValueError(
                "data_bucket and artifacts_bucket are the same bucket, and both have a prefix for "
                "each model; name two buckets"
            )
        return self

    @property
    def shareable(self) -> dict[str, str]:
        """Existing resources that sharing would have to change the policy of, by their setting."""
        found = {
            "key_arn": self.key_arn,
            "artifacts_bucket": self.artifacts_bucket,
            "repository": self.repository,
        }
        return {key: value for key, value in found.items() if value is not None}
