"""IAM role of one AWS service, with its permissions in one customer-managed policy."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.synthesis.stack_lookups import location_of

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions


class ServiceRole(Construct):
    """A role for `service` (as in `sagemaker`), with all of `permissions`.

    Their policy is attached when the role is created, so a resource that depends on the
    role depends on its permissions too; there is no inline policy. `source_arn` narrows which
    resource of the service may assume it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        purpose: str,
        permissions: Permissions,
        source_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._service = service
        policy = permissions.make_policy(self, "Permissions", purpose=purpose)
        self.role = iam.Role(
            self,
            "Resource",
            description=purpose,
            assumed_by=_principal(location_of(permissions.stack).account, service, source_arn),
            managed_policies=[policy],
        )

    @cached_property
    def role_arn(self) -> str:
        """The role's ARN; a jsii call is made for the first use only."""
        return self.role.role_arn

    def grant_pass(self, grantee: Permissions) -> None:
        """Let `grantee` pass this role to its own service, and to no other."""
        grantee.allow(
            ["iam:PassRole"],
            [self.role_arn],
            {"StringEquals": {"iam:PassedToService": f"{self._service}.amazonaws.com"}},
        )


@cache  # one for the roles of all models: a principal does not know who names it
def _principal(account: str, service: str, source_arn: str | None) -> iam.IPrincipal:
    conditions: dict[str, dict[str, str]] = {"StringEquals": {"aws:SourceAccount": account}}
    if source_arn is not None:
        conditions["ArnLike"] = {"aws:SourceArn": source_arn}
    return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)
