"""Generated cases: every statement of every policy widened, every refusal narrowed, and back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from cfn.catalogue import row as facts
from reviewer.assembly import Assembly, Resource, SynthesisedStack
from tools.review_corpus import edits
from tools.review_corpus.case import Case
from tools.review_corpus.generated.statements import Change, allow_changes, deny_changes

_TRUST = "AssumeRolePolicyDocument"


@dataclass(frozen=True)
class _Place:
    """One statement of one policy."""

    item: Resource
    document: str
    number: int

    @property
    def is_identity(self) -> bool:
        """Whether it says what its holder may do, and not who may use a resource."""
        return bool(facts(self.item.type).identity_policy)


def policy_cases(assembly: Assembly, *, every: bool) -> Iterator[Case]:
    """Every case; without `every`, each change of a statement of the same shape once."""
    seen: set[object] = set()
    for place, statement in _statements(assembly):
        changes = deny_changes if statement["Effect"] == "Deny" else allow_changes
        shape = (place.item.type, place.document, _shape(statement))
        for change in changes(statement, is_identity=place.is_identity):
            if (shape, change.name) in seen and not every:
                continue
            seen.add((shape, change.name))
            yield Case(
                name=f"{place.document} statement {place.number}: {change.name}",
                area="trust" if place.document == _TRUST else "statements",
                asks=not change.why,
                origin="generated",
                places=(place.item.path,),
                change=partial(_changed, place, change),
                why=change.why,
            )


def _shape(statement: dict[str, Any]) -> str:
    """What a statement has, without what it is about: effect, conditions, lists or values."""
    conditions = {name: sorted(keys) for name, keys in statement.get("Condition", {}).items()}
    kinds = {name: type(value).__name__ for name, value in sorted(statement.items())}
    return json.dumps([statement["Effect"], conditions, kinds], sort_keys=True)


def _statements(assembly: Assembly) -> Iterator[tuple[_Place, dict[str, Any]]]:
    for item in assembly.resources():
        for document in dict.fromkeys((_TRUST, "PolicyDocument", facts(item.type).resource_policy)):
            if document in item.properties:
                for number, statement in enumerate(item.properties[document]["Statement"]):
                    yield _Place(item, document, number), statement


def _changed(place: _Place, change: Change, assembly: Assembly) -> Assembly:
    def edit(stack: SynthesisedStack) -> None:
        body = stack.template["Resources"][place.item.logical_id]
        found = body["Properties"][place.document]["Statement"]
        if change.statement is None:
            del found[place.number]
        else:
            found[place.number] = change.statement

    return edits.edited(assembly, place.item.stack, edit)
