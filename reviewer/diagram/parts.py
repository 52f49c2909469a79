"""Resources with a place of their own in a diagram, and which of the others belong to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfn.catalogue import Icon, row

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource


def is_principal(item: Resource) -> bool:
    """Whether a resource has a place of its own in a picture."""
    return row(item.type).icon is not None


def icon_of(item: Resource) -> Icon:
    """How a resource with a place of its own is drawn."""
    found = row(item.type).icon
    assert found is not None, f"{item.type} has no icon in the catalogue"
    return found


def belongings(assembly: Assembly) -> dict[Resource, Resource]:
    """The principal that each other resource belongs to, by its place among the constructs.

    `Workflow/Machine/Logs` belongs to `Workflow/Machine`; what belongs to none is left out.
    """
    found: dict[Resource, Resource] = {}
    for stack in assembly.stacks:
        principals = {item.name: item for item in stack.resources if is_principal(item)}
        for item in stack.resources:
            if not is_principal(item) and (home := _home(item.name, principals)):
                found[item] = home
    return found


def _home(name: str, principals: dict[str, Resource]) -> Resource | None:
    parts = name.split("/")
    for length in range(len(parts), 0, -1):
        home = principals.get("/".join(parts[:length]))
        if home is not None:
            return home
    return None
