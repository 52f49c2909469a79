"""What a workflow does otherwise is named by its step: approval, gate, order, errors, limits."""

import json
from typing import Any

import pytest

from reviewer.changes.finding import Finding
from reviewer.changes.state_machines import reachable
from tests.reviewer.handmade import Told, findings, nested, one, told

MACHINE = "AWS::StepFunctions::StateMachine"
REGISTER = "arn:aws:states:::aws-sdk:sagemaker:createModelPackage"
LIST = "arn:aws:states:::aws-sdk:sagemaker:listModelPackages"


def definition(**states: Any) -> dict[str, Any]:
    return {"DefinitionString": json.dumps({"StartAt": next(iter(states)), "States": states})}


def asked(old: dict[str, Any], new: dict[str, Any]) -> list[Finding]:
    return [found for found in findings(one(MACHINE, old), one(MACHINE, new)) if found.needs_person]


def rules(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [found.rule for found in asked(old, new)]


def _approving(status: str, resource: str = REGISTER) -> dict[str, Any]:
    arguments = {"ModelApprovalStatus": status}
    return definition(Register={"Type": "Task", "Resource": resource, "Arguments": arguments})


@pytest.mark.parametrize(
    "status",
    [
        "Approved",
        "{% $refusal != '' ? 'Rejected' : 'Approved' %}",
        "{% $refusal != '' ? 'Approved' : 'PendingManualApproval' %}",
    ],
)
def test_an_approval_without_a_person_is_named_and_the_way_back_is_quiet(status: str) -> None:
    manual = _approving("{% $refusal != '' ? 'Rejected' : 'PendingManualApproval' %}")

    (found,) = asked(manual, _approving(status))

    said = "no person approves any more: Register approves by itself"
    assert (found.rule, found.said, found.after) == ("approval-automatic", said, status)
    assert asked(_approving(status), manual) == []


def test_versions_that_nobody_approved_are_named() -> None:
    for other in ("PendingManualApproval", "Rejected"):
        (found,) = asked(_approving("Approved", LIST), _approving(other, LIST))
        assert found.rule == "approval-not-needed"


def test_another_gate_is_named() -> None:
    strict, mild = (definition(Gate={"Assign": {"refusal": c}}) for c in ("0.9", "0.5"))

    assert told(MACHINE, strict, mild) == [("gate-changed", "0.9", "0.5")]
    assert told(MACHINE, mild, strict) == [("gate-changed", "0.5", "0.9")]


def test_a_step_that_comes_and_one_that_goes_are_named_with_their_json() -> None:
    gate = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:iam:createAccessKey"}
    less, more = definition(Train={"Type": "Pass"}), definition(Train={"Type": "Pass"}, Gate=gate)

    (added,) = asked(less, more)
    (removed,) = asked(more, less)

    assert added.said == f"a step is new: Gate, which calls {gate['Resource']}"
    assert (added.rule, added.before, json.loads(added.after)) == ("state-added", "-", gate)
    assert (removed.rule, removed.said) == ("state-removed", "a step is gone: Gate")


def test_a_new_step_that_calls_an_address_is_a_way_out() -> None:
    call = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke"}
    body = {"Train": {"Type": "Pass"}}

    (found,) = asked(definition(**body), definition(**body, Call=call))

    assert (found.rule, found.area) == ("way-out-added", "exposure")


def test_a_gate_to_which_no_way_leads_any_more_is_named() -> None:
    def workflow(then: str) -> dict[str, Any]:
        return definition(
            Train={"Type": "Pass", "Next": then},
            Gate={"Type": "Choice", "Choices": [{"Next": "Done"}], "Default": "Done"},
            Done={"Type": "Succeed"},
        )

    skipped, order = sorted(asked(workflow("Gate"), workflow("Done")), key=lambda it: it.said)[::-1]

    assert (skipped.rule, skipped.said) == ("steps-skipped", "no way leads any more to Gate")
    assert (order.rule, order.before, order.after) == ("order-changed", "Gate", "Done")
    assert rules(workflow("Done"), workflow("Gate")) == ["order-changed"]


@pytest.mark.parametrize(
    ("field", "old", "new", "rule"),
    [
        ("Resource", "a", "b", "state-acts-otherwise"),
        ("Type", "Wait", "Pass", "state-acts-otherwise"),
        ("Choices", [{"Condition": "a", "Next": "X"}], [{"Condition": "b"}], "choice-changed"),
        ("Default", "A", "B", "order-changed"),
        ("Retry", [{"MaxAttempts": 5}], [{"MaxAttempts": 0}], "retries-changed"),
        ("Retry", [{"MaxAttempts": 5}], None, "retries-changed"),
        ("Catch", [{"Next": "A"}], [{"Next": "B"}], "errors-handled-otherwise"),
        ("TimeoutSeconds", 60, None, "time-limit-changed"),
        ("HeartbeatSeconds", 60, 6000, "time-limit-changed"),
    ],
)
def test_what_a_step_does_otherwise_is_one_finding_each(
    field: str, old: Any, new: Any, rule: str
) -> None:
    states = [{"A": 1, **({} if value is None else {field: value})} for value in (old, new)]
    before, after = (definition(Train=state) for state in states)

    (found,) = asked(before, after)

    assert found.rule == rule
    assert found.said.startswith("Train: ")
    assert rules(after, before) == [rule]


def test_another_first_step_and_another_limit_of_an_execution_are_named() -> None:
    steps = {"Train": {"Next": "Gate"}, "Gate": {"Type": "Pass"}}
    old, late, endless = (
        {"DefinitionString": json.dumps({"States": steps, **beside})}
        for beside in (
            {"StartAt": "Train", "TimeoutSeconds": 60},
            {"StartAt": "Gate", "TimeoutSeconds": 60},
            {"StartAt": "Train"},
        )
    )

    assert rules(old, late) == ["order-changed", "steps-skipped"]
    assert rules(old, endless) == ["time-limit-changed"]


@pytest.mark.parametrize(
    ("safe", "unsafe", "expected"),
    [
        ({"Level": "ALL"}, None, ("log-removed", "logged", "-")),
        ({"Level": "ALL"}, {"Level": "ERROR"}, ("log-removed", "ALL", "ERROR")),
    ],
)
def test_executions_that_are_logged_less_are_named(safe: Any, unsafe: Any, expected: Told) -> None:
    old, new = (nested("LoggingConfiguration", one) for one in (safe, unsafe))

    assert told(MACHINE, old, new, "safety") == [expected]
    assert asked(new, old) == []


def test_logs_that_become_fewer_again_were_no_full_ones() -> None:
    old, new = (nested("LoggingConfiguration/Level", one) for one in ("ERROR", "FATAL"))

    assert rules(old, new) == ["log-changed"]


@pytest.mark.parametrize("broken", [1, "{", []])
def test_a_definition_that_is_none_is_reviewed_too(broken: Any) -> None:
    sound = definition(Train={"Choices": 1, "Catch": "x", "Next": ["y"]})

    assert asked(sound, {"DefinitionString": broken})
    assert asked({"DefinitionString": broken}, sound)


@pytest.mark.parametrize("states", [1, {"A": 1}, [], {"A": {"Next": 1, "Choices": [1]}}])
def test_states_that_are_none_lead_nowhere(states: Any) -> None:
    assert reachable({"StartAt": "A", "States": states}) <= {"A"}
