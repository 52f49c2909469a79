"""How a stack is shown, and when a template asks for anything new."""

from typing import Any

import pytest

from sandbox.cloudformation.stack import Output, Stack
from sandbox.handlers.resource import StackResource

TEMPLATE: dict[str, Any] = {
    "Parameters": {"P": {"Type": "String"}, "S": {"Type": "String", "NoEcho": True}},
    "Resources": {"A": {"Type": "X", "Properties": {"Of": {"Ref": "P"}}}},
}


def stack(**more: Any) -> Stack:
    usual = {"template": TEMPLATE, "parameters": {"P": "p"}, "status": "CREATE_COMPLETE"}
    return Stack("app", "id", **{**usual, **more})


@pytest.mark.parametrize(
    ("changes", "values", "resolved", "is_changed"),
    [
        ({}, {"P": "p"}, {"P": "p"}, False),
        ({"Description": "d"}, {"P": "p"}, {"P": "p"}, True),
        ({}, {"P": "q"}, {"P": "p"}, True),
        ({}, {"P": "p"}, {"P": "moved"}, True),
        ({}, {"P": "p"}, {"P": "p", "Q": "unused"}, False),
        ({}, {"P": "p"}, {}, False),
    ],
)
def test_a_template_asks_for_something_new_when_it_or_a_used_value_differs(
    changes: dict[str, Any], values: dict[str, str], resolved: dict[str, str], is_changed: bool
) -> None:
    one = stack(resolved={"P": "p", "Q": "other"})

    assert one.is_changed_by({**TEMPLATE, **changes}, values, resolved) is is_changed


def test_a_value_that_an_output_uses_counts_too() -> None:
    template = {"Resources": {}, "Outputs": {"O": {"Value": {"Ref": "P"}}}}
    one = stack(template=template, resolved={"P": "p"})

    assert one.is_changed_by(template, {"P": "p"}, {"P": "moved"})


@pytest.mark.parametrize(
    ("value", "resolved", "shown"),
    [("/path", "found", "found"), ("p", "p", None), ("a,b", ["a", "b"], None)],
)
def test_a_parameter_shows_what_stands_behind_it(
    value: str, resolved: Any, shown: str | None
) -> None:
    one = stack(parameters={"P": value}, resolved={"P": resolved})

    (entry,) = one.describe()["Parameters"]

    assert entry == {
        "ParameterKey": "P",
        "ParameterValue": value,
        **({"ResolvedValue": shown} if shown else {}),
    }


def test_a_secret_parameter_shows_nothing() -> None:
    one = stack(parameters={"S": "secret"}, resolved={"S": "more"})

    assert one.describe()["Parameters"] == [{"ParameterKey": "S", "ParameterValue": "****"}]


def test_a_stack_is_described_with_what_it_has() -> None:
    one = stack(
        outputs=[Output("O", "v", "d", "e"), Output("P", "w")],
        tags={"k": "v"},
        is_protected=True,
        capabilities=["CAPABILITY_IAM"],
        role_arn="r",
    )

    found = one.describe()

    assert found["Outputs"][0] == {
        "OutputKey": "O",
        "OutputValue": "v",
        "Description": "d",
        "ExportName": "e",
    }
    assert found["Tags"] == [{"Key": "k", "Value": "v"}]
    assert (found["EnableTerminationProtection"], found["DisableRollback"]) == (True, False)
    assert stack().describe()["EnableTerminationProtection"] is False
    assert one.exports() == {"e": "v"}


def test_the_history_is_shown_newest_first_and_names_the_resource() -> None:
    one, made = stack(token="t"), StackResource("app", "id", "A", "X", {}, physical_id="a")
    one.set_status("CREATE_IN_PROGRESS", "why")
    one.note(made, "CREATE_FAILED", "broken")

    last, first = one.describe_events()
    assert (first["LogicalResourceId"], first["ResourceStatusReason"]) == ("app", "why")
    assert (last["PhysicalResourceId"], last["ResourceStatus"]) == ("a", "CREATE_FAILED")
    assert last["ClientRequestToken"] == "t"
    assert one.describe_resource(made)["ResourceStatusReason"] == "broken"


def test_a_deleted_stack_tells_what_became_of_its_resources_and_exports_nothing() -> None:
    gone = StackResource("app", "id", "A", "X", {})
    one = stack(gone=[gone], outputs=[Output("O", "v", None, "e")], imports={"x"})
    assert one.described_resources() == []

    one.mark_deleted()

    assert one.described_resources() == [gone]
    assert (one.exports(), one.imports, one.status) == ({}, set(), "DELETE_COMPLETE")
