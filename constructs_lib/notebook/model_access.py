"""IAM policy of a notebook for one model: data, training, metrics and invocation; no approval."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.access.job_names import experiments, workflow_jobs
from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.permissions import Permissions
from constructs_lib.notebook.experiment_access import grant_experiments
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from constructs_lib.registry.model_context import ModelContext


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
        grant_experiments(self.permissions, [context])
        self._allow_reading_jobs()
        self._allow_reading_logs()

    @cached_property
    def policy(self) -> iam.ManagedPolicy:
        """The policy, made at the first use: nothing can be granted afterwards."""
        context = self._context
        purpose = f"What a notebook may do with {context.name} in {context.config.stage}"
        return self.permissions.make_policy(self, "Permissions", purpose=purpose)

    @property
    def _workflow_jobs(self) -> str:
        return workflow_jobs(self._context.config.stage, self._context.name)

    def _allow_reading_jobs(self) -> None:
        jobs = self._arn("sagemaker", f"training-job/{self._workflow_jobs}")
        self._allow(
            ["sagemaker:DescribeTrainingJob"],
            [jobs],
            "sagemaker:DescribeTrainingJob reads the metrics of jobs that the workflow names when "
            "it starts them",
        )

    def _allow_reading_logs(self) -> None:
        endpoint = f"/aws/sagemaker/Endpoints/{self._context.full_name}"
        group, empty_stream = log_group_arns(self.permissions.stack, endpoint)
        # The groups of trainings and of evaluations; their streams begin with a job's name.
        jobs = self._arn("logs", "log-group:/aws/sagemaker/*Jobs")
        names = (self._workflow_jobs, experiments(self._context.name))
        self._allow(
            ["logs:DescribeLogStreams"],
            [f"{jobs}*", group, empty_stream],
            "logs:DescribeLogStreams names the log group of trainings or of evaluations, with or "
            "without an empty stream",
        )
        self._allow(
            ["logs:GetLogEvents"],
            [*(f"{jobs}:log-stream:{name}" for name in names), f"{empty_stream}*"],
            "logs:GetLogEvents reads one stream, and SageMaker names the streams after jobs "
            "and machines that come and go",
        )

    def _allow(self, actions: list[str], resources: list[str], reason: str) -> None:
        self.permissions.allow(actions, resources)
        for resource in resources:
            if "*" in resource:
                self.permissions.acknowledge_wildcard(resource, reason)

    def _arn(self, service: str, resource: str) -> str:
        return format_arn(self.permissions.stack, service=service, resource=resource)
