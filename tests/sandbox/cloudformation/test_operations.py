"""When an operation on a stack is refused, and what it leaves."""

from typing import Any

import pytest

from sandbox.cloudformation.checks.capabilities import InsufficientCapabilities
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.operations import AlreadyExists
from tests.sandbox.cloudformation.local import Local, body, given, made

ONE, TWO = body(A={}), body(A={"X": 1})


def test_a_stack_is_found_by_its_name_or_id_and_a_deleted_one_by_its_id() -> None:
    local, stack = made(ONE)
    assert local.named("app") is local.named(stack.stack_id) is local.existing("app") is stack

    local.delete("app")

    assert local.existing(stack.stack_id) is stack
    for gone in ("app", "other"):
        with pytest.raises(TemplateError, match=f"Stack with id {gone} does not exist"):
            local.existing(gone)
    local.delete("app")
    assert local.done() == ["delete A"]


def test_a_name_is_taken_once() -> None:
    local, _ = made(ONE)

    with pytest.raises(AlreadyExists, match=r"Stack \[app\] already exists"):
        local.create(given(TWO))


def test_an_update_without_a_change_is_refused() -> None:
    local, _ = made(ONE)

    with pytest.raises(TemplateError, match="No updates are to be performed"):
        local.update(given(ONE))
    with pytest.raises(TemplateError, match=r"Stack \[other\] does not exist"):
        local.update(given(TWO, "other"))


@pytest.mark.parametrize(("tags", "changes"), [(None, False), ({}, False), ({"k": "v"}, True)])
def test_tags_alone_are_a_change_unless_they_are_as_they_were(
    tags: dict[str, str] | None, changes: bool
) -> None:
    local, stack = made(ONE)

    if changes:
        local.update(given(ONE, tags=tags))
        assert stack.tags == tags
        local.update(given(TWO, notification_arns=["n"]))
        assert (stack.tags, stack.notification_arns) == (tags, ["n"])
        local.update(given(ONE))
        assert (stack.tags, stack.notification_arns) == (tags, ["n"])
    else:
        with pytest.raises(TemplateError, match="No updates are to be performed"):
            local.update(given(ONE, tags=tags))


@pytest.mark.parametrize(
    "status",
    [
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "DELETE_FAILED",
        "UPDATE_ROLLBACK_FAILED",
        "X_IN_PROGRESS",
    ],
)
@pytest.mark.aws_row("R14", "R15")
def test_a_stack_in_a_state_that_allows_no_update_is_left_alone(status: str) -> None:
    local, stack = made(ONE)
    stack.status = status

    with pytest.raises(TemplateError, match=f"is in {status} state and can not be updated"):
        local.update(given(TWO))
    with pytest.raises(TemplateError, match="can not be updated"):
        local.plan("plan", "UPDATE", given(TWO))


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_stack_that_failed_half_way_can_be_tried_again(status: str) -> None:
    local, stack = made(ONE)
    stack.status = status

    local.update(given(ONE))

    assert stack.status == "UPDATE_COMPLETE"


def test_a_rollback_is_continued_only_after_it_failed() -> None:
    local, stack = made(ONE)
    for status in ("CREATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"):
        stack.status = status
        with pytest.raises(TemplateError, match="can not be updated"):
            local.continue_rollback("app", [])


def test_a_protected_stack_is_not_deleted() -> None:
    local, stack = made(ONE)
    stack.is_protected = True

    with pytest.raises(TemplateError, match="while TerminationProtection is enabled"):
        local.delete("app")
    assert local.named("app") is stack


@pytest.mark.aws_row("R18")
def test_a_resource_that_cannot_go_leaves_its_stack_and_can_be_kept_at_the_next_try() -> None:
    local, stack = made(body(A={}, B={"Of": {"Ref": "A"}, "Fail": "delete"}))

    with pytest.raises(
        TemplateError, match="to retain only when the stack is in the DELETE_FAILED"
    ):
        local.delete("app", retain=["B"])
    local.delete("app")
    assert (stack.status, stack.reason) == ("DELETE_FAILED", "B: delete fails")
    assert local.named("app") is stack
    local.done()
    local.delete("app", retain=["B"])

    assert local.done() == ["delete A"]
    assert stack.status == "DELETE_COMPLETE"
    assert [one.logical_id for one in stack.described_resources()] == ["B", "A"]


