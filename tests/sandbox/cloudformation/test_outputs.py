"""Outputs of a deployment: which there are, and which exports other stacks hold."""

from typing import Any

import pytest

from tests.sandbox.cloudformation.local import Local, body, given, made


def exporting(value: Any, name: str = "shared") -> dict[str, Any]:
    return body(A={}, outputs={"Out": {"Value": value, "Export": {"Name": name}}})


IMPORTING = body(B={"Of": {"Fn::ImportValue": "shared"}})


def test_an_output_shows_its_value_its_description_and_its_export() -> None:
    told = {"Value": {"Ref": "A"}, "Description": "d", "Export": {"Name": {"Fn::Sub": "x-${A}"}}}
    _, stack = made(body(A={}, outputs={"Out": told, "Plain": {"Value": 3}}))

    first, second = stack.outputs
    assert (first.key, first.value, first.description, first.export) == ("Out", "A-1", "d", "x-A-1")
    assert (second.key, second.value, second.export) == ("Plain", "3", None)


@pytest.mark.parametrize(("left", "expected"), [("a", ["Out"]), ("b", [])])
def test_an_output_whose_condition_does_not_hold_is_none(left: str, expected: list[str]) -> None:
    template = body(A={}, outputs={"Out": {"Value": "x", "Condition": "Is"}})

    _, stack = made({**template, "Conditions": {"Is": {"Fn::Equals": [left, "a"]}}})

    assert [one.key for one in stack.outputs] == expected


@pytest.mark.aws_row("R5")
def test_two_stacks_do_not_export_one_name() -> None:
    local, _ = made(exporting("x"), "one")

    other = local.create(given(exporting("y"), "two"))

    assert other.status == "ROLLBACK_COMPLETE"
    assert other.reason == "Export with name shared is already exported by stack one."


@pytest.mark.parametrize(
    ("now", "status", "reason"),
    [
        (exporting("y"), "UPDATE_ROLLBACK_COMPLETE", "shared cannot be updated as it is in use"),
        (body(A={"X": 1}), "UPDATE_ROLLBACK_COMPLETE", "shared cannot be deleted as it is in use"),
        ({**exporting("x"), "Description": "other"}, "UPDATE_COMPLETE", ""),
    ],
)
@pytest.mark.aws_row("R1", "R2")
def test_an_export_in_use_keeps_its_value(now: dict[str, Any], status: str, reason: str) -> None:
    local, stack = made(exporting("x"), "one")
    assert local.create(given(IMPORTING, "two")).resources["B"].properties == {"Of": "x"}

    local.update(given(now, "one"))

    assert stack.status == status
    assert reason in (stack.reason or "")


def test_an_export_that_nobody_uses_may_change() -> None:
    local, stack = made(exporting("x"), "one")

    local.update(given(exporting("y"), "one"))

    assert stack.exports() == {"shared": "y"}


@pytest.mark.aws_row("R3")
def test_a_stack_whose_export_is_in_use_is_not_deleted() -> None:
    local, stack = made(exporting("x"), "one")
    local.create(given(IMPORTING, "two"))
    local.done()

    local.delete("one")

    assert (stack.status, local.done()) == ("CREATE_COMPLETE", [])
    assert "Cannot delete export shared as it is in use by two" in (stack.reason or "")
    local.delete("two")
    local.delete("one")
    assert local.done() == ["delete B", "delete A"]


@pytest.mark.aws_row("R4")
def test_an_export_that_does_not_exist_is_refused() -> None:
    stack = Local().create(given(IMPORTING))

    assert stack.reason == "B (AWS::X::Thing): No export named shared found."
