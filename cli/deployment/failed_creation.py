"""Stacks whose first creation failed, unprotected so that the CDK can make them anew."""

from collections.abc import Callable

from cli.aws import aws_errors
from cli.deployment.cdk_errors import unprotect_command
from cli.environments.environment import DeployedStack, Environment
from cli.terminal.errors import Failure


def unprotect_failed_creations(env: Environment, on_lift: Callable[[str], None]) -> None:
    """Lift the protection of stacks that were rolled back when they were created.

    The CDK protects a stack before it creates it, and deletes one whose creation failed before it
    creates it again: the protection of a stack that never was would stop every later deployment.
    Any other state may have something in it, and stays protected.
    """
    for stack in _failed(env):
        try:
            env.aws("cloudformation").update_termination_protection(
                StackName=stack.name, EnableTerminationProtection=False
            )
        except Exception as error:
            if not aws_errors.is_denied(error):
                raise
            raise Failure(
                f"{stack.name}: its first creation failed ({stack.status}), and it is protected "
                f"against deletion; lift that with: {unprotect_command(stack.name)}"
            ) from None
        on_lift(stack.name)


def _failed(env: Environment) -> list[DeployedStack]:
    try:
        stacks = env.stacks().values()
    except Exception as error:
        # A role that may only deploy: the CDK names the stack, if there is one.
        if aws_errors.is_denied(error):
            return []
        raise
    return [one for one in stacks if one and one.is_protected and one.status == "ROLLBACK_COMPLETE"]
