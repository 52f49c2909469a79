"""New models that equal an existing one in kind: what they get is compared with what that has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import ResourceDiff, Revision
from reviewer.markdown import counted

if TYPE_CHECKING:
    from reviewer.assembly import Acknowledged, Assembly, Resource
    from reviewer.statements import Statement

# Names in one text, as a script gets them.
_COMMAS = re.compile(r"[\w-]+(?:,[\w-]+)+")

SecurityRule = tuple[str, str, str, str]
"""Group, direction, other side and ports."""


@dataclass(frozen=True)
class Alike:
    """The existing model that each new one is compared with, by the name of the new one."""

    existing: Mapping[str, str]

    def diffs(
        self, found: Iterable[ResourceDiff], before: Revision, after: Revision
    ) -> list[ResourceDiff]:
        """Return what is judged: a new model's resource is compared with the existing model's.

        A resource that all models share is compared as if the new model's parts were the existing
        one's; then only what is not there yet differs.
        """
        if not self.existing:
            return list(found)
        there = {item.path: item for item in before.assembly.resources()}
        return [self._diff(diff, there, before, after) for diff in found]

    def _diff(
        self,
        diff: ResourceDiff,
        there: Mapping[str, Resource],
        before: Revision,
        after: Revision,
    ) -> ResourceDiff:
        if diff.after is None:
            return diff
        if diff.before is not None:
            new = self.collapsed(diff.new)
            return diff if new == diff.new else replace(diff, old=_once(diff.old), new=new)
        twin = there.get(self.renamed(diff.path))
        if twin is None or twin.type != diff.type:
            return diff
        body = {**diff.after.body, **{key: twin.body[key] for key in _BESIDE if key in twin.body}}
        return ResourceDiff(
            replace(diff.after, body=body),
            diff.after,
            _once(diff.tree_of(twin, before)),
            self.collapsed(diff.new),
            diff.region,
        )

    def statements(self, old: Iterable[Statement]) -> Iterator[Statement]:
        """Yield the statements of existing models as those of the new ones, alone and together."""
        for new, model in self.existing.items():
            rename = _Names({model: new})
            for one in old:
                other = _statement(one, rename)
                if other != one:
                    yield other
                    yield _together(one, other)
                    yield replace(_together(one, other), holder=one.holder)

    def rules(self, old: set[SecurityRule]) -> set[SecurityRule]:
        """Return rules of security groups of existing models, as those of the new ones."""
        return {
            (names.text(group), direction, names.text(other), ports)
            for names in (_Names({model: new}) for new, model in self.existing.items())
            for group, direction, other, ports in old
        }

    def acknowledged(self, one: Acknowledged) -> Acknowledged:
        """Return what is answered for a new model as if it were for the existing one."""
        path, finding, reason = map(self.renamed, (one.path, one.finding, one.reason))
        return replace(one, path=path, finding=finding, reason=reason)

    def renamed(self, text: str) -> str:
        """Return a text about a new model as the existing one's."""
        return self._names.text(text)

    def collapsed(self, tree: Any) -> Any:
        """Return a value in which new models have become existing ones, each thing once."""
        return _once(self._names.tree(tree))

    @cached_property
    def _names(self) -> _Names:
        return _Names(self.existing)

    def findings(self, found: Iterable[ResourceDiff]) -> Iterator[Finding]:
        """Say of each new model which existing one it was compared with, in one line."""
        added = [diff for diff in found if diff.before is None]
        for new, model in self.existing.items():
            number = sum(_Names({new: model}).text(diff.path) != diff.path for diff in added)
            said = (
                f"the model `{new}` is added; its {counted(number, 'resource')} and their "
                f"permissions were compared with those of `{model}`: what differs is said"
            )
            yield Finding("model-added", "resources", new, said, "-", "there", False)


def find_alike(before: Revision, after: Revision) -> Alike:
    """Find for every new model the existing one with which it has most in common."""
    old = [model for model in _models(before.assembly) if model in _models(after.assembly)]
    new = [model for model in _models(after.assembly) if model not in _models(before.assembly)]
    return Alike({model: _nearest(model, old, before, after) for model in new if old})


def _models(assembly: Assembly) -> list[str]:
    return list(dict.fromkeys(stack.model for stack in assembly.stacks if stack.model))


def _nearest(new: str, old: list[str], before: Revision, after: Revision) -> str:
    kinds = [_kinds(after.assembly, new), *(_kinds(before.assembly, model) for model in old)]
    return max(old, key=lambda model: len(kinds[0] & kinds[1 + old.index(model)]))


def _kinds(assembly: Assembly, model: str) -> set[tuple[str, str, str]]:
    """Return place, type and properties of everything in a model's stacks, without its name."""
    names = _Names({model: "{model}"})
    return {
        (names.text(item.path), item.type, names.text(str(item.properties)))
        for stack in assembly.stacks
        if stack.model == model
        for item in stack.resources
    }


_BESIDE = ("Condition", "CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")


class _Names:
    """Replaces names of models, wherever they stand as a word of their own."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        words = "|".join(map(re.escape, names)) or "(?!)"
        self._word = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])")

    def text(self, text: str) -> str:
        return self._word.sub(lambda found: self._names[found[0]], text)

    def tree(self, node: Any) -> Any:
        if isinstance(node, str):
            changed = self.text(node)
            return node if changed == node else _COMMAS.sub(_each_once, changed)
        if isinstance(node, list):
            return [self.tree(item) for item in node]
        if not isinstance(node, dict):
            return node
        found: dict[str, Any] = {}
        for key, value in node.items():
            name, changed = self.text(key), self.tree(value)
            # Two things under one name that are not alike: the new one keeps its own.
            found[name if found.get(name, changed) == changed else key] = changed
        return found


def _each_once(found: re.Match[str]) -> str:
    return ",".join(dict.fromkeys(found[0].split(",")))


def _once(node: Any) -> Any:
    """Return a value whose lists name each item once."""
    if isinstance(node, dict):
        return {key: _once(value) for key, value in node.items()}
    if isinstance(node, list):
        items: list[Any] = []
        for item in map(_once, node):
            if item not in items:
                items.append(item)
        return items
    return node


def _statement(one: Statement, names: _Names) -> Statement:
    def texts(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.text(text) for text in found)

    return replace(
        one,
        holder=names.text(one.holder),
        principals=texts(one.principals),
        resources=texts(one.resources),
        conditions=tuple((verb, key, texts(values)) for verb, key, values in one.conditions),
    )


def _together(one: Statement, other: Statement) -> Statement:
    """Return the statement that is about both models."""

    def both(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({*left, *right}))

    return replace(
        other,
        principals=both(one.principals, other.principals),
        resources=both(one.resources, other.resources),
        conditions=tuple(
            (verb, key, both(values, more))
            for (verb, key, values), (_, _, more) in zip(
                one.conditions, other.conditions, strict=True
            )
        ),
    )
