"""Managed policy that lets an application invoke an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from constructs_lib.inference.model_version_parameter import ModelVersionParameter


class InvokeAccess(Construct):
    """The endpoint's ARN, a grant on it, and a managed policy to attach to an application's role.

    The ARN is composed, not referenced: a grant to another stack must not depend on an endpoint
    that exists only once a version is deployed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        version: ModelVersionParameter,
        endpoint_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.endpoint_name = endpoint_name
        self.endpoint_arn = format_arn(
            stack_of(scope), service="sagemaker", resource="endpoint", resource_name=endpoint_name
        )
        permissions = Permissions(stack_of(scope))
        self.grant_invoke(permissions)
        self._policy = permissions.make_policy(
            self, "Policy", purpose=f"Ask {endpoint_name} for predictions"
        )
        policy = self._policy.node.default_child
        assert isinstance(policy, iam.CfnManagedPolicy), "a policy's default child is its L1"
        version.apply_condition(policy)

    @property
    def policy_arn(self) -> str:
        return self._policy.managed_policy_arn

    def grant_invoke(self, grantee: Permissions) -> None:
        """Let `grantee` invoke this endpoint."""
        grantee.allow(["sagemaker:InvokeEndpoint"], [self.endpoint_arn])

    def grant_describe(self, grantee: Permissions) -> None:
        """Let `grantee` describe this endpoint."""
        grantee.allow(["sagemaker:DescribeEndpoint"], [self.endpoint_arn])
