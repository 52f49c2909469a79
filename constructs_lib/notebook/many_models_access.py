"""IAM policies of a notebook with more models than a role can have policies.

Resources whose names begin with the environment's are granted by that pattern; resources that
all environments of an account share, as jobs, their logs and roles, are granted model by model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.notebook.experiment_access import grant_experiments
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.training.job_role import JobRole

_MODELS_IN_A_POLICY = 13
"""A policy has 6,144 characters; a model with the longest name takes less than 400 of them."""


class ManyModelsAccess(Construct):
    """One policy for what the models share, and one for each thirteen models.

    Attach all `policies` to the notebook's role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contexts: Sequence[ModelContext],
        job_roles: Sequence[JobRole],
    ) -> None:
        super().__init__(scope, construct_id)
        self._stack, self._stage = stack_of(scope), contexts[0].config.stage
        self.policies = [self._shared(contexts[0])]
        for start in range(0, len(contexts), _MODELS_IN_A_POLICY):
            end = start + _MODELS_IN_A_POLICY
            self._add_group(contexts[start:end], job_roles[start:end])

    def _shared(self, context: ModelContext) -> iam.ManagedPolicy:
        permissions = Permissions(self._stack)
        # The buckets hold nothing but the models' prefixes, and the notebook may use all of them.
        context.data.grant_read_prefix(permissions, "")
        context.data.grant_write_prefix(permissions, "")
        context.artifacts.grant_read_prefix(permissions, "")
        grant_experiments(permissions, context, models="*")
        for actions, service, resource in self._by_name():
            arn = self._arn(service, resource)
            permissions.allow(actions, [arn])
            reason = f"{', '.join(actions)} name one model's own, and {self._stage} has many models"
            permissions.acknowledge_wildcard(arn, reason)
        purpose = f"What a notebook may do with {self._stage}"
        return permissions.make_policy(self, "Permissions", purpose=purpose)

    def _by_name(self) -> list[tuple[list[str], str, str]]:
        """Return calls on resources whose names begin with the stage's, of all models."""
        versions = ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"]
        following = ["states:DescribeExecution", "states:GetExecutionHistory"]
        streams = f"log-group:/aws/sagemaker/Endpoints/{self._stage}-*"
        return [
            (["sagemaker:InvokeEndpoint"], "sagemaker", f"endpoint/{self._stage}-*"),
            (["sagemaker:DescribeEndpoint"], "sagemaker", f"endpoint/{self._stage}-*"),
            (
                [*versions, "sagemaker:DescribeModelPackageGroup"],
                "sagemaker",
                f"model-package-group/{self._stage}-*",
            ),
            (versions, "sagemaker", f"model-package/{self._stage}-*/*"),
            (
                ["states:StartExecution", "states:ListExecutions"],
                "states",
                f"stateMachine:{self._stage}-*-workflow",
            ),
            (
                [*following, "states:StopExecution"],
                "states",
                f"execution:{self._stage}-*-workflow:*",
            ),
            (["logs:DescribeLogStreams", "logs:GetLogEvents"], "logs", streams),
        ]

    def _add_group(self, contexts: Sequence[ModelContext], job_roles: Sequence[JobRole]) -> None:
        permissions = Permissions(self._stack)
        # Both log groups of jobs in one pattern: their streams begin with the job's name.
        group = "log-group:/aws/sagemaker/*Jobs:log-stream:"
        permissions.allow(["logs:DescribeLogStreams"], [self._arn("logs", group)])
        permissions.acknowledge_wildcard(self._arn("logs", group), _NAMED_LATER)
        for action, service, resource in (
            ("sagemaker:DescribeTrainingJob", "sagemaker", "training-job/{}-*"),
            ("logs:GetLogEvents", "logs", group + "{}-*"),
        ):
            arns = [self._arn(service, resource.format(context.name)) for context in contexts]
            permissions.allow([action], arns)
            for arn in arns:
                permissions.acknowledge_wildcard(arn, _NAMED_LATER)
        roles = [role.role_arn for role in job_roles]
        permissions.allow(["iam:PassRole"], roles, _TO_SAGEMAKER)
        first, last = contexts[0].name, contexts[-1].name
        purpose = f"What a notebook may do with {first} to {last} in {self._stage}"
        name = f"Group{len(self.policies)}"
        self.policies.append(permissions.make_policy(self, name, purpose=purpose))

    def _arn(self, service: str, resource: str) -> str:
        return format_arn(self._stack, service=service, resource=resource)


_NAMED_LATER = (
    "sagemaker:DescribeTrainingJob, logs:DescribeLogStreams and logs:GetLogEvents name jobs and "
    "streams that the workflow names when it starts them"
)
_TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
