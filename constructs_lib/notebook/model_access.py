"""IAM policy of a notebook for one model: data, training, metrics and invocation; no approval."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.permissions import Permissions
from constructs_lib.notebook.experiment_access import grant_experiments
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from constructs_lib.registry.model_context import ModelContext

_LOG_GROUPS = ("TrainingJobs", "ProcessingJobs")


class ModelAccess(Construct):
    """One policy for one model: a role has a limit of policies and each policy one of size.

    Pass `permissions` to the grants of the model's own stacks; attach `policy` to the notebook's
    role.
    """

    def __init__(self, scope: Construct, construct_id: str, *, context: ModelContext) -> None:
        super().__init__(scope, construct_id)
        self._context = context
        self.permissions = Permissions(stack_of(scope))
        context.data.grant_read_prefix(self.permissions, context.prefix)
        context.data.grant_write_prefix(self.permissions, context.prefix)
        context.artifacts.grant_read_prefix(self.permissions, context.prefix)
        grant_experiments(self.permissions, context)
        self._allow_reading_jobs()
        self._allow_reading_logs()

    @cached_property
    def policy(self) -> iam.ManagedPolicy:
        """The policy, made at the first use: nothing can be granted afterwards."""
        context = self._context
        purpose = f"What a notebook may do with {context.name} in {context.config.stage}"
        return self.permissions.make_policy(self, "Permissions", purpose=purpose)

    def _allow_reading_jobs(self) -> None:
        jobs = format_arn(
            self.permissions.stack,
            service="sagemaker",
            resource=f"training-job/{self._context.name}-*",
        )
        self._allow(
            ["sagemaker:DescribeTrainingJob"],
            jobs,
            "sagemaker:DescribeTrainingJob reads the metrics of jobs that the workflow names when "
            "it starts them",
        )

    def _allow_reading_logs(self) -> None:
        endpoint = f"/aws/sagemaker/Endpoints/{self._context.full_name}"
        streams = {f"/aws/sagemaker/{group}": f"{self._context.name}-*" for group in _LOG_GROUPS}
        for name, stream in {**streams, endpoint: "*"}.items():
            group, empty_stream = log_group_arns(self.permissions.stack, name)
            self.permissions.allow(["logs:DescribeLogStreams"], [group, empty_stream])
            self._allow(
                ["logs:GetLogEvents"],
                f"{empty_stream}{stream}",
                "logs:GetLogEvents reads one stream, and SageMaker names the streams after jobs "
                "and machines that come and go",
            )

    def _allow(self, actions: list[str], resource: str, reason: str) -> None:
        self.permissions.allow(actions, [resource])
        self.permissions.acknowledge_wildcard(resource, reason)
