"""Deletion of a resource by its policy, of many in reverse order, of a change or a whole stack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.failures import explain

if TYPE_CHECKING:
    from sandbox.cloudformation.scope import Neighbours
    from sandbox.cloudformation.stack import Stack
    from sandbox.handlers.aws import Aws
    from sandbox.handlers.resource import Handlers, StackResource

_KEEP = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True)
class Step:
    """One change made; `was_created` says whether undoing it deletes or changes back."""

    new: StackResource
    old: StackResource | None
    was_created: bool


def require_failed(stack: Stack, retained: Iterable[str]) -> None:
    """Refuse to leave resources of a stack whose deletion did not fail before.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
    """
    if retained and stack.status != "DELETE_FAILED":
        raise TemplateError(
            f"Invalid operation on stack [{stack.stack_id}]. When you delete a stack, specify "
            "which resources to retain only when the stack is in the DELETE_FAILED state."
        )


def in_reverse(found: Iterable[StackResource]) -> list[StackResource]:
    """Return the resources so that each comes before everything it needs."""
    left = {resource.logical_id: resource for resource in found}
    result: list[StackResource] = []
    while left:
        needed = {name for r in left.values() for name in r.needs if name != r.logical_id}
        free = [name for name in reversed(left) if name not in needed]
        result.extend(left.pop(name) for name in free or list(left)[-1:])
    return result


def delete(
    stack: Stack, aws: Aws, handler_of: Handlers, resource: StackResource, policy: str
) -> None:
    """Delete one resource, or leave it where its policy says so."""
    if policy in _KEEP:
        stack.note(resource, "DELETE_SKIPPED")
        return
    stack.note(resource, "DELETE_IN_PROGRESS")
    handler_of(resource.type).delete(aws, resource)
    stack.note(resource, "DELETE_COMPLETE")


def undo(
    stack: Stack, aws: Aws, handler_of: Handlers, step: Step, *, deletes_retained: bool
) -> str:
    """Take one change back; return why that failed, or nothing."""
    try:
        if step.was_created:
            is_kept = step.new.deletion_policy == "Retain" and not deletes_retained
            delete(stack, aws, handler_of, step.new, "Retain" if is_kept else "Delete")
        elif step.old is not None:
            stack.note(step.old, "UPDATE_IN_PROGRESS")
            handler_of(step.old.type).update(aws, step.old, step.new)
            stack.note(step.old, "UPDATE_COMPLETE")
    except Exception as error:
        reason = explain(error)
        stack.note(step.new, "DELETE_FAILED" if step.was_created else "UPDATE_FAILED", reason)
        return f"{step.new.logical_id} ({step.new.type}): {reason}"
    return ""


def delete_stack(
    stack: Stack, aws: Aws, neighbours: Neighbours, handler_of: Handlers, retain: Iterable[str]
) -> None:
    """Delete a stack; the first resource that cannot go leaves it DELETE_FAILED."""
    with stack.lock:
        before = stack.status
        stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
        for name in stack.exports():
            users = neighbours.importers(name)
            if users:
                reason = f"Cannot delete export {name} as it is in use by {', '.join(users)}"
                stack.set_status(before, f"Delete canceled. {reason}")
                return
        kept = set(retain)
        for resource in in_reverse(stack.resources.values()):
            policy = "Retain" if resource.logical_id in kept else resource.deletion_policy
            try:
                delete(stack, aws, handler_of, resource, policy)
            except Exception as error:
                reason = explain(error)
                stack.note(resource, "DELETE_FAILED", reason)
                stack.set_status("DELETE_FAILED", f"{resource.logical_id}: {reason}")
                return
            stack.gone.append(stack.resources.pop(resource.logical_id))
        stack.mark_deleted()
