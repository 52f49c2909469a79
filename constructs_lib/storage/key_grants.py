"""IAM grants on the environment's KMS key, existing or new."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

    from constructs_lib.access.permissions import Permissions


class KeyGrants:
    """A KMS key as the constructs use it: its ARN, its grants, and `resource` for the CDK's own.

    Grants go to the grantee's own policy: the key policy trusts the account's IAM.
    """

    def __init__(self, key: kms.IKey) -> None:
        self.resource = key

    @cached_property
    def arn(self) -> str:
        """The key's ARN; a jsii call is made for the first use only."""
        return self.resource.key_arn

    def grant_use(self, grantee: Permissions) -> None:
        """Let `grantee` read and write what this key encrypts."""
        grantee.allow(["kms:Decrypt", "kms:GenerateDataKey"], [self.arn])

    def grant_decrypt_only(self, grantee: Permissions) -> None:
        """Let `grantee` read what this key encrypts, and write nothing."""
        grantee.allow(["kms:Decrypt"], [self.arn])

    def grant_for_volumes(self, grantee: Permissions) -> None:
        """Let `grantee` have AWS attach EBS volumes that this key encrypts."""
        grantee.allow(
            ["kms:CreateGrant"], [self.arn], {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        )
        grantee.allow(["kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"], [self.arn])
