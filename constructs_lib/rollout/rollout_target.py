"""Stack that a rollout may update, and the endpoint it verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.synthesis.stack_lookups import bootstrap_qualifier, format_arn, stack_of

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.inference.invoke_access import InvokeAccess

_ACTIONS = [
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:UpdateStack",
]


class RolloutTarget(Construct):
    """The stack of this construct, for the state machine that updates it.

    Names are composed, not referenced: the rollout's stack must not depend on a deployed model.
    """

    def __init__(self, scope: Construct, construct_id: str, *, access: InvokeAccess) -> None:
        super().__init__(scope, construct_id)
        self._access = access
        self.endpoint_name = access.endpoint_name
        self.stack_name = stack_of(self).stack_name

    def grant_update(self, grantee: Permissions) -> None:
        """Let `grantee` update the stack and describe it.

        The update itself runs with the role that CDK stored with the stack, but what the stack's
        `BootstrapVersion` points at is read again with the permissions of the caller.
        """
        self._access.grant_describe(grantee)
        grantee.allow(["ssm:GetParameters"], [self._bootstrap_version_arn()])
        arn = format_arn(
            stack_of(self),
            service="cloudformation",
            resource="stack",
            resource_name=f"{self.stack_name}/*",
        )
        grantee.acknowledge_wildcard(
            arn,
            f"{', '.join(_ACTIONS)} name this one stack; what follows its name is an id that "
            "CloudFormation chooses",
        )
        grantee.allow(_ACTIONS, [arn])

    def _bootstrap_version_arn(self) -> str:
        stack = stack_of(self)
        return format_arn(
            stack,
            service="ssm",
            resource="parameter",
            resource_name=f"cdk-bootstrap/{bootstrap_qualifier(stack)}/version",
        )
