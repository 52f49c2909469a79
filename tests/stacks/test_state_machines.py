"""Every state machine is whole: its graph, its API calls, its expressions."""

import json
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
