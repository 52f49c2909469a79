"""What a deployment makes, changes, replaces and takes back, in which order."""

import re
from typing import Any

import pytest

from sandbox.cloudformation.errors import TemplateError
from tests.sandbox.cloudformation.local import OTHER, Local, body, given, made, statuses

IN_ROW = body(A={}, B={"Of": {"Ref": "A"}})
CLEAN_UP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def test_a_stack_is_made_in_the_order_of_its_references() -> None:
    local = Local()
    stack = local.create(given(body(B={"Of": {"Ref": "A"}}, A={})))

    assert local.done() == ["create A", "create B"]
    assert statuses(stack) == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert stack.resources["B"].properties == {"Of": "A-1"}
    assert stack.updated_at is None


@pytest.mark.parametrize(
    ("now", "done", "states"),
    [
        (body(A={"X": 1}), ["update A"], []),
        (body(A={"New": 1}), ["create A", "delete A"], [CLEAN_UP]),
        (body(A={}, C={}), ["create C"], []),
        (body(C={}), ["create C", "delete A"], [CLEAN_UP]),
    ],
)
def test_an_update_does_what_differs_and_cleans_up_what_is_left(
    now: dict[str, Any], done: list[str], states: list[str]
) -> None:
    local, stack = made(body(A={}))

    local.update(given(now))

    assert local.done() == done
    assert statuses(stack)[2:] == ["UPDATE_IN_PROGRESS", *states, "UPDATE_COMPLETE"]
    assert set(stack.resources) == set(now["Resources"])
    assert stack.updated_at is not None


def test_a_resource_whose_policies_alone_change_is_not_touched() -> None:
    local, stack = made(IN_ROW)
    now = body(A={}, B={"Of": {"Ref": "A"}})
    now["Resources"]["A"] |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}

    local.update(given(now))
    assert local.done() == []
    local.delete("app")

    assert local.done() == ["delete B"]
    assert [one.status for one in stack.gone] == ["DELETE_COMPLETE", "DELETE_SKIPPED"]


def test_a_resource_of_another_type_replaces_the_one_of_its_name() -> None:
    local, stack = made(body(A={}))
    now = body(A={})
    now["Resources"]["A"]["Type"] = OTHER
    # UpdateStack refuses it; the deployment itself is what is looked at here.
    local._deploy(stack, local._request(given(now), {}, is_new=False))

    assert local.done() == ["create A", "delete A"]
    assert stack.resources["A"].type == OTHER


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_a_policy_keeps_stays_when_it_leaves_the_stack_or_is_replaced(policy: str) -> None:
    kept = body(A={}, B={})
    kept["Resources"]["A"] |= {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    local, stack = made(kept)

    local.update(given(body(B={})))
    assert local.done() == []
    assert "DELETE_SKIPPED" in [one.status for one in stack.events]

    local, stack = made(kept)
    kept["Resources"]["A"]["Properties"] = {"New": 1}
    local.update(given(kept))
    assert local.done() == ["create A"]


def test_what_cannot_be_cleaned_up_stays_behind() -> None:
    local, stack = made(body(A={}, B={}))
    local.things.broken = {"delete A"}

    local.update(given(body(B={})))

    assert stack.status == "UPDATE_COMPLETE"
    assert [one.status for one in stack.events if one.logical_id == "A"][-1] == "DELETE_FAILED"


@pytest.mark.parametrize(
    ("fails", "done"),
    [
        ("create", ["create A", "create B", "delete A"]),
        ("half made", ["create A", "create B", "delete B", "delete A"]),
    ],
)
def test_a_failed_creation_is_taken_back(fails: str, done: list[str]) -> None:
    local = Local()
    stack = local.create(given(body(A={}, B={"Of": {"Ref": "A"}, "Fail": fails})))

    assert local.done() == done
    states = ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]
    assert statuses(stack) == states
    assert stack.resources == {}
    assert (stack.reason or "").startswith("B (AWS::X::Thing): ")
    assert stack.template["Resources"].keys() == {"A", "B"}


def test_a_failed_creation_keeps_what_it_made_where_that_is_wanted() -> None:
    local = Local()
    stack = local.create(given(body(A={}, B={"Fail": "create"}), keep_failed=True))

    assert stack.status == "CREATE_FAILED"
    assert set(stack.resources) == {"A"}


def test_a_rollback_leaves_what_is_to_be_retained_but_not_what_only_its_creation_made() -> None:
    for policy, done in (("Retain", []), ("RetainExceptOnCreate", ["delete A"])):
        template = body(A={}, B={"Of": {"Ref": "A"}, "Fail": "create"})
        template["Resources"]["A"]["DeletionPolicy"] = policy
        local = Local()
        local.create(given(template))

        assert local.done()[2:] == done


