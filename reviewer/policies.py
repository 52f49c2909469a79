"""IAM policy documents: each statement, and the cases of the template in which it is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from cfn.intrinsics import (
    ALWAYS,
    Sides,
    branches,
    decisions,
    is_contradiction,
    is_function,
    items,
    settled,
)
from cfn.json_files import parse, worded
from reviewer.changes.access.patterns import EXCEPT

if TYPE_CHECKING:
    from reviewer.resolver import Resolver

Condition = tuple[str, str, tuple[str, ...]]
# The operator of a condition that the template decides, not the request: Fn::If of a condition.
DECIDED = "Fn::If"
UNREADABLE = "unreadable"
_OF_A_DOCUMENT = {"Version", "Id", "Statement"}
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
_PARTS = ("Principal", "Action", "Resource")
_OF_A_STATEMENT = {"Sid", "Effect", "Condition", *_PARTS, *(f"Not{part}" for part in _PARTS)}
_NEWEST, _OLDEST = "2012-10-17", "2008-10-17"
_MOST_DECISIONS = 4
# Of one policy: the longest that AWS takes, of a key, has 32 KB.
_MOST_PERMISSIONS = 2_000
_TOO_MANY = f"it stands for more than {_MOST_PERMISSIONS:,} permissions"
_MOST_CASES = 200


class _Unreadable(Exception):
    """A part of a policy that is not understood; the message says which."""


@dataclass(frozen=True)
class Permit:
    """What one statement allows or refuses; `fault` is why it could not be read.

    Of one that could not be read, `actions` has its whole text.
    """

    effect: str
    principals: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    fault: str = ""


def decided(sides: Sides) -> tuple[Condition, ...]:
    """Return assumed sides as conditions of a statement."""
    return tuple(sorted((DECIDED, name, (str(side).lower(),)) for name, side in sides))


def permits(
    stack: str, document: Any, resolver: Resolver, sides: Sides = ALWAYS
) -> Iterator[Permit]:
    """Yield what every statement of a policy allows or refuses; none of them is passed over."""
    for assumed, one in branches(document, sides):
        try:
            bodies, language = _bodies(stack, one, resolver)
        except _Unreadable as fault:
            yield _unread(stack, one, str(fault), resolver)
            continue
        found = list(_of_document(stack, bodies, resolver, assumed))
        if sum(_size(permit) for permit in found) > _MOST_PERMISSIONS:
            yield _unread(stack, one, _TOO_MANY, resolver)
            continue
        yield from (_in_language(permit, language) for permit in found)


def _of_document(stack: str, bodies: Any, resolver: Resolver, sides: Sides) -> Iterator[Permit]:
    for case, body in items(bodies, sides):
        try:
            yield from _Reader(stack, resolver).read(body, case)
        except _Unreadable as fault:
            yield _unread(stack, body, str(fault), resolver)


def _unread(stack: str, body: Any, fault: str, resolver: Resolver) -> Permit:
    return Permit(UNREADABLE, actions=(resolver.text(stack, body),), fault=fault)


def _in_language(permit: Permit, version: str) -> Permit:
    """Return a permit; in an older language `${...}` is no variable, but a text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    if version == _NEWEST or "${" not in repr(permit):
        return permit
    language = ("Version", "its language", (version,))
    return replace(permit, conditions=(*permit.conditions, language))


def _bodies(stack: str, document: Any, resolver: Resolver) -> tuple[Any, str]:
    """Return the statements of a document, which may be JSON in a text, and its language."""
    if isinstance(document, str) or is_function(document):
        document = _opened(resolver.tree(stack, document))
    if isinstance(document, list) or (isinstance(document, dict) and "Effect" in document):
        return document, _NEWEST
    if not isinstance(document, dict):
        raise _Unreadable(f"it is {worded(document)} that is no JSON of a policy")
    if "Statement" not in document:
        raise _Unreadable("it has no Statement")
    _require_known(document, _OF_A_DOCUMENT, "a policy")
    version = document.get("Version", _OLDEST)
    if version not in (_NEWEST, _OLDEST):
        raise _Unreadable(f"its Version is {resolver.text(stack, version)}")
    return document["Statement"], version


def _opened(document: Any) -> Any:
    try:
        return parse(document) if isinstance(document, str) else document
    except ValueError:
        return document


