"""State machine of a training: from a data version to a registered candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from config.parameter_names import newest_data_parameter
from constructs_lib.access.job_names import workflow_jobs
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of
from constructs_lib.training.data_check_states import checks_data
from constructs_lib.training.evaluation_states import evaluation_states
from constructs_lib.training.preparation_states import preparation_states
from constructs_lib.training.registration_states import APPROVAL, registration_states
from constructs_lib.training.training_states import training_states
from constructs_lib.training.workflow_parts import WorkflowParts
from constructs_lib.workflow.notification_states import failure_states
from constructs_lib.workflow.state_machine import StateMachine

if TYPE_CHECKING:
    from constructs_lib.access.permissions import Permissions
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.registry.model_package_group import ModelPackageGroup
    from constructs_lib.training.job_role import JobRole
    from constructs_lib.workflow.asl import States

_DAY_SECONDS = 86_400
_MANAGED_RULES = (
    "StepFunctionsGetEventForCodeBuildStartBuildRule",
    "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
)


class TrainingWorkflow(Construct):
    """Ensures the image, trains, evaluates, applies the gate, registers and notifies."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        group: ModelPackageGroup,
        job_role: JobRole,
    ) -> None:
        super().__init__(scope, construct_id)
        self._context = context
        self._machine = StateMachine(self, "Machine", context=context, name="workflow")
        # No resource of the stack: CloudFormation writes a parameter's value again with every
        # change of its resource, a tag's too, and would undo what the workflow wrote.
        newest_data = newest_data_parameter(context.config.stage, context.name)
        parts = WorkflowParts(context, job_role.role_arn, group.group_name, newest_data)
        self._allow_preparation(group, newest_data)
        self._allow_jobs(job_role)
        self._allow_registration(group)
        self._machine.define(
            _states(parts),
            start="ReadInput",
            timeout_seconds=_longest_seconds(context),
            comment=f"Trains {context.name} and registers what comes out",
        )

    @property
    def state_machine_arn(self) -> str:
        return self._machine.state_machine_arn

    @property
    def permissions(self) -> Permissions:
        """The grantee for everything the states call."""
        return self._machine.permissions

    def grant_start(self, grantee: Permissions) -> None:
        """Let `grantee` start trainings, describe them and stop them."""
        self._machine.grant_start(grantee)

    def grant_only_start(self, grantee: Permissions) -> None:
        """Let `grantee` start trainings, and not describe them."""
        self._machine.grant_only_start(grantee)

    def _allow_preparation(self, group: ModelPackageGroup, newest_data: str) -> None:
        arn = format_arn(
            stack_of(self),
            service="ssm",
            resource="parameter",
            resource_name=newest_data.removeprefix("/"),
        )
        self.permissions.allow(["ssm:GetParameter", "ssm:PutParameter"], [arn])
        if checks_data(self._context):
            self._context.data.grant_read_prefix(self.permissions, self._context.prefix)
        self._context.repository.grant_describe(self.permissions)
        self._context.image_build.grant_start(self.permissions)
        group.grant_find(self.permissions)
        group.grant_read_version(self.permissions)

    def _allow_jobs(self, job_role: JobRole) -> None:
        stack = stack_of(self)
        for kind in ("Training", "Processing"):
            actions = [f"sagemaker:{verb}{kind}Job" for verb in ("Create", "Describe", "Stop")]
            actions += ["sagemaker:AddTags", "sagemaker:ListTags"]
            name = workflow_jobs(self._context.config.stage, self._context.name)
            jobs = format_arn(stack, service="sagemaker", resource=f"{kind.lower()}-job/{name}")
            self.permissions.allow(actions, [jobs])
            self.permissions.acknowledge_wildcard(
                jobs,
                f"{', '.join(actions)} name a job of this model, and every attempt has a new name",
            )
        rules = [format_arn(stack, service="events", resource=f"rule/{r}") for r in _MANAGED_RULES]
        self.permissions.allow(
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"], rules
        )
        job_role.grant_pass(self.permissions)
        self._context.key.grant_for_volumes(self.permissions)

    def _allow_registration(self, group: ModelPackageGroup) -> None:
        context = self._context
        # CreateModelPackage reads the model archive and the image with the caller's permissions.
        context.artifacts.grant_read_prefix(self.permissions, context.prefix)
        context.repository.grant_pull(self.permissions)
        group.grant_reject(self.permissions)
        statuses = {APPROVAL["manual"], APPROVAL[context.settings.gate.approval], "Rejected"}
        group.grant_register(self.permissions, sorted(statuses))
        context.topic.grant_publish_alert(self.permissions)


def _states(parts: WorkflowParts) -> States:
    failed = "NotifyFailure"
    what = f"Training of {parts.context.full_name}"
    return {
        **preparation_states(parts, then="Train", failed=failed),
        **training_states(parts, then="Evaluate", failed=failed),
        **evaluation_states(parts, then="Register", failed=failed),
        **registration_states(parts, failed=failed),
        **failure_states(parts.context.topic.arn, what=what),
    }


def _longest_seconds(context: ModelContext) -> int:
    # Every wait and every attempt has a limit of its own; this one is the last resort.
    training = context.settings.training
    attempts = 7 * len(training.instance_types)
    return 7 * _DAY_SECONDS + attempts * 60 * training.wait_minutes