@pytest.mark.parametrize(
    ("now", "done"),
    [
        (body(A={"X": 1}, B={"Fail": "update"}), ["update A", "update B", "update B", "update A"]),
        (
            body(A={"New": 1}, B={"Fail": "update"}),
            ["create A", "update B", "update B", "delete A"],
        ),
        (body(A={"New": 1, "Fail": "create"}, B={}), ["create A"]),
        (body(A={"New": 1, "Fail": "half made"}, B={}), ["create A", "delete A"]),
    ],
)
def test_a_failed_update_is_taken_back_step_by_step(now: dict[str, Any], done: list[str]) -> None:
    local, stack = made(body(A={}, B={}))
    before = dict(stack.resources)

    local.update(given(now))

    assert local.done() == done
    assert statuses(stack)[3:] == ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    assert stack.resources == before
    assert stack.template == body(A={}, B={})


def test_a_rollback_that_fails_can_be_continued_without_what_is_skipped() -> None:
    local, stack = made(body(A={}, B={}))
    local.things.broken = {"delete C"}
    local.update(given(body(A={"X": 1}, B={"Fail": "update", "Of": {"Ref": "C"}}, C={})))
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    assert stack.reason == "C (AWS::X::Thing): delete fails"

    local.continue_rollback("app", [])
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    local.done()
    local.continue_rollback("app", ["C"])

    assert local.done() == []
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ({**body(A={}), "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": [1, 2]}}]}}}, "R"),
        (
            {"Resources": {**body("A")["Resources"], "Z": {"Type": "AWS::Y::Z"}}},
            "AWS::Y::Z is not emulated",
        ),
        (body(A={"Of": {"Fn::Select": ["x", ["y"]]}}), "^sandbox: ValueError: invalid literal"),
        (body(A={"Of": {"Fn::Select": [3, ["x"]]}}), r"^A \(AWS::X::Thing\): .* index 3"),
    ],
)
def test_a_template_that_cannot_be_deployed_makes_nothing(
    template: dict[str, Any], reason: str
) -> None:
    local = Local()
    stack = local.create(given(template))

    assert local.done() == []
    assert stack.status == "ROLLBACK_COMPLETE"
    assert re.search(reason, stack.reason or "")


@pytest.mark.parametrize("is_forced", [False, True])
def test_a_failed_update_that_was_left_is_taken_back_when_that_is_asked_for(
    is_forced: bool,
) -> None:
    local, stack = made(body(A={}, B={}))
    before = dict(stack.resources)
    failing = body(A={"X": 1}, B={"Fail": "update", "Of": {"Ref": "C"}}, C={})
    failing["Resources"]["C"]["DeletionPolicy"] = "Retain"
    local.update(given(failing, keep_failed=True))
    assert stack.status == "UPDATE_FAILED"
    local.done()

    local.roll_back("app", deletes_retained=is_forced, token="again")

    assert local.done() == ["update B", *(["delete C"] if is_forced else []), "update A"]
    assert stack.events[-1].token == "again"
    assert statuses(stack)[-2:] == ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    assert stack.resources == before
    with pytest.raises(TemplateError, match="is in UPDATE_ROLLBACK_COMPLETE state"):
        local.roll_back("app", deletes_retained=is_forced, token=None)


def test_updates_that_failed_one_after_the_other_are_taken_back_together() -> None:
    local, stack = made(body(A={}, B={}))
    before = dict(stack.resources)
    for number in (1, 2):
        template = body(A={"New": number}, B={"Fail": "update", "X": number})
        local.update(given(template, keep_failed=True))
    local.done()

    local.roll_back("app", deletes_retained=True, token=None)

    assert local.done() == ["update B", "delete A", "update B", "delete A"]
    assert stack.resources == before


def test_an_update_after_a_failed_one_cleans_up_what_either_made_and_left() -> None:
    local, stack = made(body(A={}, B={}))
    failing = body(A={"New": 1}, B={"Fail": "update", "Of": {"Ref": "C"}}, C={})
    local.update(given(failing, keep_failed=True))
    local.done()

    local.update(given(body(A={"New": 1}, B={})))

    assert local.done() == ["update B", "delete C", "delete A"]
    assert (stack.status, set(stack.resources)) == ("UPDATE_COMPLETE", {"A", "B"})
    with pytest.raises(TemplateError, match="can not be updated"):
        local.roll_back("app", deletes_retained=True, token=None)


def test_a_failed_creation_that_was_left_keeps_nothing_when_it_is_taken_back() -> None:
    local = Local()
    failing = body(A={}, B={"Of": {"Ref": "A"}, "Fail": "create"})
    stack = local.create(given(failing, keep_failed=True))
    local.done()

    local.roll_back("app", deletes_retained=True, token=None)

    assert local.done() == ["delete A"]
    assert (stack.status, stack.resources) == ("ROLLBACK_COMPLETE", {})
