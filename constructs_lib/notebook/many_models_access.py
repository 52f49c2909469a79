"""IAM policies of a notebook with more models than a role can have policies.

Resources whose names begin with the environment's are granted by that pattern; resources that
all environments of an account share, as jobs, their logs and roles, are granted model by model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access.wildcards import acknowledge_wildcard
from constructs_lib.notebook.experiment_access import grant_experiments
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
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
        self._stack, self._stage = stack_of(self), contexts[0].config.stage
        self.policies = [self._shared(contexts[0])]
        for start in range(0, len(contexts), _MODELS_IN_A_POLICY):
            end = start + _MODELS_IN_A_POLICY
            self._add_group(contexts[start:end], job_roles[start:end])

    def _shared(self, context: ModelContext) -> iam.ManagedPolicy:
        policy = self._policy("Permissions", f"What a notebook may do with {self._stage}")
        # The buckets hold nothing but the models' prefixes, and the notebook may use all of them.
        context.data.grant_read_prefix(policy, "")
        context.data.grant_write_prefix(policy, "")
        context.artifacts.grant_read_prefix(policy, "")
        grant_experiments(policy, context, models="*")
        for actions, service, resource in self._by_name():
            self._allow(policy, actions, self._arn(service, resource))
        return policy

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
        first, last = contexts[0].name, contexts[-1].name
        purpose = f"What a notebook may do with {first} to {last} in {self._stage}"
        policy = self._policy(f"Group{len(self.policies)}", purpose)
        self.policies.append(policy)
        # Both log groups of jobs in one pattern: their streams begin with the job's name.
        group = "log-group:/aws/sagemaker/*Jobs:log-stream:"
        self._add(policy, ["logs:DescribeLogStreams"], [self._arn("logs", group)])
        acknowledge_wildcard(policy, self._arn("logs", group), _NAMED_LATER)
        for action, service, resource in (
            ("sagemaker:DescribeTrainingJob", "sagemaker", "training-job/{}-*"),
            ("logs:GetLogEvents", "logs", group + "{}-*"),
        ):
            arns = [self._arn(service, resource.format(context.name)) for context in contexts]
            self._add(policy, [action], arns)
            for arn in arns:
                acknowledge_wildcard(policy, arn, _NAMED_LATER)
        self._add(policy, ["iam:PassRole"], [role.role_arn for role in job_roles], _TO_SAGEMAKER)

    def _policy(self, construct_id: str, description: str) -> iam.ManagedPolicy:
        return iam.ManagedPolicy(self, construct_id, description=description)

    def _allow(self, policy: iam.ManagedPolicy, actions: list[str], arn: str) -> None:
        self._add(policy, actions, [arn])
        reason = f"{', '.join(actions)} name one model's own, and {self._stage} has many models"
        acknowledge_wildcard(policy, arn, reason)

    def _add(
        self,
        policy: iam.ManagedPolicy,
        actions: list[str],
        resources: list[str],
        conditions: dict[str, dict[str, str]] | None = None,
    ) -> None:
        policy.add_statements(
            iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
        )

    def _arn(self, service: str, resource: str) -> str:
        return format_arn(self._stack, service=service, resource=resource)


_NAMED_LATER = (
    "sagemaker:DescribeTrainingJob, logs:DescribeLogStreams and logs:GetLogEvents name jobs and "
    "streams that the workflow names when it starts them"
)
_TO_SAGEMAKER = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
