"""IAM role of one AWS service, with its permissions in one customer-managed policy."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.synthesis.stack_lookups import location_of, stack_of


class ServiceRole(Construct):
    """A role for `service` (as in `sagemaker`), whose grants live in one customer-managed policy.

    The policy is attached when the role is created, so a resource that depends on the
    role depends on its permissions too; there is no inline policy. Pass `permissions` wherever a
    grantee is wanted. `source_arn` narrows which resource of the service may assume it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        purpose: str,
        source_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._service = service
        self.permissions = iam.ManagedPolicy(self, "Permissions", description=purpose)
        self.role = iam.Role(
            self,
            "Resource",
            description=purpose,
            assumed_by=_principal(stack_of(scope), service, source_arn),
            managed_policies=[self.permissions],
        )

    @cached_property
    def role_arn(self) -> str:
        """The role's ARN; a jsii call is made for the first use only."""
        return self.role.role_arn

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Add one statement, for calls on a resource that no construct here represents."""
        iam.Grant.add_to_principal(
            grantee=self.permissions,
            actions=list(actions),
            resource_arns=list(resources),
            conditions=conditions,
        )

    def grant_pass(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` pass this role to its own service, and to no other."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["iam:PassRole"],
            resource_arns=[self.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": f"{self._service}.amazonaws.com"}},
        )


def _principal(stack: Stack, service: str, source_arn: str | None) -> iam.IPrincipal:
    account = location_of(stack).account
    conditions: dict[str, dict[str, str]] = {"StringEquals": {"aws:SourceAccount": account}}
    if source_arn is not None:
        conditions["ArnLike"] = {"aws:SourceArn": source_arn}
    return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)
