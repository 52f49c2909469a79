"""ARNs of a CloudWatch log group that no template owns, for IAM policies."""

from aws_cdk import Stack

from constructs_lib.synthesis.stack_lookups import format_arn


def log_group_arns(stack: Stack, name: str) -> list[str]:
    """Return both ARNs that IAM checks CreateLogGroup and DescribeLogStreams against.

    CloudWatch Logs names the group `name` alone, or the group with an empty stream; older calls do
    the latter.
    """
    group = format_arn(stack, service="logs", resource=f"log-group:{name}")
    return [group, f"{group}:log-stream:"]
