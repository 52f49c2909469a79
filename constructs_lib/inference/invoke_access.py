"""Managed policy that lets an application invoke an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

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
            stack_of(self), service="sagemaker", resource="endpoint", resource_name=endpoint_name
        )
        self._policy = iam.ManagedPolicy(
            self, "Policy", description=f"Ask {endpoint_name} for predictions"
        )
        self.grant_invoke(self._policy)
        policy = self._policy.node.default_child
        assert isinstance(policy, iam.CfnManagedPolicy), "a policy's default child is its L1"
        version.apply_condition(policy)

    @property
    def policy_arn(self) -> str:
        return self._policy.managed_policy_arn

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` invoke this endpoint."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["sagemaker:InvokeEndpoint"], resource_arns=[self.endpoint_arn]
        )

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` describe this endpoint."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:DescribeEndpoint"],
            resource_arns=[self.endpoint_arn],
        )
