"""IAM grants on the objects of an S3 bucket, existing or new."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_s3 as s3

from constructs_lib.access.wildcards import imported_arn

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.access.permissions import Permissions


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

    def grant_read_prefix(self, grantee: Permissions, *prefixes: str) -> None:
        """Let `grantee` list and read the objects below each of `prefixes`, as in `churn/`."""
        self._grant_list(grantee, prefixes)
        for prefix in prefixes:
            self._grant_objects(grantee, prefix, ["s3:GetObject"])

    def grant_write_prefix(self, grantee: Permissions, prefix: str) -> None:
        """Let `grantee` write objects below `prefix`, large ones in parts."""
        self._grant_location(grantee)
        self._grant_objects(grantee, prefix, ["s3:PutObject", "s3:AbortMultipartUpload"])

    def grant_delete_prefix(self, grantee: Permissions, prefix: str) -> None:
        """Let `grantee` delete objects below `prefix`; what they held stays as an old version."""
        self._grant_objects(grantee, prefix, ["s3:DeleteObject"])

    def _grant_list(self, grantee: Permissions, prefixes: Sequence[str]) -> None:
        self._grant_location(grantee)
        below = [f"{prefix}*" for prefix in prefixes]
        condition = {"s3:prefix": below if len(below) > 1 else below[0]}
        grantee.allow(["s3:ListBucket"], [self.arn], {"StringLike": condition})

    def _grant_location(self, grantee: Permissions) -> None:
        grantee.allow(["s3:GetBucketLocation"], [self.arn])

    def _grant_objects(self, grantee: Permissions, prefix: str, actions: list[str]) -> None:
        grantee.acknowledge_wildcard(
            f"{self._arn_in(grantee.stack)}/{prefix}*",
            f"{' and '.join(actions)} take one object each, and the names of the objects below "
            f"{prefix or 'the bucket'} are not known when the stack is deployed",
        )
        grantee.allow(actions, [f"{self.arn}/{prefix}*"])

    def _arn_in(self, stack: Stack) -> str:
        """Return the ARN as the template of `stack` will spell it."""
        # The ARN of an existing bucket is literal: there is no stack that could export it.
        is_new = isinstance(self.resource, s3.Bucket)
        return imported_arn(self.resource, self.arn, stack) if is_new else self.arn
