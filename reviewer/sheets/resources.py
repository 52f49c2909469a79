"""`resources.md`: by stack, what is there, what of it bills, and what outlives its stack."""

from reviewer.assembly import Assembly, Resource, SynthesisedStack
from reviewer.lifetimes import holds_data, is_retained, on_deletion
from reviewer.markdown import code, counted, listed, page, table
from reviewer.pricing.usage import Usage, usages
from reviewer.resolver import Resolver


def resources(assembly: Assembly, resolver: Resolver) -> str:
    """The whole sheet."""
    billed: dict[str, list[Usage]] = {}
    for usage in usages(assembly, resolver):
        billed.setdefault(usage.path, []).append(usage)
    count = sum(1 for _ in assembly.resources())
    return page(
        f"Resources of {assembly.stage}",
        [
            f"{counted(count, 'resource')} in {counted(len(assembly.stacks), 'stack')}, in "
            f"{code(assembly.region or 'any region')}. Stacks are deployed from top to bottom.",
            "",
        ],
        *(_stack(stack, billed) for stack in assembly.stacks),
    )


def _stack(stack: SynthesisedStack, billed: dict[str, list[Usage]]) -> list[str]:
    needs = f" Needs {listed(list(stack.needs))}." if stack.needs else ""
    guard = "on" if stack.is_protected else "**off**"
    rows = [_row(item, billed.get(item.path, [])) for item in _ordered(stack.resources)]
    return [
        f"## {stack.label}",
        "",
        f"{counted(len(stack.resources), 'resource')}; termination protection is {guard}.{needs}",
        "",
        *table(["resource", "type", "bills", "when the stack is deleted"], rows),
    ]


def _ordered(found: list[Resource]) -> list[Resource]:
    return sorted(found, key=lambda item: (item.name, item.type))


def _row(item: Resource, meters: list[Usage]) -> tuple[str, str, str, str]:
    only = item.body.get("Condition")
    name = code(item.name) + (f" (while {code(only)})" if only else "")
    return name, item.type.removeprefix("AWS::"), _billing(meters), _fate(item)


def _billing(meters: list[Usage]) -> str:
    if any(usage.idle for usage in meters):
        return "**always**"
    return "by use" if meters else "-"


def _fate(item: Resource) -> str:
    if holds_data(item) and not is_retained(item):
        return "**deleted with its data**"
    return on_deletion(item)
