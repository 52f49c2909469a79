"""IAM role of the training and evaluation jobs of one model: its data, its artifacts, the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from config.s3_layout import CHECKPOINTS
from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.access.wildcards import acknowledge_wildcard
from constructs_lib.synthesis.stack_lookups import stack_of

if TYPE_CHECKING:
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
        )
        context.data.grant_read_prefix(self.permissions, context.prefix)
        context.artifacts.grant_read_prefix(self.permissions, context.prefix)
        context.artifacts.grant_write_prefix(self.permissions, context.prefix)
        # A checkpoint that the container deletes is deleted in the bucket too.
        context.artifacts.grant_delete_prefix(self.permissions, f"{context.prefix}{CHECKPOINTS}/")
        context.key.grant_use(self.permissions)
        context.key.grant_for_volumes(self.permissions)
        context.repository.grant_pull(self.permissions)
        if context.vpc is not None:
            context.vpc.grant_join(self)
        self._allow_logs(context)
        self._allow_metrics()

    def _allow_logs(self, context: ModelContext) -> None:
        # All jobs of the account share these log groups, so the platform cannot own them.
        stack = stack_of(self)
        for name in _LOG_GROUPS:
            group, empty_stream = log_group_arns(stack, name)
            self.allow(["logs:CreateLogGroup", "logs:DescribeLogStreams"], [group, empty_stream])
            streams = f"{empty_stream}{context.name}-*"
            self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
            acknowledge_wildcard(
                self.permissions,
                streams,
                "logs:CreateLogStream and logs:PutLogEvents name a stream that begins with the "
                "job's name, and jobs are named when they start",
            )

    def _allow_metrics(self) -> None:
        self.allow(
            ["cloudwatch:PutMetricData"],
            ["*"],
            {"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*Jobs"}},
        )
        acknowledge_wildcard(
            self.permissions,
            "*",
            "cloudwatch:PutMetricData takes no resource; the namespaces of jobs limit it",
        )
