"""Exports that another stack uses: CloudFormation neither drops them nor changes their value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reviewer.changes.replacement import certainly_replaced
from reviewer.changes.resource_diff import ResourceDiff, Revision
from reviewer.markdown import listed
from reviewer.plan.recipes import Recipes
from reviewer.plan.verdict import Deployed, Verdict

if TYPE_CHECKING:
    from reviewer.assembly import SynthesisedStack

_WHAT = "CloudFormation::Export"


def export_refusals(
    deployed: Deployed, before: Revision, after: Revision, found: list[ResourceDiff]
) -> Iterator[Verdict]:
    """Return a verdict for each export in use that a deployment would drop or change.

    The stack that exports is deployed before those that import, so what counts is what these
    import now: aws/aws-cdk#7602, #3414 (dropped), #5304 and linz/geostore#630 (changed).
    """
    recipes = Recipes(after.assembly)
    new_stacks = {stack.label: stack for stack in after.assembly.stacks}
    gone = _moved(found, after.assembly.region)
    imports = {stack.name: imports_of(stack.template) for stack in before.assembly.stacks}
    for stack in before.assembly.stacks:
        if stack.label not in new_stacks:
            continue
        exports = _exports(new_stacks[stack.label])
        for name, value in _exports(stack).items():
            known = {user for user, names in imports.items() if name in names} - {stack.name}
            users = tuple(sorted(known.union(deployed.importers.get(name, ()))))
            if not users:
                continue
            if name not in exports:
                said = f"Export {name} cannot be deleted as it is in use by {listed(users)}"
                recipe = recipes.dropped_export(users)
                yield Verdict("refused", stack.label, _WHAT, said, recipe)
            elif why := _change(value, exports[name], stack.label, before, after, gone):
                said = f"Export {name} cannot be updated as it is in use by {listed(users)} ({why})"
                yield Verdict("refused", stack.label, _WHAT, said, recipes.changed_export(users))


def imports_of(template: Mapping[str, Any]) -> set[str]:
    """Return the names of the exports that a template imports."""
    return set(_imports([template["Resources"], template.get("Outputs", {})]))


def _imports(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(name := node.get("Fn::ImportValue"), str):
            yield name
        for value in node.values():
            yield from _imports(value)
    elif isinstance(node, list):
        for value in node:
            yield from _imports(value)


def _exports(stack: SynthesisedStack) -> dict[str, Any]:
    return {
        output["Export"]["Name"]: output["Value"]
        for output in stack.template.get("Outputs", {}).values()
        if isinstance(output.get("Export", {}).get("Name"), str)
    }


def _moved(found: list[ResourceDiff], region: str) -> dict[str, str]:
    """What gets another name or ARN, and why."""
    causes = certainly_replaced(found, region)
    return {path: f"{path} is replaced: {why}" for path, why in causes.items()}


def _change(
    was: Any,
    now: Any,
    label: str,
    before: Revision,
    after: Revision,
    moved: Mapping[str, str],
) -> str:
    """Why the value of an export changes; empty when it stays."""
    old, new = before.resolver.raw(label, was), after.resolver.raw(label, now)
    if old != new:
        return f"{old} becomes {new}"
    for target in after.resolver.targets(label, now):
        if target.path in moved:
            return moved[target.path]
    return ""
