"""Change sets of type IMPORT: what exists already becomes part of a stack, as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cfn.catalogue import row
from sandbox.handlers.aws import is_gone
from sandbox.handlers.resource import ResourceError

if TYPE_CHECKING:
    from sandbox.cloudformation.request import DesiredState, StackInput
    from sandbox.cloudformation.stack import Stack
    from sandbox.handlers.aws import Aws
    from sandbox.handlers.resource import StackResource

_KEPT = ("Retain", "RetainExceptOnCreate", "Delete")


def identifiers(to_import: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what ResourcesToImport names, by logical id."""
    return {
        one["LogicalResourceId"]: next(iter(one["ResourceIdentifier"].values()))
        for one in to_import
    }


def refusal(stack: Stack, request: DesiredState, given: StackInput, others: Iterable[Stack]) -> str:
    """Return why CloudFormation makes no change set of an import, or nothing.

    The texts are those of https://github.com/aws-quickstart/quickstart-awx/issues/38,
    https://github.com/awslabs/aws-security-assessment-solution/issues/6 and, for other changes,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
    """
    declared, wanted = request.template["Resources"], request.imports
    unknown = sorted(set(wanted) - set(declared))
    if unknown:
        return f"Resources [{', '.join(unknown)}] to import are not in the template"
    kinds = sorted({declared[name]["Type"] for name in wanted})
    if refused := [kind for kind in kinds if not row(kind).import_id]:
        return f"ResourceTypes [{', '.join(refused)}] are not supported for Import"
    bare = [name for name in wanted if declared[name].get("DeletionPolicy") not in _KEPT]
    if bare:
        return (
            f"The following resources to import [{', '.join(bare)}] must have DeletionPolicy "
            "attribute specified in the template."
        )
    for name, identifier in wanted.items():
        if owner := _owner(others, declared[name]["Type"], identifier):
            return f"{identifier} already exists in stack {owner}"
    old = stack.template.get("Resources", {})
    changed = [n for n in {**old, **declared} if n not in wanted and old.get(n) != declared.get(n)]
    if changed:
        return (
            f"You have modified resources [{', '.join(sorted(changed))}] in your template that are "
            "not being imported. Update, create or delete operations cannot be executed during "
            "import operations."
        )
    more = {
        "Outputs": (request.template.get("Outputs") or {}) != (stack.template.get("Outputs") or {}),
        # Whether a new stack may have tags from the start is not documented: unknown means no.
        "Tags": bool(given.tags) and (request.is_new or given.tags != stack.tags),
    }
    if added := [name for name, is_added in more.items() if is_added]:
        return f"As part of the import operation, you cannot modify or add [{', '.join(added)}]"
    return ""


def _owner(stacks: Iterable[Stack], kind: str, identifier: str) -> str:
    """Return the id of the stack that has a resource already, or nothing."""
    for stack in stacks:
        for found in stack.resources.values():
            if (found.type, found.physical_id) == (kind, identifier):
                return stack.stack_id
    return ""


def adopt(stack: Stack, aws: Aws, handler: Any, resource: StackResource, identifier: str) -> None:
    """Take an existing resource into a stack as it is; a rollback leaves it where it was.

    Raises ResourceError where there is none.
    """
    stack.note(resource, "IMPORT_IN_PROGRESS")
    try:
        handler.adopt(aws, resource, identifier)
    except ClientError as error:
        if not is_gone(error):
            raise
        raise ResourceError(
            f"Resource of type '{resource.type}' with identifier '{identifier}' was not found."
        ) from error
    stack.resources[resource.logical_id] = resource
    stack.note(resource, "IMPORT_COMPLETE")