def _require_known(body: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(body.keys() - known):
        raise _Unreadable(f"{', '.join(unknown)} is no part of {what}")


def _cases(value: Any, sides: Sides) -> Iterator[tuple[Sides, Any]]:
    if len(decisions(value)) > _MOST_DECISIONS:
        raise _Unreadable(f"more than {_MOST_DECISIONS} conditions decide about one part")
    return settled(value, sides)


_Group = dict[Sides, list[str]]


class _Reader:
    """Reads one statement of one stack."""

    def __init__(self, stack: str, resolver: Resolver) -> None:
        self._stack, self._resolver = stack, resolver

    def read(self, body: Any, sides: Sides) -> Iterator[Permit]:
        """Yield what a statement allows or refuses, once for each case that Fn::If makes."""
        if not isinstance(body, dict) or is_function(body):
            raise _Unreadable(f"{worded(body)} that is no statement")
        _require_known(body, _OF_A_STATEMENT, "a statement")
        effects = self._effects(body.get("Effect"), sides)
        if not effects:
            raise _Unreadable("it has no Effect")
        parts = [self._part(body, part, sides) for part in _PARTS]
        if not parts[1]:
            raise _Unreadable("it has no Action")
        conditions = list(self._conditions(body.get("Condition", {}), sides))
        found = list(self._combined(effects, parts, conditions))
        if sum(_size(one) for one in found) > _MOST_PERMISSIONS:
            raise _Unreadable(_TOO_MANY)
        yield from found

    def _combined(
        self,
        effects: _Group,
        parts: list[_Group],
        conditions: list[tuple[Sides, tuple[Condition, ...]]],
    ) -> Iterator[Permit]:
        groups = [list((one or {ALWAYS: []}).items()) for one in (effects, *parts)]
        if prod(len(one) for one in groups) * len(conditions) > _MOST_CASES:
            raise _Unreadable(f"Fn::If makes more than {_MOST_CASES} cases of it")
        for chosen, (case, when) in product(product(*groups), conditions):
            sides = case.union(*(one[0] for one in chosen))
            if not is_contradiction(sides):
                effect, *texts = (tuple(sorted(set(one[1]))) for one in chosen)
                whole = tuple(sorted((*when, *decided(sides))))
                yield Permit(effect[0], texts[0], texts[1], texts[2], whole)

    def _effects(self, value: Any, sides: Sides) -> _Group:
        found = dict(branches(value, sides))
        for one in found.values():
            if one not in ("Allow", "Deny"):
                raise _Unreadable(f"its Effect is {self._resolver.text(self._stack, one)}")
        return {case: [one] for case, one in found.items()}

    def _part(self, body: Mapping[str, Any], part: str, sides: Sides) -> _Group:
        """Return who, what or on what; what a statement is *not* about is one text of all."""
        found: _Group = {}
        if f"Not{part}" in body:
            if part in body:
                raise _Unreadable(f"it has both {part} and Not{part}")
            for case, value in _cases(body[f"Not{part}"], sides):
                texts = sorted(text for _, text in self._texts(part, value, case))
                found[case] = [EXCEPT + ", ".join(texts)]
        elif part in body:
            for case, text in self._texts(part, body[part], sides):
                found.setdefault(case, []).append(text)
            if not found:
                raise _Unreadable(f"its {part} is empty")
        return found

    def _texts(self, part: str, value: Any, sides: Sides) -> Iterator[tuple[Sides, str]]:
        for case, one in items(value, sides):
            if isinstance(one, str) or is_function(one):
                yield case, self._resolver.text(self._stack, one)
            elif part == "Principal" and isinstance(one, dict):
                yield from self._principals(one, case)
            else:
                raise _Unreadable(f"its {part} holds {worded(one)}")

    def _principals(self, value: Mapping[str, Any], sides: Sides) -> Iterator[tuple[Sides, str]]:
        for kind, names in value.items():
            if kind not in _PRINCIPALS:
                raise _Unreadable(f"{kind} is no kind of principal")
            for case, name in self._texts(kind, names, sides):
                yield case, name if kind in ("Service", "AWS") else f"{kind} {name}"

    def _conditions(
        self, value: Any, sides: Sides
    ) -> Iterator[tuple[Sides, tuple[Condition, ...]]]:
        for case, block in _cases(value, sides):
            if not isinstance(block, dict) or is_function(block):
                raise _Unreadable(f"its Condition is {worded(block)}")
            yield (
                case,
                tuple(one for name, keys in block.items() for one in self._tests(name, keys)),
            )

    def _tests(self, operator: str, keys: Any) -> Iterator[Condition]:
        if not isinstance(keys, dict) or is_function(keys):
            raise _Unreadable(f"{operator} of its Condition is {worded(keys)}")
        for key, wanted in keys.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if any(isinstance(one, list | None) or _is_mapping(one) for one in values):
                raise _Unreadable(f"{key} of its Condition is {worded(wanted)}")
            yield operator, key, tuple(sorted(self._resolver.text(self._stack, v) for v in values))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict) and not is_function(value)


def _size(one: Permit) -> int:
    return max(len(one.principals), 1) * len(one.actions) * max(len(one.resources), 1)
