"""The execution role of a job or endpoint, and the region that it acts in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sandbox.iam import object_keys, role_check

if TYPE_CHECKING:
    from sandbox.iam.policy_language.context_keys import Given


class NotAllowed(Exception):
    """A step that the role does not allow; the text is one line and fits a FailureReason."""


@dataclass(frozen=True)
class Caller:
    """An execution role at work in a region; without one, a service of AWS itself.

    A role that is gone by now may do nothing any more.
    """

    region: str
    role_arn: str | None = None

    def need(self, action: str, resource: str, given: Given | None = None) -> None:
        """Raise NotAllowed, in AWS's words, unless the role may do `action` on `resource`."""
        if self.role_arn is None:
            return
        try:
            role_check.require(self.role_arn, action, [resource], given)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            raise NotAllowed(f"ClientError: AccessDenied: {message}") from None

    def need_object(self, action: str, bucket: str, key: str) -> None:
        """Raise NotAllowed unless the role may do `action` on the object `key` of `bucket`.

        The same holds for the key of KMS that the object is or will be encrypted with.
        """
        self.need(action, f"arn:aws:s3:::{bucket}/{key}")
        params = {"Bucket": bucket, "Key": key}
        for need in object_keys.needs(action.removeprefix("s3:"), params):
            self.need(need.action, need.key_arn, need.given)
