"""IAM grants on the objects of an S3 bucket, existing or new."""

from functools import cached_property

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.access.wildcards import acknowledge_wildcard, imported_arn


class BucketGrants:
    """An S3 bucket as the constructs use it: its ARN, its name and its grants.

    Grants cover objects below a prefix and not the key: the key has grants of its own.
    """

    def __init__(self, bucket: s3.IBucket) -> None:
        self.resource = bucket

    @cached_property
    def arn(self) -> str:
        """The bucket's ARN; a jsii call is made for the first use only."""
        return self.resource.bucket_arn

    @cached_property
    def name(self) -> str:
        """The bucket's name; a jsii call is made for the first use only."""
        return self.resource.bucket_name

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

    def _arn_for(self, grantee: iam.IGrantable) -> str:
        """Return the ARN as the template of `grantee` will spell it."""
        # The ARN of an existing bucket is literal: there is no stack that could export it.
        is_new = isinstance(self.resource, s3.Bucket)
        return imported_arn(self.resource, self.arn, grantee) if is_new else self.arn
