"""What the states of a training workflow name, gathered before the first state is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext


@dataclass(frozen=True)
class WorkflowParts:
    """The model's context, and the names of what its workflow remembers, registers and assumes."""

    context: ModelContext
    job_role_arn: str
    group_name: str
    data_version_parameter: str

    @property
    def data_uri(self) -> str:
        """Every data version of the model lies below it."""
        return f"s3://{self.context.data.name}/{self.context.prefix}"

    @property
    def artifacts_uri(self) -> str:
        """Everything the model's jobs write lies below it."""
        return f"s3://{self.context.artifacts.name}/{self.context.prefix}"

    def job_name(self, unique: str) -> str:
        """Expression of a job's name: at most 20 + 1 + 36 + 1 + 5 characters.

        `unique` is an expression that gives a UUID. The attempt is counted inside the state, so a
        retry never meets its own name; after a redrive counting starts again, one digit longer.
        """
        attempt = (
            "$string($states.context.Execution.RedriveCount) & "
            "$string($states.context.State.RetryCount)"
        )
        return f"'{self.context.name}-' & {unique} & '-' & {attempt}"
