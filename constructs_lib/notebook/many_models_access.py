"""IAM policies of a notebook with more models than a role can have policies.

Resources whose names begin with the environment's are granted by that pattern; resources that
all environments of an account share, as jobs and their logs, are granted model by model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.access.job_names import experiments, workflow_jobs
from constructs_lib.access.permissions import Permissions
from constructs_lib.notebook.experiment_access import grant_experiments
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from constructs_lib.registry.model_context import ModelContext

_MODELS_IN_A_POLICY = 20
"""A policy has 6,144 characters; a model with the longest name takes less than 280 of them."""


class ManyModelsAccess(Construct):
    """Policies for what the models share, for experiments, and for each twenty models.

    Attach all `policies` to the notebook's role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contexts: Sequence[ModelContext],
    ) -> None:
        super().__init__(scope, construct_id)
        self._stack, self._stage = stack_of(scope), contexts[0].config.stage
        self.policies = [self._shared(contexts[0]), self._experiments(contexts)]
        for start in range(0, len(contexts), _MODELS_IN_A_POLICY):
            self._add_group(contexts[start : start + _MODELS_IN_A_POLICY])

    def _shared(self, context: ModelContext) -> iam.ManagedPolicy:
        permissions = Permissions(self._stack)
        # The buckets hold nothing but the models' prefixes, and the notebook may use all of them.
        context.data.grant_read_prefix(permissions, "")
        context.data.grant_write_prefix(permissions, "")
        context.artifacts.grant_read_prefix(permissions, "")
        for actions, service, resource in self._by_name():
            self._allow(permissions, actions, self._arn(service, resource))
        purpose = f"What a notebook may do with {self._stage}"
        return permissions.make_policy(self, "Permissions", purpose=purpose)

    def _experiments(self, contexts: Sequence[ModelContext]) -> iam.ManagedPolicy:
        permissions = Permissions(self._stack)
        grant_experiments(permissions, contexts)
        streams = self._arn("logs", _STREAMS + experiments("*"))
        self._allow(permissions, ["logs:GetLogEvents"], streams)
        purpose = f"How a notebook may train with {self._stage}"
        return permissions.make_policy(self, "Experiments", purpose=purpose)

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

    def _add_group(self, contexts: Sequence[ModelContext]) -> None:
        permissions = Permissions(self._stack)
        permissions.allow(["logs:DescribeLogStreams"], [self._arn("logs", _STREAMS)])
        permissions.acknowledge_wildcard(self._arn("logs", _STREAMS), _NAMED_LATER)
        names = [workflow_jobs(self._stage, context.name) for context in contexts]
        for action, service, resource in (
            ("sagemaker:DescribeTrainingJob", "sagemaker", "training-job/{}"),
            ("logs:GetLogEvents", "logs", _STREAMS + "{}"),
        ):
            arns = [self._arn(service, resource.format(name)) for name in names]
            permissions.allow([action], arns)
            for arn in arns:
                permissions.acknowledge_wildcard(arn, _NAMED_LATER)
        first, last = contexts[0].name, contexts[-1].name
        purpose = f"What a notebook may do with {first} to {last} in {self._stage}"
        name = f"Group{len(self.policies) - 1}"
        self.policies.append(permissions.make_policy(self, name, purpose=purpose))

    def _allow(self, permissions: Permissions, actions: list[str], arn: str) -> None:
        permissions.allow(actions, [arn])
        reason = f"{', '.join(actions)} name one model's own, and {self._stage} has many models"
        permissions.acknowledge_wildcard(arn, reason)

    def _arn(self, service: str, resource: str) -> str:
        return format_arn(self._stack, service=service, resource=resource)


# Both log groups of jobs in one pattern: their streams begin with the job's name.
_STREAMS = "log-group:/aws/sagemaker/*Jobs:log-stream:"
_NAMED_LATER = (
    "sagemaker:DescribeTrainingJob, logs:DescribeLogStreams and logs:GetLogEvents name jobs and "
    "streams that the workflow names when it starts them"
)
