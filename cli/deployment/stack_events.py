"""Reason of a stack's failure, from its events."""

from cli.aws import aws_errors
from cli.environments.environment import DeployedStack, Environment


def failure_reason(env: Environment, stack: DeployedStack) -> str:
    """Return on one line why the newest operation on a stack failed."""
    events = env.aws("cloudformation").describe_stack_events(StackName=stack.name)["StackEvents"]
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in events
        if event["ResourceStatus"].endswith("_FAILED") or "ROLLBACK" in event["ResourceStatus"]
    ]
    return aws_errors.one_line(next((one for one in reasons if one), "") or stack.status)
