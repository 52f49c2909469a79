"""Generated cases: every value of every state machine's definition, weakened or exchanged."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from reviewer.assembly import Assembly, Resource, SynthesisedStack
from tools.review_corpus import edits
from tools.review_corpus.case import Case
from tools.review_corpus.generated.meaning import Meaning
from tools.review_corpus.generated.mutation import Mutation, Mutations
from tools.review_corpus.generated.others import Others

_MACHINE = "AWS::StepFunctions::StateMachine"
_STATE = re.compile("States/[^/]+")
# Stands for a function of CloudFormation inside the definition's text.
_OPENING, _CLOSING = "\ufdd0", "\ufdd1"


def definition_cases(assembly: Assembly, meaning: Meaning, *, every: bool) -> Iterator[Case]:
    """Every case of every machine; without `every`, each mutation once for all states."""
    seen: set[object] = set()
    for item in assembly.resources(_MACHINE):
        others = Others(assembly, item.stack, meaning)
        tree, _ = _opened(item.properties["DefinitionString"])
        for mutation in Mutations(others.references, others.texts).of(tree):
            row = meaning.of("definition", item.path, mutation)
            key = (_STATE.sub("States/*", mutation.pattern), mutation.kind, row)
            if row.verdict == "either" or (key in seen and not every):
                continue
            seen.add(key)
            yield Case(
                name=f"{mutation.path} {mutation.kind}",
                area="definitions",
                asks=row.verdict == "asks",
                origin="generated",
                places=(item.path,),
                change=partial(_changed, item, mutation),
                why=row.why,
            )


def _changed(item: Resource, mutation: Mutation, assembly: Assembly) -> Assembly:
    def edit(stack: SynthesisedStack) -> None:
        properties = stack.template["Resources"][item.logical_id]["Properties"]
        tree, functions = _opened(properties["DefinitionString"])
        mutation.apply(tree)
        properties["DefinitionString"] = _closed(tree, functions)

    return edits.edited(assembly, item.stack, edit)


def _opened(definition: Any) -> tuple[Any, list[Any]]:
    """Return the definition as a tree, and the functions that markers in its texts stand for."""
    pieces = definition["Fn::Join"][1] if isinstance(definition, dict) else [definition]
    functions = [piece for piece in pieces if not isinstance(piece, str)]
    numbers = iter(range(len(functions)))
    text = "".join(
        piece if isinstance(piece, str) else f"{_OPENING}{next(numbers)}{_CLOSING}"
        for piece in pieces
    )
    return json.loads(text), functions


def _closed(tree: Any, functions: list[Any]) -> Any:
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False)
    first, *rest = text.split(_OPENING)
    pieces: list[Any] = [first]
    for part in rest:
        number, _, after = part.partition(_CLOSING)
        pieces += [functions[int(number)], after]
    return {"Fn::Join": ["", [piece for piece in pieces if piece != ""]]}
