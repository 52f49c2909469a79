"""Generated cases: every property of every resource weakened, exchanged or removed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from cfn.catalogue import row as facts
from reviewer.assembly import Assembly, Resource, SynthesisedStack
from tools.review_corpus import edits
from tools.review_corpus.case import Case
from tools.review_corpus.generated.meaning import Meaning
from tools.review_corpus.generated.mutation import Mutation, Mutations
from tools.review_corpus.generated.others import Others

_POLICIES = frozenset({"AssumeRolePolicyDocument", "Policies", "PolicyDocument"})


def property_cases(assembly: Assembly, meaning: Meaning, *, every: bool) -> Iterator[Case]:
    """Every case; without `every`, each mutation of a property once for all of its type."""
    seen: set[object] = set()
    for item in assembly.resources():
        others = Others(assembly, item.stack, meaning)
        for mutation in Mutations(others.references, others.texts).of(_compared(item)):
            row = meaning.of(item.type, item.path, mutation)
            key = (item.type, mutation.pattern, mutation.kind, row)
            if row.verdict == "either" or (key in seen and not every):
                continue
            seen.add(key)
            yield Case(
                name=f"{mutation.path} {mutation.kind}",
                area=item.type.removeprefix("AWS::").partition("::")[0],
                asks=row.verdict == "asks",
                origin="generated",
                places=(item.path,),
                change=partial(_changed, item, mutation),
                why=row.why,
            )


def removal_cases(assembly: Assembly, meaning: Meaning) -> Iterator[Case]:
    """Every resource removed."""
    for item in assembly.resources():
        row = meaning.of(item.type, item.path, Mutation("removed", "@"))
        if row.verdict != "either":
            yield Case(
                name="removed",
                area="removed",
                asks=row.verdict == "asks",
                origin="generated",
                places=(item.path,),
                change=partial(_removed, item),
                why=row.why,
            )


def _compared(item: Resource) -> dict[str, Any]:
    """Properties without policies, whose statements have cases of their own."""
    policies = _POLICIES | {facts(item.type).resource_policy} | {"DefinitionString"}
    return {key: value for key, value in item.properties.items() if key not in policies}


def _changed(item: Resource, mutation: Mutation, assembly: Assembly) -> Assembly:
    def edit(stack: SynthesisedStack) -> None:
        mutation.apply(stack.template["Resources"][item.logical_id]["Properties"])

    return edits.edited(assembly, item.stack, edit)


def _removed(item: Resource, assembly: Assembly) -> Assembly:
    def edit(stack: SynthesisedStack) -> None:
        del stack.template["Resources"][item.logical_id]

    return edits.edited(assembly, item.stack, edit)
