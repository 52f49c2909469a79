"""Answers that a test gives to Task states: of the sandbox's interpreter, and of the other one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.mocking.mock_config import MockedResponseReturn

from sandbox.stepfunctions import steps
from tests.second_opinion.scenarios import Error, Scenario

# More visits than any scenario makes.
_MANY = 999


class Script:
    """What the calls of our executions answer, by the name of the execution.

    The place is where a call leaves the interpreter: everything else of it is the sandbox's own.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._scenarios: dict[str, Scenario] = {}
        self._visits = Counter[tuple[str, str]]()
        patch.setattr(Environment, "is_mocked_mode", lambda _: True)
        patch.setattr(Environment, "get_current_mocked_response", lambda env: self._answer(env))
        patch.setattr(steps, "LONGEST_WAIT_SECONDS", 0.0)

    def add(self, scenario: Scenario) -> None:
        """Let an execution of the scenario's name have its answers."""
        self._scenarios[execution_name(scenario)] = scenario

    def _answer(self, environment: Any) -> Any:
        context = environment.states.context_object.context_object_data
        name, state = context["Execution"]["Name"], environment.next_state_name
        answers = self._scenarios[name].answers[state]
        if not context["State"]["RetryCount"]:
            self._visits[name, state] += 1
        answer = answers[min(self._visits[name, state], len(answers)) - 1]
        if isinstance(answer, Error):
            raise FailureEventException(_failure(environment, answer))
        return MockedResponseReturn(0, 0, answer)


def _failure(environment: Any, error: Error) -> Any:
    """The event of a failed call, as the sandbox's integrations make it."""
    is_of_states = error.name.startswith("States.")
    return FailureEvent(
        env=environment,
        error_name=(
            StatesErrorName(StatesErrorNameType.from_name(error.name))
            if is_of_states
            else CustomErrorName(error.name)
        ),
        event_type=HistoryEventType.TaskFailed,
        event_details=EventDetails(
            taskFailedEventDetails=TaskFailedEventDetails(error=error.name, cause=error.cause)
        ),
    )


def execution_name(scenario: Scenario) -> str:
    """The name that an execution of the scenario has in both."""
    return f"{scenario.machine}-{scenario.name}"[:80]


def answers_file(scenarios: Iterable[Scenario]) -> str:
    """The same answers in the form of Step Functions Local, which the other one reads.

    https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
    """
    machines: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    for scenario in scenarios:
        cases = machines.setdefault(scenario.machine, {"TestCases": {}})["TestCases"]
        case = cases.setdefault(execution_name(scenario), {})
        for state, answers in scenario.answers.items():
            name = f"{execution_name(scenario)}-{state}"
            case[state] = name
            *turns, last = map(_answer_of, answers)
            given = {str(number): answer for number, answer in enumerate(turns)}
            responses[name] = {**given, f"{len(turns)}-{_MANY}": last}
    return json.dumps({"StateMachines": machines, "MockedResponses": responses})


def _answer_of(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Error):
        return {"Throw": {"Error": answer.name, "Cause": answer.cause}}
    return {"Return": answer}
