"""IAM role of the training and evaluation jobs of one model: its data, its artifacts, the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from config.s3_layout import CHECKPOINTS
from constructs_lib.access.job_names import workflow_jobs
from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.synthesis.cross_stack_exports import export_always
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
    from aws_cdk import Stack

    from constructs_lib.registry.model_context import ModelContext

_LOG_GROUPS = ("/aws/sagemaker/TrainingJobs", "/aws/sagemaker/ProcessingJobs")


class JobRole(ServiceRole):
    """Reads this model's data, reads and writes its artifacts, writes logs and metrics."""

    def __init__(self, scope: Construct, construct_id: str, *, context: ModelContext) -> None:
        super().__init__(
            scope,
            construct_id,
            service="sagemaker",
            purpose=f"Trains and evaluates {context.name} in {context.config.stage}",
            permissions=_permissions(stack_of(scope), context),
        )
        # The notebook passed this role once: its stack may import the ARN until it is deployed.
        export_always(stack_of(scope), self.role_arn)


def _permissions(stack: Stack, context: ModelContext) -> Permissions:
    permissions = Permissions(stack)
    context.data.grant_read_prefix(permissions, context.prefix)
    context.artifacts.grant_read_prefix(permissions, context.prefix)
    context.artifacts.grant_write_prefix(permissions, context.prefix)
    # A checkpoint that the container deletes is deleted in the bucket too.
    context.artifacts.grant_delete_prefix(permissions, f"{context.prefix}{CHECKPOINTS}/")
    context.key.grant_use(permissions)
    context.key.grant_for_volumes(permissions)
    context.repository.grant_pull(permissions)
    if context.vpc is not None:
        context.vpc.grant_join(permissions)
    _allow_logs(permissions, context)
    _allow_metrics(permissions)
    return permissions


def _allow_logs(permissions: Permissions, context: ModelContext) -> None:
    # All jobs of the account share these log groups, so the platform cannot own them.
    for name in _LOG_GROUPS:
        group, empty_stream = log_group_arns(permissions.stack, name)
        permissions.allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], [group, empty_stream])
        streams = f"{empty_stream}{workflow_jobs(context.config.stage, context.name)}"
        permissions.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
        permissions.acknowledge_wildcard(
            streams,
            "logs:CreateLogStream and logs:PutLogEvents name a stream that begins with the "
            "job's name, and jobs are named when they start",
        )


def _allow_metrics(permissions: Permissions) -> None:
    permissions.allow(
        ["cloudwatch:PutMetricData"],
        ["*"],
        {"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*Jobs"}},
    )
    permissions.acknowledge_wildcard(
        "*", "cloudwatch:PutMetricData takes no resource; the namespaces of jobs limit it"
    )
