"""State machines that show what each Task asks for, and the path of an execution."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from tests.second_opinion.emulator import ACCOUNT, Emulator
from tests.templates.states import State

GIVE_UP_AFTER_SECONDS = 180
ROLE = f"arn:aws:iam::{ACCOUNT}:role/states"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A uuid of which the first digits are cut off, as names of jobs have it.
_CUT = re.compile(r"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A Pass state has none.
_RETRIES = "$states.context.State.RetryCount"
Path = list[tuple[str, str, Any]]


def with_arguments(definition: State) -> State:
    """The machine with two states before each Task, which show its arguments as an output."""
    tasks = {name for name, state in definition["States"].items() if state["Type"] == "Task"}
    states: dict[str, State] = {}
    for name, state in definition["States"].items():
        if name in tasks:
            arguments = json.loads(json.dumps(state.get("Arguments", {})).replace(_RETRIES, "0"))
            shown = {"input": "{% $states.input %}", "arguments": arguments}
            states[_before(name)] = {"Type": "Pass", "Output": shown, "Next": f"{name} input"}
            output = "{% $states.input.input %}"
            states[f"{name} input"] = {"Type": "Pass", "Output": output, "Next": name}
        states[name] = _redirected(state, tasks)
    start = definition["StartAt"]
    return {**definition, "StartAt": _before(start) if start in tasks else start, "States": states}


def _before(name: str) -> str:
    return f"{name} arguments"


def _redirected(state: State, tasks: set[str]) -> State:
    made = dict(state)
    for key in ("Next", "Default"):
        if made.get(key) in tasks:
            made[key] = _before(made[key])
    for key in ("Choices", "Catch"):
        if key in made:
            made[key] = [_redirected(rule, tasks) for rule in made[key]]
    return made


def create(emulator: Emulator, definitions: Mapping[str, State]) -> dict[str, str]:
    """Make the machines; returns their ARNs."""
    client = emulator.client("stepfunctions")
    return {
        name: client.create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE
        )["stateMachineArn"]
        for name, definition in definitions.items()
    }


def start(client: Any, machine: str, name: str, message: Any) -> str:
    """Start an execution; returns its ARN."""
    started = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(message))
    return str(started["executionArn"])


def path(client: Any, execution: str) -> Path:
    """Each state that an execution entered and left, with input and output, and how it ended."""
    deadline, pause = time.monotonic() + GIVE_UP_AFTER_SECONDS, 0.05
    while (described := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{execution} still runs"
        time.sleep(pause)
        pause = min(2 * pause, 0.5)
    found: Path = []
    pages = client.get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=execution, maxResults=1000):
        for event in page["events"]:
            if entered := event.get("stateEnteredEventDetails"):
                found.append(("enters", entered["name"], _value(entered["input"])))
            elif left := event.get("stateExitedEventDetails"):
                found.append(("leaves", left["name"], _value(left["output"])))
    if described["status"] == "SUCCEEDED":
        return [*found, ("succeeds", "", _value(described["output"]))]
    ended = {key: described.get(key, "") for key in ("status", "error", "cause")}
    return [*found, ("ends", "", _value(json.dumps(ended)))]


def _value(text: str) -> Any:
    """A JSON document in which every UUID is the same one."""
    return json.loads(_CUT.sub("-uuid", _UUID.sub("uuid", text)))