@pytest.mark.parametrize("operation", ["create", "plan"])
def test_a_template_is_checked_before_anything_is_made(operation: str) -> None:
    role = {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {}}}}
    wrong = body(A={"Of": {"Ref": "Nobody"}})

    def run(template: dict[str, Any], **more: Any) -> Any:
        local = Local()
        if operation == "create":
            return local.create(given(template, **more))
        return local.plan("plan", "CREATE", given(template, **more))

    with pytest.raises(InsufficientCapabilities, match="CAPABILITY_IAM"):
        run(role)
    with pytest.raises(TemplateError, match="Nobody"):
        run(wrong)
    assert run(role, capabilities=["CAPABILITY_IAM"])


def test_a_change_set_is_executed_once_and_makes_the_stack() -> None:
    local = Local()
    plan = local.plan("plan", "CREATE", given(ONE, tags={"k": "v"}, role_arn="r"))
    stack = plan.stack
    assert (stack.status, local.done()) == ("REVIEW_IN_PROGRESS", [])
    assert [one.status for one in stack.events] == ["REVIEW_IN_PROGRESS"]

    local.execute(plan, keep_failed=False, token="t")

    assert (stack.status, stack.tags, stack.role_arn) == ("CREATE_COMPLETE", {"k": "v"}, "r")
    assert stack.change_set_id == plan.change_set_id
    with pytest.raises(TemplateError, match=r"in its current status of \[CREATE_COMPLETE\]"):
        local.execute(plan, keep_failed=False, token=None)


@pytest.mark.parametrize(
    ("keep", "status"), [(False, "ROLLBACK_COMPLETE"), (True, "CREATE_FAILED")]
)
def test_a_failed_change_set_keeps_what_it_made_where_that_is_wanted(
    keep: bool, status: str
) -> None:
    local = Local()
    plan = local.plan("plan", "CREATE", given(body(A={"Fail": "create"})))

    local.execute(plan, keep_failed=keep, token=None)

    assert plan.stack.status == status


def test_a_second_plan_of_a_stack_that_is_not_made_yet_is_a_new_one_too() -> None:
    local = Local()
    first = local.plan("one", "CREATE", given(ONE))
    second = local.plan("two", "CREATE", given(TWO))

    assert first.stack is second.stack
    assert len(second.stack.events) == 1
    assert second.request.is_new
    assert local.plan("three", "IMPORT", given(TWO)).request.is_new


def test_an_import_into_a_stack_that_exists_is_a_change_of_it() -> None:
    local, _ = made(ONE)

    assert not local.plan("plan", "IMPORT", given(ONE)).request.is_new


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("CREATE", AlreadyExists, r"Stack \[app\] already exists"),
        ("OTHER", TemplateError, "change set type OTHER is not emulated; use CREATE"),
    ],
)
def test_a_plan_of_another_kind_for_a_stack_that_exists_is_refused(
    kind: str, error: type[Exception], message: str
) -> None:
    local, _ = made(ONE)

    with pytest.raises(error, match=message):
        local.plan("plan", kind, given(TWO))
    with pytest.raises(TemplateError, match=r"Stack \[none\] does not exist"):
        local.plan("plan", "UPDATE", given(TWO, "none"))


@pytest.mark.parametrize("name", ["", "1st", "-a", "a_b", "a" * 129])
def test_a_change_set_is_named_as_cloudformation_takes_it(name: str) -> None:
    with pytest.raises(TemplateError, match="is not valid; start with a letter"):
        Local().plan(name, "CREATE", given(ONE))
    assert Local().plan("a" * 128, "CREATE", given(ONE)).name == "a" * 128


def test_a_plan_keeps_the_tags_of_the_stack_unless_it_has_its_own() -> None:
    local, stack = made(ONE)
    stack.tags = {"k": "v"}

    assert local.plan("one", "UPDATE", given(TWO)).tags == {"k": "v"}
    assert local.plan("two", "UPDATE", given(TWO, tags={})).tags == {}
    assert local.plan("three", "UPDATE", given(ONE)).status == "FAILED"
    assert local.plan("four", "UPDATE", given(ONE, tags={})).status == "CREATE_COMPLETE"


def test_a_change_set_is_the_newest_of_its_name_in_its_stack_or_that_of_its_id() -> None:
    local, stack = made(ONE)
    first = local.plan("plan", "UPDATE", given(TWO))
    second = local.plan("plan", "UPDATE", given(body(A={"X": 2})))
    other = local.plan("plan", "CREATE", given(ONE, "other"))

    assert local.change_set("plan", "app") is local.change_set("plan", stack.stack_id) is second
    assert local.change_set("plan", "other") is local.change_set("plan", None) is other
    assert local.change_set(first.change_set_id, None) is first
    assert local.change_set("plan", "none") is None
    assert local.change_set("none", "app") is None
