"""Mutations of a tree of JSON: each value flipped, halved, doubled, exchanged or removed."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tools.review_corpus.edits import remove, set_value

Kind = Literal[
    "flipped", "lower", "higher", "other", "exchanged", "foreign", "removed", "emptied", "fewer"
]
References = Callable[[Any], Iterator[tuple[Kind, Any]]]
OtherTexts = Callable[[str, str], Iterator[str]]
_GONE = object()


@dataclass(frozen=True)
class Mutation:
    """One change of a tree at a path; `pattern` is the path with `*` for the number of an item."""

    kind: Kind
    path: str
    value: Any = _GONE

    @property
    def pattern(self) -> str:
        """The path, the same for all items of a list."""
        return "/".join("*" if part.isdigit() else part for part in self.path.split("/"))

    def apply(self, tree: Any) -> None:
        """Change the tree."""
        if self.value is _GONE:
            remove(tree, self.path)
        else:
            set_value(tree, self.path, copy.deepcopy(self.value))


class Mutations:
    """Finds the mutations of a tree.

    `references` gives what else a function of CloudFormation could refer to, `texts` what else a
    string could be.
    """

    def __init__(self, references: References, texts: OtherTexts) -> None:
        self._references, self._texts = references, texts

    def of(self, tree: Any, path: str = "") -> Iterator[Mutation]:
        """Yield every mutation of a tree, from the outside to the inside."""
        if path:
            yield from self._whole(tree, path)
        if is_function(tree):
            return
        if isinstance(tree, dict):
            for key, value in tree.items():
                yield from self.of(value, f"{path}/{key}" if path else key)
        elif isinstance(tree, list):
            for number, item in enumerate(tree):
                yield from self.of(item, f"{path}/{number}")

    def _whole(self, value: Any, path: str) -> Iterator[Mutation]:
        if not path.rpartition("/")[2].isdigit():
            yield Mutation("removed", path)
        if is_function(value):
            yield from (Mutation(kind, path, new) for kind, new in self._references(value))
        elif isinstance(value, list):
            yield Mutation("emptied", path, [])
            if len(value) > 1:
                yield Mutation("fewer", path, value[:-1])
        elif isinstance(value, bool):
            yield Mutation("flipped", path, not value)
        elif isinstance(value, int | float):
            yield from self._numbers(value, path)
        elif isinstance(value, str):
            yield from (Mutation("other", path, text) for text in self._texts(path, value))

    def _numbers(self, value: int | float, path: str) -> Iterator[Mutation]:
        half = value // 2 if isinstance(value, int) else value / 2
        if half != value:
            yield Mutation("lower", path, half)
        yield Mutation("higher", path, value * 2 if value else 10)


def is_function(value: Any) -> bool:
    """Whether this is Ref or a function of CloudFormation."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))
    )
