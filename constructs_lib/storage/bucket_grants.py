"""What may be done with the objects of a bucket, whoever made it."""

from abc import abstractmethod
from functools import cached_property

from aws_cdk import aws_iam as iam

from constructs_lib.access.wildcards import acknowledge_wildcard


class BucketGrants:
    """A bucket as everything here uses it: its name and its grants.

    Grants cover objects below a prefix and leave the key alone: ask the key for its own grant.
    """

    @property
    @abstractmethod
    def bucket_arn(self) -> str: ...

    @property
    @abstractmethod
    def bucket_name(self) -> str: ...

    @cached_property
    def arn(self) -> str:
        """The ARN, asked of the CDK once; every grant names it."""
        return self.bucket_arn

    @cached_property
    def name(self) -> str:
        """The name, asked of the CDK once; every workflow says it often."""
        return self.bucket_name

    @abstractmethod
    def announce_objects(self) -> None:
        """Send this bucket's events to EventBridge."""

    def grant_read_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` list and read the objects below `prefix`, as in `churn/`."""
        self._grant_list(grantee, prefix)
        return self._grant_objects(grantee, prefix, ["s3:GetObject"])

    def grant_write_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` write objects below `prefix`, large ones in parts."""
        self._grant_bucket(grantee, ["s3:GetBucketLocation"])
        return self._grant_objects(grantee, prefix, ["s3:PutObject", "s3:AbortMultipartUpload"])

    def grant_delete_prefix(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let `grantee` delete objects below `prefix`; what they held stays as an old version."""
        return self._grant_objects(grantee, prefix, ["s3:DeleteObject"])

    def _grant_list(self, grantee: iam.IGrantable, prefix: str) -> None:
        self._grant_bucket(grantee, ["s3:GetBucketLocation"])
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:ListBucket"],
            resource_arns=[self.arn],
            conditions={"StringLike": {"s3:prefix": f"{prefix}*"}},
        )

    def _grant_bucket(self, grantee: iam.IGrantable, actions: list[str]) -> None:
        iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[self.arn])

    def _grant_objects(self, grantee: iam.IGrantable, prefix: str, actions: list[str]) -> iam.Grant:
        arn = self._arn_for(grantee)
        acknowledge_wildcard(
            grantee,
            f"{arn}/{prefix}*",
            f"{' and '.join(actions)} take one object each, and the names of the objects below "
            f"{prefix or 'the bucket'} are not known when the stack is deployed",
        )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[f"{self.arn}/{prefix}*"]
        )

    @abstractmethod
    def _arn_for(self, grantee: iam.IGrantable) -> str:
        """The ARN as the template of `grantee` will spell it."""
