"""Everything that makes one model better: its registry, its workflow, its triggers, its rollout."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from config.outputs import INTAKE_ARN, MODEL_PACKAGE_GROUP_NAME, ROLLOUT_ARN, WORKFLOW_ARN
from config.schema import EnvironmentConfig
from constructs_lib.registry.model_package_group import ModelPackageGroup
from constructs_lib.rollout.rollout import Rollout
from constructs_lib.training.job_role import JobRole
from constructs_lib.training.training_schedule import TrainingSchedule
from constructs_lib.training.training_trigger import Intake
from constructs_lib.training.training_workflow import TrainingWorkflow
from constructs_lib.workflow.dead_letter_queue import UndeliveredEvents
from stacks.inference import InferenceStack
from stacks.model_resources import model_site
from stacks.platform import Platform


class TrainingStack(Stack):
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
        super().__init__(scope, construct_id, termination_protection=config.keeps_data)
        site = model_site(config, model, platform)
        self.inference = inference
        self.model_package_group = ModelPackageGroup(self, "Versions", site=site)
        self.job_role = JobRole(self, "JobRole", site=site)
        self.workflow = TrainingWorkflow(
            self, "Workflow", site=site, group=self.model_package_group, job_role=self.job_role
        )
        undelivered = UndeliveredEvents(self, "Undelivered", site=site)
        self.intake = Intake(
            self, "Intake", site=site, workflow=self.workflow, undelivered=undelivered
        )
        TrainingSchedule(
            self, "Schedule", site=site, workflow=self.workflow, undelivered=undelivered
        )
        self.rollout = Rollout(
            self,
            "Rollout",
            site=site,
            group=self.model_package_group,
            target=inference.rollout_target,
            undelivered=undelivered,
        )
        # The rollout updates that stack: it has to be there first.
        self.add_stack_dependency(inference)

        CfnOutput(self, WORKFLOW_ARN, value=self.workflow.state_machine_arn)
        CfnOutput(self, INTAKE_ARN, value=self.intake.intake_arn)
        CfnOutput(self, ROLLOUT_ARN, value=self.rollout.rollout_arn)
        CfnOutput(self, MODEL_PACKAGE_GROUP_NAME, value=self.model_package_group.group_name)
