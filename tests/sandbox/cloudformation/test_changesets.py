"""What a change set says it would add, modify and remove, and why it is refused."""

from typing import Any

import pytest

from sandbox.cloudformation.errors import TemplateError
from tests.sandbox.cloudformation.local import OTHER, body, given, made


def planned(before: dict[str, Any], now: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    local, _ = made(before)
    changes = local.plan("plan", "UPDATE", given(now, **more)).changes
    found = [one["ResourceChange"] for one in changes]
    return [(one["Action"], one["LogicalResourceId"]) for one in found]


CHAIN = body(A={}, B={"Of": {"Ref": "A"}}, C={"Of": {"Fn::GetAtt": ["B", "Arn"]}}, D={})
CONDITION = {"Conditions": {"Is": {"Fn::Equals": ["a", "a"]}, "Not": {"Fn::Equals": ["a", "b"]}}}


def conditional(condition: str) -> dict[str, Any]:
    template = body(A={}, B={})
    template["Resources"]["A"]["Condition"] = condition
    return {**template, **CONDITION}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (body(A={}), body(A={}, B={}), [("Add", "B")]),
        (body(A={}, B={}), body(A={}), [("Remove", "B")]),
        (body(A={}, B={}), body(A={"X": 1}, B={}), [("Modify", "A")]),
        (
            CHAIN,
            body(A={"X": 1}, B={"Of": {"Ref": "A"}}, C={"Of": {"Fn::GetAtt": ["B", "Arn"]}}, D={}),
            [("Modify", "A"), ("Modify", "B"), ("Modify", "C")],
        ),
        (conditional("Is"), conditional("Not"), [("Remove", "A")]),
        (conditional("Not"), conditional("Is"), [("Add", "A")]),
        (body(B={}), conditional("Not"), []),
    ],
)
def test_a_change_set_lists_what_differs_and_what_refers_to_it(
    before: dict[str, Any], now: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert planned(before, now) == expected


def test_a_new_value_of_a_parameter_changes_what_refers_to_it() -> None:
    template = {
        **body(A={"Of": {"Ref": "P"}}, B={}),
        "Parameters": {"P": {"Type": "String", "Default": "x"}},
    }
    given_value = [{"ParameterKey": "P", "ParameterValue": "y"}]

    assert planned(template, template, parameters=given_value) == [("Modify", "A")]


def test_another_type_is_no_update() -> None:
    local, _ = made(body(A={}, B={}))
    now = body(A={"X": 1}, B={}, C={})
    now["Resources"]["B"]["Type"] = now["Resources"]["C"]["Type"] = OTHER

    plan = local.plan("plan", "UPDATE", given(now))

    assert (plan.status, plan.execution_status) == ("FAILED", "UNAVAILABLE")
    assert (plan.reason or "").endswith("resource type of the following resources: [B]")
    with pytest.raises(TemplateError, match="Update of resource type is not permitted"):
        local.update(given(now))


def test_a_change_set_that_changes_nothing_says_so() -> None:
    local, _ = made(body(A={}))

    plan = local.plan("plan", "UPDATE", given(body(A={})))

    assert (plan.status, plan.changes) == ("FAILED", [])
    assert "didn't contain changes" in (plan.reason or "")
