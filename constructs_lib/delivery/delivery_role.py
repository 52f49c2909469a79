"""IAM role that one repository assumes with an OpenID Connect token, to deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.synthesis.stack_lookups import bootstrap_qualifier, format_arn, stack_of

if TYPE_CHECKING:
    from config.delivery import DeliveryConfig
    from config.schema import EnvironmentConfig

# Issuer and audience of the tokens, as in AWS's guides to both.
_ADDRESSES = {"github": "token.actions.githubusercontent.com", "gitlab": "gitlab.com"}
_AUDIENCES = {"github": "sts.amazonaws.com", "gitlab": "https://gitlab.com"}
# The bootstrap roles that `cdk deploy` assumes: to look up, upload assets and deploy.
_BOOTSTRAP_ROLES = ("deploy", "file-publishing", "lookup")


class DeliveryRole(Construct):
    """Trusts exactly one repository and environment (GitHub) or branch (GitLab).

    It may assume the roles of the CDK's bootstrap in this account and region, and no other, and
    describe the environment's stacks.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        delivery: DeliveryConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        address = _ADDRESSES[delivery.provider]
        principal = iam.FederatedPrincipal(
            self._provider_arn(delivery, address),
            {
                "StringEquals": {
                    f"{address}:aud": _AUDIENCES[delivery.provider],
                    f"{address}:sub": _subject(config, delivery),
                }
            },
            "sts:AssumeRoleWithWebIdentity",
        )
        purpose = f"Lets {delivery.repository} deploy {config.stage}"
        permissions = Permissions(stack_of(scope))
        roles = [self._bootstrap_role_arn(name) for name in _BOOTSTRAP_ROLES]
        permissions.allow(["sts:AssumeRole"], roles)
        _allow_summary(permissions, config)
        self._role = iam.Role(
            self,
            "Resource",
            description=purpose,
            assumed_by=principal,
            managed_policies=[permissions.make_policy(self, "Permissions", purpose=purpose)],
        )

    @property
    def role_arn(self) -> str:
        return self._role.role_arn

    def _provider_arn(self, delivery: DeliveryConfig, address: str) -> str:
        if delivery.creates_provider:
            return iam.CfnOIDCProvider(
                self,
                "Provider",
                url=f"https://{address}",
                client_id_list=[_AUDIENCES[delivery.provider]],
            ).attr_arn
        return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:oidc-provider/{address}"

    def _bootstrap_role_arn(self, name: str) -> str:
        stack = stack_of(self)
        role = f"cdk-{bootstrap_qualifier(stack)}-{name}-role-{stack.account}-{stack.region}"
        return f"arn:{Aws.PARTITION}:iam::{stack.account}:role/{role}"


def _allow_summary(permissions: Permissions, config: EnvironmentConfig) -> None:
    """Allow what `./kiban deploy` does itself once the CDK's roles have made the stacks."""
    stacks = format_arn(
        permissions.stack, service="cloudformation", resource=f"stack/{config.stage}-*/*"
    )
    permissions.allow(["cloudformation:DescribeStacks"], [stacks])
    permissions.acknowledge_wildcard(
        stacks,
        "cloudformation:DescribeStacks names a stack, whose ARN ends in an id, and an "
        "environment has two more for each model",
    )


def _subject(config: EnvironmentConfig, delivery: DeliveryConfig) -> str:
    """Return the `sub` claim that a token must have, exactly."""
    if delivery.provider == "gitlab":
        return f"project_path:{delivery.repository}:ref_type:branch:ref:{delivery.branch}"
    name = delivery.environment if delivery.environment is not None else config.environment
    return f"repo:{delivery.repository}:environment:{name}"
