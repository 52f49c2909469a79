"""A key that somebody else looks after encrypts what this environment keeps."""

from aws_cdk import Annotations
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.storage.key_grants import KeyGrants


class ExistingKey(Construct, KeyGrants):
    """Never changed and never deleted: what its policy must allow is said at synthesis."""

    def __init__(self, scope: Construct, construct_id: str, *, key_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._key = kms.Key.from_key_arn(self, "Resource", key_arn)
        Annotations.of(self).add_info(
            f"{key_arn} is used as it is: rotation and deletion are its owner's, and its policy "
            "has to trust this account's IAM and admit CloudWatch Logs, CloudWatch, EventBridge, "
            "Budgets and log delivery, as docs/existing.md shows"
        )

    @property
    def key_arn(self) -> str:
        return self._key.key_arn

    @property
    def resource(self) -> kms.IKey:
        """What CDK's constructs take."""
        return self._key
