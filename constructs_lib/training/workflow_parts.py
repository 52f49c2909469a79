"""What the states of a training workflow name, gathered before the first state is written."""

from dataclasses import dataclass

from constructs_lib.registry.model_context import ModelSite


@dataclass(frozen=True)
class WorkflowParts:
    """The model's site, and the names of what its workflow remembers, registers and assumes."""

    site: ModelSite
    job_role_arn: str
    group_name: str
    data_version_parameter: str

    @property
    def data_uri(self) -> str:
        """Every data version of the model lies below it."""
        return f"s3://{self.site.data.name}/{self.site.prefix}"

    @property
    def artifacts_uri(self) -> str:
        """Everything the model's jobs write lies below it."""
        return f"s3://{self.site.artifacts.name}/{self.site.prefix}"

    def job_name(self, unique: str) -> str:
        """Expression of a job's name: at most 20 + 1 + 36 + 1 + 5 characters.

        `unique` is an expression that gives a UUID. The attempt is counted inside the state, so a
        retry never meets its own name; after a redrive counting starts again, one digit longer.
        """
        attempt = (
            "$string($states.context.Execution.RedriveCount) & "
            "$string($states.context.State.RetryCount)"
        )
        return f"'{self.site.name}-' & {unique} & '-' & {attempt}"
