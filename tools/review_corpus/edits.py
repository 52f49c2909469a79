"""Edits of a template as JSON: a value set, removed, appended or replaced at a path of keys."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tools.review_corpus.case import CorpusError

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, SynthesisedStack

Edit = Callable[["SynthesisedStack"], object]


def edited(assembly: Assembly, label: str, edit: Edit) -> Assembly:
    """Return the assembly with `edit` applied to a copy of one stack."""
    stack = stack_of(assembly, label)
    fresh = replace(stack, template=copy.deepcopy(stack.template))
    edit(fresh)
    # Once more, for whatever was worked out before the edit.
    return with_stack(assembly, replace(fresh))


def with_stack(assembly: Assembly, stack: SynthesisedStack) -> Assembly:
    """Return the assembly with `stack` in the place of the one of its name."""
    found = tuple(stack if one.label == stack.label else one for one in assembly.stacks)
    return replace(assembly, stacks=found)


def stack_of(assembly: Assembly, label: str) -> SynthesisedStack:
    """Return the stack of that label."""
    for stack in assembly.stacks:
        if stack.label == label:
            return stack
    raise CorpusError(f"no stack {label}")


def logical_id(stack: SynthesisedStack, name: str) -> str:
    """Return the logical id of the resource at a place among the constructs."""
    for item in stack.resources:
        if item.name == name:
            return item.logical_id
    raise CorpusError(f"no resource {stack.label}/{name}")


def set_value(tree: Any, path: str, value: Any) -> None:
    """Write `value` at a path; tables on the way are made."""
    *parents, last = path.split("/")
    for key in parents:
        found = _step(tree, key)
        if found is None:
            found = tree[key] = {}
        tree = found
    tree[_key(tree, last)] = value


def remove(tree: Any, path: str) -> None:
    """Take away what is at a path."""
    *parents, last = path.split("/")
    parent = look(tree, "/".join(parents)) if parents else tree
    key = _key(parent, last)
    if isinstance(parent, dict) and key not in parent:
        raise CorpusError(f"nothing at {path}")
    del parent[key]


def append(tree: Any, path: str, value: Any) -> None:
    """Add `value` to the list at a path, which is made when it is not there."""
    *parents, last = path.split("/")
    parent = look(tree, "/".join(parents)) if parents else tree
    key = _key(parent, last)
    if isinstance(parent, dict) and key not in parent:
        parent[key] = []
    if not isinstance(parent[key], list):
        parent[key] = [parent[key]]
    parent[key].append(value)


def reverse(tree: Any, path: str) -> None:
    """Turn the order of the list at a path round."""
    look(tree, path).reverse()


def look(tree: Any, path: str) -> Any:
    """Return what is at a path."""
    for key in path.split("/"):
        tree = _step(tree, key)
        if tree is None:
            raise CorpusError(f"nothing at {path}")
    return tree


def replace_text(tree: Any, old: str, new: str) -> Any:
    """Return the tree with `old` replaced in the first string that contains it."""
    replaced = _Replacement(old, new)
    result = replaced.visit(tree)
    if not replaced.is_done:
        raise CorpusError(f"no text {old!r}")
    return result


class _Replacement:
    """Replaces one text in the first string that contains it."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new
        self.is_done = False

    def visit(self, node: Any) -> Any:
        """Return the node, replaced."""
        if isinstance(node, dict):
            return {key: self.visit(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.visit(item) for item in node]
        if isinstance(node, str) and self._old in node and not self.is_done:
            self.is_done = True
            return node.replace(self._old, self._new, 1)
        return node


def _step(tree: Any, key: str) -> Any:
    if isinstance(tree, dict):
        return tree.get(key)
    return tree[_key(tree, key)] if isinstance(tree, list) else None


def _key(tree: Any, key: str) -> Any:
    """A key of a table; of a list a number, or `[text]`: the first item with that text in it."""
    if not isinstance(tree, list):
        return key
    if key.isdigit():
        return int(key)
    if not (key.startswith("[") and key.endswith("]")):
        raise CorpusError(f"{key} is neither a number nor a [text] without a slash")
    wanted = key.removeprefix("[").removesuffix("]")
    for number, item in enumerate(tree):
        if wanted in json.dumps(item):
            return number
    raise CorpusError(f"no item with {wanted!r}")
