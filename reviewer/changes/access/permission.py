"""Permission: one action of one principal on one resource, and what it includes of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from reviewer.changes.access.conditions import Condition, is_confined, is_implied
from reviewer.changes.access.patterns import EXCEPT, includes

if TYPE_CHECKING:
    from reviewer.statements import Statement

_MOST_CASES = 64
_EVERYBODY = ("*", "AWS *")


@dataclass(frozen=True)
class Permission:
    """One action of one principal on one resource under some conditions."""

    principal: str
    action: str
    resource: str
    conditions: tuple[Condition, ...]

    def covers(self, other: Permission) -> bool:
        """Return whether this includes everything that `other` is about."""
        return (
            includes(self.principal, other.principal)
            and includes(_lower(self.action), _lower(other.action))
            and includes(self.resource, other.resource)
            and all(is_implied(condition, other.conditions) for condition in self.conditions)
        )

    def same_call(self, other: Permission) -> bool:
        """Return whether this differs from `other` by its conditions only."""
        return replace(self, conditions=()).covers(replace(other, conditions=()))

    @property
    def is_for_anybody(self) -> bool:
        """Whether people nobody knows have it: no condition says who asks, or for what."""
        is_open = self.principal in _EVERYBODY or self.principal.startswith(EXCEPT)
        return is_open and not is_confined(self.conditions)

    @property
    def is_wide(self) -> bool:
        """Whether its action stands for several, some of which may not exist yet."""
        return any(wildcard in self.action for wildcard in "*?") or self.action.startswith(EXCEPT)


def permissions(one: Statement) -> Iterator[Permission]:
    """Yield everything that a statement is about."""
    for principal, action, resource in product(
        _either(one.principals) or ("",), _either(one.actions), _either(one.resources) or ("",)
    ):
        yield Permission(principal, action, resource, one.conditions)


def are_covered(permission: Permission, by: Sequence[Permission]) -> bool:
    """Return whether several permissions together include one: each of its cases is in one."""
    if any(one.covers(permission) for one in by):
        return True
    candidates = [one for one in by if one.same_call(permission)]
    cases = list(_cases(permission))
    return len(cases) > 1 and all(any(one.covers(case) for one in candidates) for case in cases)


def _lower(action: str) -> str:
    """Return an action in small letters: IAM takes it in any."""
    is_excluding = action.startswith(EXCEPT)
    return EXCEPT * is_excluding + action.removeprefix(EXCEPT).lower()


def _either(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a part of a statement says; all that it leaves out is one text."""
    if texts and texts[0].startswith(EXCEPT):
        return (EXCEPT + ", ".join(text.removeprefix(EXCEPT) for text in texts),)
    return texts


def _cases(permission: Permission) -> Iterable[Permission]:
    """Yield the same with one value of each condition that takes any of several."""
    choices = [list(_values(condition)) for condition in permission.conditions]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > _MOST_CASES:
        return [permission]
    return [replace(permission, conditions=chosen) for chosen in product(*choices)]


def _values(condition: Condition) -> Iterator[Condition]:
    operator, key, values = condition
    if "Not" in operator or operator.startswith("ForAllValues:"):
        yield condition  # all of its values count at once
        return
    for value in values:
        yield operator, key, (value,)
