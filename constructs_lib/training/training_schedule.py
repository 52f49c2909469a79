"""EventBridge schedule of a training, where the environment file has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.workflow.schedule_trigger import ScheduleTrigger

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.training.training_workflow import TrainingWorkflow
    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue


class TrainingSchedule(Construct):
    """The cron of `training.triggers.schedule`; empty without one."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        context: ModelContext,
        workflow: TrainingWorkflow,
        dead_letters: DeadLetterQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        schedule = context.settings.training.triggers.schedule
        if schedule is None:
            return
        ScheduleTrigger(
            self,
            "Clock",
            expression=f"cron({schedule.cron})",
            timezone=schedule.timezone,
            machine=workflow,
            message={"Reason": "schedule"},
            dead_letters=dead_letters,
        )
