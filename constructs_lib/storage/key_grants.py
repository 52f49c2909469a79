"""IAM grants on the environment's KMS key, existing or new."""

from functools import cached_property

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms


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

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read and write what this key encrypts."""
        return self._grant(grantee, ["kms:Decrypt", "kms:GenerateDataKey"])

    def grant_decrypt_only(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read what this key encrypts, and write nothing."""
        return self._grant(grantee, ["kms:Decrypt"])

    def grant_for_volumes(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` have AWS attach EBS volumes that this key encrypts."""
        self._grant(
            grantee,
            ["kms:CreateGrant"],
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )
        return self._grant(grantee, ["kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"])

    def _grant(
        self,
        grantee: iam.IGrantable,
        actions: list[str],
        conditions: dict[str, dict[str, str]] | None = None,
    ) -> iam.Grant:
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[self.arn], conditions=conditions
        )
