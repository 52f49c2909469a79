"""Stack of one model's package group, training workflow, triggers and rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput
from constructs import Construct

from config.outputs import INTAKE_ARN, MODEL_PACKAGE_GROUP_NAME, ROLLOUT_ARN, WORKFLOW_ARN
from constructs_lib.registry.model_package_group import ModelPackageGroup
from constructs_lib.rollout.rollout import Rollout
from constructs_lib.synthesis.environment_stage import EnvironmentStack
from constructs_lib.training.job_role import JobRole
from constructs_lib.training.training_schedule import TrainingSchedule
from constructs_lib.training.training_trigger import TrainingTrigger
from constructs_lib.training.training_workflow import TrainingWorkflow
from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from stacks.inference import InferenceStack
    from stacks.platform import Platform


class TrainingStack(EnvironmentStack):
    """Trains one model, registers candidates, and rolls out what is approved."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        model: str,
        platform: Platform,
        inference: InferenceStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config, model=model)
        self.inference = inference
        context = platform.model_context(config, model)
        self.group = ModelPackageGroup(self, "Versions", context=context)
        job_role = JobRole(self, "JobRole", context=context)
        self.workflow = TrainingWorkflow(
            self, "Workflow", context=context, group=self.group, job_role=job_role
        )
        dead_letters = DeadLetterQueue(self, "Undelivered", context=context)
        trigger = TrainingTrigger(
            self, "Intake", context=context, workflow=self.workflow, dead_letters=dead_letters
        )
        TrainingSchedule(
            self, "Schedule", context=context, workflow=self.workflow, dead_letters=dead_letters
        )
        rollout = Rollout(
            self,
            "Rollout",
            context=context,
            group=self.group,
            target=inference.rollout_target,
            dead_letters=dead_letters,
        )
        # The rollout updates that stack: it has to be there first.
        self.add_stack_dependency(inference)

        CfnOutput(self, WORKFLOW_ARN, value=self.workflow.state_machine_arn)
        CfnOutput(self, INTAKE_ARN, value=trigger.state_machine_arn)
        CfnOutput(self, ROLLOUT_ARN, value=rollout.state_machine_arn)
        CfnOutput(self, MODEL_PACKAGE_GROUP_NAME, value=self.group.group_name)
