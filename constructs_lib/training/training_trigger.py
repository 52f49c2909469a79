"""Event trigger of a training: each S3 or alarm event starts it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs import Construct

from config.s3_layout import READY_MARKER
from constructs_lib.workflow.asl import (
    State,
    States,
    choice,
    jsonata,
    retry_transient_errors,
    sdk,
    task,
)
from constructs_lib.workflow.event_trigger import EventTrigger
from constructs_lib.workflow.state_machine import StateMachine
from constructs_lib.workflow.trigger_role import TriggerRole

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.training.training_workflow import TrainingWorkflow
    from constructs_lib.workflow.dead_letter_queue import DeadLetterQueue


class TrainingTrigger(Construct):
    """Starts an execution whose name is a hash of the object's version or the event's id.

    Step Functions refuses a name it has seen, so an event that arrives twice trains once.
    """

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
        self._machine = StateMachine(self, "Machine", context=context, name="intake")
        workflow.grant_only_start(self._machine.permissions)
        self._machine.define(
            trigger_states(context, workflow.state_machine_arn),
            start="WhatHappened",
            timeout_seconds=3_600,
            comment=f"One event, one training of {context.name}",
        )
        triggers = context.settings.training.triggers
        patterns: dict[str, dict[str, Any]] = {}
        if triggers.on_data:
            patterns["DataArrived"] = data_arrived(context)
        if triggers.alarms:
            patterns["AlarmWentOff"] = alarm_went_off(triggers.alarms)
        if patterns:
            role = TriggerRole(self, "EventsRole", service="events", machine=self._machine)
        for name, pattern in patterns.items():
            EventTrigger(
                self,
                name,
                description=f"Trains {context.name}",
                pattern=pattern,
                role=role,
                dead_letters=dead_letters,
            )

    @property
    def state_machine_arn(self) -> str:
        return self._machine.state_machine_arn


def data_arrived(context: ModelContext) -> dict[str, Any]:
    """Return the event pattern of a data version's marker object."""
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [context.data.name]},
            "object": {"key": [{"wildcard": f"{context.prefix}*/{READY_MARKER}"}]},
        },
    }


def alarm_went_off(names: tuple[str, ...]) -> dict[str, Any]:
    """Return the event pattern of these alarms changing to ALARM."""
    return {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": list(names), "state": {"value": ["ALARM"]}},
    }


def trigger_states(context: ModelContext, workflow_arn: str) -> States:
    """Return states that start the workflow for an event, unless it was started before."""
    detail = "$states.input.detail"
    key = f"{detail}.object.key"
    is_marker = f"$count($split({key}, '/')) = 3 and $split({key}, '/')[1] != ''"
    # Without versioning there is no version-id; the sequencer orders writes of one key.
    version = (
        f"({detail}.object.`version-id` ? {detail}.object.`version-id` : {detail}.object.sequencer)"
    )
    return {
        "WhatHappened": choice(
            {
                f"$states.input.source = 'aws.s3' and {is_marker}": "TrainOnData",
                "$states.input.source = 'aws.cloudwatch'": "TrainOnAlarm",
            },
            otherwise="NotForUs",
        ),
        "TrainOnData": _start(
            workflow_arn,
            name=f"$hash({detail}.bucket.name & '/' & {key} & '@' & {version}, 'SHA-256')",
            message=f"{{'Reason': 'data', 'DataVersion': $split({key}, '/')[1]}}",
        ),
        "TrainOnAlarm": _start(
            workflow_arn,
            name="$hash($states.input.id, 'SHA-256')",
            message=f"{{'Reason': 'alarm ' & {detail}.alarmName}}",
        ),
        "Started": {"Type": "Succeed", "Output": {"Outcome": "started"}},
        "StartedBefore": {"Type": "Succeed", "Output": {"Outcome": "started before"}},
        "NotForUs": {"Type": "Succeed", "Output": {"Outcome": "not a marker of a data version"}},
    }


def _start(workflow_arn: str, *, name: str, message: str) -> State:
    return task(
        sdk("sfn", "startExecution"),
        {
            "StateMachineArn": workflow_arn,
            "Name": jsonata(name),
            # StartExecution takes text that holds JSON, not an object.
            "Input": jsonata(f"$string({message})"),
        },
        then="Started",
        retry=[retry_transient_errors("Sfn")],
        catch=[{"ErrorEquals": ["Sfn.ExecutionAlreadyExistsException"], "Next": "StartedBefore"}],
    )
