"""Names and URIs that the states of a training workflow use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.access.job_names import workflow_job_name

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext


@dataclass(frozen=True)
class WorkflowParts:
    """The model's context, and the SSM parameter, package group and job role of its workflow."""

    context: ModelContext
    job_role_arn: str
    group_name: str
    data_version_parameter: str

    @property
    def data_uri(self) -> str:
        """URI prefix of the model's data versions."""
        return f"s3://{self.context.data.name}/{self.context.prefix}"

    @property
    def artifacts_uri(self) -> str:
        """URI prefix of all objects that the model's jobs write."""
        return f"s3://{self.context.artifacts.name}/{self.context.prefix}"

    def job_name(self, unique: str) -> str:
        """Return the JSONata of a job's name: at most 20 + 1 + 36 + 1 + 5 characters.

        `unique` is an expression that gives a UUID, whose first digits become the environment's.
        The attempt is counted inside the state, so a retry has another name; after a redrive
        counting starts again, one digit longer.
        """
        attempt = (
            "$string($states.context.Execution.RedriveCount) & "
            "$string($states.context.State.RetryCount)"
        )
        name = workflow_job_name(self.context.config.stage, self.context.name, unique)
        return f"{name} & '-' & {attempt}"
