"""Every state machine is whole: its graph, its API calls, its expressions."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonata
import pytest

from tests.templates.assembly import Assembly
from tests.templates.botocore_model import complaints
from tests.templates.states import (
    Call,
    calls,
    definition,
    expressions,
    machines,
    reachable,
    successors,
)

MAX_BYTES = 1_000_000
ENDS = {"Succeed", "Fail"}


def definitions(assembly: Assembly) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every machine of every stack, inner ones too, with a name for messages."""
    found = list(assembly.resources("AWS::StepFunctions::StateMachine"))
    assert len(found) == 9, "workflow, intake and rollout in three environments"
    for one in found:
        for path, machine in machines(definition(one.properties)):
            yield f"{one.properties['StateMachineName']}{path}", machine


def test_every_transition_leads_to_a_state(assembly: Assembly) -> None:
    for name, machine in definitions(assembly):
        wanted = {machine["StartAt"]}.union(*map(successors, machine["States"].values()))
        assert wanted - machine["States"].keys() == set(), name


def test_every_state_can_be_reached(assembly: Assembly) -> None:
    for name, machine in definitions(assembly):
        assert machine["States"].keys() - reachable(machine) == set(), name


def test_every_state_goes_on_or_ends(assembly: Assembly) -> None:
    for name, machine in definitions(assembly):
        for state_name, state in machine["States"].items():
            ends = state.get("End", False) or state["Type"] in ENDS
            assert ends != bool(successors(state) - caught(state)), f"{name}: {state_name}"


def caught(state: dict[str, Any]) -> set[str]:
    """Where a state goes only when it fails."""
    usual = {"Next": state.get("Next"), "Default": state.get("Default")}
    rules = {rule.get("Next") for rule in state.get("Choices", [])}
    return {rule["Next"] for rule in state.get("Catch", [])} - {*usual.values()} - rules


def test_every_call_is_one_that_the_api_takes(assembly: Assembly) -> None:
    seen = 0
    for name, machine in definitions(assembly):
        for call in calls(machine):
            seen += 1
            assert list(complaints(call)) == [], name
    assert seen > 20


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (Call("X", "sns", "publishh", {}), "sns has no publishh"),
        (Call("X", "sns", "publish", {"Message": "m", "Topic": "t"}), ".Topic is unknown"),
        (Call("X", "sns", "publish", {"TopicArn": "t"}), ".Message is missing"),
        (Call("X", "sns", "publish", {"Message": 3}), ".Message must be string"),
        (
            Call("X", "sagemaker", "stopTrainingJob", {"TrainingJobName": "x" * 64}),
            ".TrainingJobName is above 63",
        ),
        (
            Call(
                "X",
                "sagemaker",
                "updateModelPackage",
                {"ModelPackageArn": "arn", "ModelApprovalStatus": "Yes"},
            ),
            ".ModelApprovalStatus must be one of",
        ),
    ],
)
def test_a_call_that_the_api_refuses_is_noticed(call: Call, complaint: str) -> None:
    assert any(complaint in text for text in complaints(call))


def test_every_expression_is_jsonata(assembly: Assembly) -> None:
    seen = {text for _, machine in definitions(assembly) for text in expressions(machine)}

    assert seen
    for text in seen:
        jsonata.Jsonata(text)


def test_a_broken_expression_is_noticed() -> None:
    with pytest.raises(Exception, match=r"Syntax error|Expected"):
        jsonata.Jsonata("$exists(")


def test_a_definition_is_not_larger_than_aws_takes(assembly: Assembly) -> None:
    for found in assembly.resources("AWS::StepFunctions::StateMachine"):
        assert len(json.dumps(definition(found.properties))) < MAX_BYTES, str(found)


def test_a_machine_logs_without_the_data_it_works_on(assembly: Assembly) -> None:
    for found in assembly.resources("AWS::StepFunctions::StateMachine"):
        logging = found.properties["LoggingConfiguration"]
        assert logging["Level"] != "OFF", str(found)
        assert not logging.get("IncludeExecutionData", False), str(found)
        assert logging["Destinations"], str(found)


def test_a_catch_of_everything_is_the_last_one(assembly: Assembly) -> None:
    for name, machine in definitions(assembly):
        for state_name, state in machine["States"].items():
            for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
                assert rule["ErrorEquals"], f"{name}: {state_name}"
            last = [rule for rule in state.get("Catch", []) if "States.ALL" in rule["ErrorEquals"]]
            assert last in ([], state.get("Catch", [])[-1:]), f"{name}: {state_name}"


# A name that is no function's, no binding's and no parameter's.
_READ = re.compile(r"\$([A-Za-z]\w*)\b(?!\s*(?:\(|:=))")
_BINDING = re.compile(r"\$(\w+)\s*:=")
_PARAMETERS = re.compile(r"function\(([^)]*)\)")
RESERVED = {"states"}


def variables_read(state: dict[str, Any]) -> set[str]:
    """Variables of the execution that the expressions of a state read."""
    found: set[str] = set()
    for text in expressions(state):
        own = {*_BINDING.findall(text), *_READ.findall(",".join(_PARAMETERS.findall(text)))}
        found |= set(_READ.findall(text)) - own - RESERVED
    return found


def ways(machine: dict[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """Every transition with what is assigned on it."""
    for name, state in machine["States"].items():
        for rule in state.get("Catch", []):
            yield name, rule["Next"], {*rule.get("Assign", {})}
        nexts = [state.get("Next"), state.get("Default")]
        for then in [*nexts, *(rule["Next"] for rule in state.get("Choices", []))]:
            if then is not None:
                yield name, then, {*state.get("Assign", {})}


def assigned(machine: dict[str, Any]) -> dict[str, set[str]]:
    """What every path to a state has assigned before it."""
    everything = set().union(*(names for _, _, names in ways(machine)))
    found = {name: everything for name in machine["States"]} | {machine["StartAt"]: set()}
    is_settled = False
    while not is_settled:
        is_settled = True
        for name, then, names in ways(machine):
            left = found[then] & (found[name] | names)
            is_settled = is_settled and left == found[then]
            found[then] = left
    return found


def test_every_variable_is_assigned_on_every_way_to_where_it_is_read(assembly: Assembly) -> None:
    seen = 0
    for name, machine in definitions(assembly):
        known = assigned(machine)
        for state_name, state in machine["States"].items():
            read = variables_read(state)
            seen += len(read)
            assert read - known[state_name] == set(), f"{name}: {state_name}"
    assert seen > 100


def test_a_variable_that_one_way_does_not_assign_is_noticed() -> None:
    machine: dict[str, Any] = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"},
            "B": {"Type": "Pass", "Assign": {"x": 1}, "Next": "C"},
            "C": {"Type": "Pass", "Output": "{% $x + $count([1]) %}"},
        },
    }

    assert variables_read(machine["States"]["C"]) == {"x"}
    assert assigned(machine)["C"] == set()
    machine["States"]["A"]["Default"] = "B"
    assert assigned(machine)["C"] == {"x"}
