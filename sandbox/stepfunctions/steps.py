"""Step Functions executions: idempotent names, status events, definitions checked on create."""

from __future__ import annotations

import re
import threading
import time
import uuid
from typing import Any

from moto.stepfunctions import models, urls
from moto.stepfunctions.exceptions import InvalidName
from moto.stepfunctions.parser import models as parser_models
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.backend import execution as backend_execution
from moto.stepfunctions.parser.backend import execution_worker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from sandbox.eventbridge import events
from sandbox.iam import casing
from sandbox.state.stores import Document, Place
from sandbox.stepfunctions import definitions, integrations, queries

# On a laptop half a minute is too long to wait for the next look at a stack.
LONGEST_WAIT_SECONDS = 1.0
_BEGIN_SECONDS = 30.0
_STARTING = threading.RLock()
_CHANGE = "Step Functions Execution Status Change"


class Execution(backend_execution.Execution):
    """An execution that announces its status to EventBridge."""

    @property
    def status(self) -> Any:
        """RUNNING from the first moment; moto has none until its interpreter begins."""
        return "RUNNING" if self.exec_status is None else super().status

    def get_start_execution_details(self) -> Any:
        """Give the context object a start time that is JSON."""
        return ExecutionDetails(
            arn=self.exec_arn,
            name=self.name,
            role_arn=self.role_arn,
            inpt=self.input_data,
            start_time=casing.iso(self.start_date),
        )

    def _get_start_execution_worker_comm(self) -> Any:
        return _Announcer(self)

    def _get_start_execution_worker(self) -> Any:
        worker = super()._get_start_execution_worker()
        worker.__class__ = _Worker
        return worker

    def start(self) -> None:
        """Run in the background."""
        announce(self, "RUNNING")  # before the end can be announced
        super().start()


class _Worker(execution_worker.ExecutionWorker):
    def _get_evaluation_environment(self) -> Any:
        environment = super()._get_evaluation_environment()
        execution = environment.states.context_object.context_object_data["Execution"]
        execution["RedriveCount"] = 0  # nothing is redriven here
        return environment

    def stop(self, stop_date: Any, error: Any, cause: Any) -> None:
        """Stop, when it runs: moto's interpreter hears nothing before its thread has begun."""
        until = time.monotonic() + _BEGIN_SECONDS
        while self.env is None or self.env.program_state() is None:
            if time.monotonic() > until:
                break
            time.sleep(0.01)
        super().stop(stop_date, error, cause)


class _Announcer(backend_execution.BaseExecutionWorkerCommunication):
    def terminated(self) -> None:
        super().terminated()
        announce(self.execution, self.execution.status)


def announce(execution: Any, status: str) -> None:
    """Send the status of `execution` to EventBridge."""
    described = execution.to_describe_output()
    detail: Document = {
        name: described.get(name)
        for name in ("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "input")
    }
    detail |= {"status": status, "output": described.get("output")}
    detail |= {name: described.get(name) for name in ("error", "cause")}
    place = Place(execution.account_id, execution.region_name)
    events.put(place, events.Event("aws.states", _CHANGE, detail, [execution.exec_arn]))


class Backend(StepFunctionsParserBackend):
    """moto's interpreter, with execution names as AWS treats them."""

    @property
    def _url_module(self) -> Any:
        return urls

    def start_execution(
        self,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: Any = None,
    ) -> Any:
        """Start, or return the running execution of the same name and input."""
        if name and not re.fullmatch(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f]{1,80}", name):
            raise InvalidName(f"Invalid Name: '{name}'")
        with _STARTING:  # or two equal names at once would both start
            return super().start_execution(
                state_machine_arn, name or str(uuid.uuid4()), execution_input, trace_header
            )


class Response(StepFunctionResponse):
    """The API, which looks at a definition before it keeps it."""

    def create_state_machine(self) -> Any:
        """Create a state machine; refuses what AWS refuses."""
        definitions.check(self._get_param("definition"), self._get_param("roleArn"), self._place)
        return super().create_state_machine()

    def update_state_machine(self) -> Any:
        """Update a state machine; refuses what AWS refuses."""
        machine = self.stepfunction_backend.describe_state_machine(
            self._get_param("stateMachineArn")
        )
        definition = self._get_param("definition") or machine.definition
        role = self._get_param("roleArn") or machine.roleArn
        definitions.check(definition, role, self._place)
        return super().update_state_machine()

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)


def _wait_interval(self: Any, env: Any, wait_seconds: float) -> None:
    if wait_seconds > 0:
        env.program_state_event.wait(min(wait_seconds, LONGEST_WAIT_SECONDS))


class _ShortSleep:
    """Stands for the module `time` where retries wait."""

    @staticmethod
    def sleep(seconds: float) -> None:
        """Wait, but not as long as in a data centre."""
        threading.Event().wait(min(seconds, LONGEST_WAIT_SECONDS))


def install() -> None:
    """Put the executing backend in place of moto's stub."""
    models.stepfunctions_backends.backend = Backend
    urls.url_paths["{0}/$"] = Response.dispatch
    parser_models.Execution = Execution
    WaitFunction._wait_interval = _wait_interval
    retrier_decl.time = _ShortSleep
    integrations.install()
    queries.install()
