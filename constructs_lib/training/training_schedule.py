"""Trains at fixed times, when the environment file asks for it."""

from constructs import Construct

from constructs_lib.registry.model_context import ModelSite
from constructs_lib.training.training_workflow import TrainingWorkflow
from constructs_lib.workflow.dead_letter_queue import UndeliveredEvents
from constructs_lib.workflow.schedule_trigger import ClockTrigger


class TrainingSchedule(Construct):
    """The cron of `training.triggers.schedule`; empty without one."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: ModelSite,
        workflow: TrainingWorkflow,
        undelivered: UndeliveredEvents,
    ) -> None:
        super().__init__(scope, construct_id)
        schedule = site.settings.training.triggers.schedule
        if schedule is None:
            return
        ClockTrigger(
            self,
            "Clock",
            expression=f"cron({schedule.cron})",
            timezone=schedule.timezone,
            machine=workflow,
            message={"Reason": "schedule"},
            undelivered=undelivered,
        )
