"""What CloudFormation's own change sets say, where that is more than the templates do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reviewer.markdown import listed
from reviewer.plan.recipes import Recipes
from reviewer.plan.verdict import Deployed, Verdict

if TYPE_CHECKING:
    from reviewer.assembly import Assembly

_WHAT = "CloudFormation::ChangeSet"
_FORESEEN = {
    "Add": ("added", "look"),
    "Remove": ("removed", "data lost"),
}
_REPLACED = ("replaced", "data lost", "look", "refused")


def change_set_verdicts(
    deployed: Deployed, after: Assembly, known: Mapping[str, Verdict]
) -> Iterator[Verdict]:
    """Return what the change sets refuse, could not tell, or see beyond `known`, by path."""
    recipes = Recipes(after)
    names = {
        (item.stack, item.logical_id): item.path
        for assembly in (deployed.assembly, after)
        for item in assembly.resources()
    }
    for label, answer in sorted(deployed.change_sets.items()):
        if answer.refused:
            fix = (f"correct what it names, then: {recipes.deploy}",)
            yield Verdict("refused", label, _WHAT, answer.refused, fix)
        elif answer.unasked:
            said = f"CloudFormation was not asked: {answer.unasked}"
            yield Verdict("look", label, _WHAT, said)
        for logical_id, change in answer.changes.items():
            path = names.get((label, logical_id), f"{label}/{logical_id}")
            if said := _unforeseen(change, known.get(path)):
                kind = str(change.get("ResourceType", "")).removeprefix("AWS::")
                yield Verdict("look", path, kind, f"CloudFormation: {said}")


def _unforeseen(change: Mapping[str, Any], known: Verdict | None) -> str:
    """What a change set says of a resource that the verdict on it does not; empty if nothing."""
    kind = known.kind if known else ""
    action = str(change["Action"])
    if action == "Modify":
        if change.get("Replacement") == "True" and kind not in _REPLACED:
            return f"it is replaced: {listed(_causes(change, 'Always'))}"
        return ""
    return "" if kind in _FORESEEN.get(action, ()) else f"{action.lower()} of this resource"


def _causes(change: Mapping[str, Any], recreation: str) -> list[str]:
    details = change.get("Details", [])
    targets = [detail.get("Target", {}) for detail in details]
    return [str(one.get("Name")) for one in targets if one.get("RequiresRecreation") == recreation]
