"""A log group that no template owns has two spellings in IAM, and both are asked for."""

from aws_cdk import Stack

from constructs_lib.synthesis.home import format_arn


def log_group_arns(stack: Stack, name: str) -> list[str]:
    """What CreateLogGroup and DescribeLogStreams are checked against for the group `name`.

    CloudWatch Logs names the group alone or the group with an empty stream; older calls do the
    latter.
    """
    group = format_arn(stack, service="logs", resource=f"log-group:{name}")
    return [group, f"{group}:log-stream:"]
