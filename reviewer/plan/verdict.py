"""Verdicts of a plan: what a deployment would do to one resource, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reviewer.assembly import Assembly


Kind = Literal["refused", "data lost", "look", "replaced", "removed", "added", "in place"]
# The gravest first.
KINDS: dict[Kind, str] = {
    "refused": "Will be refused",
    "data lost": "Data is lost",
    "look": "Needs an eye",
    "replaced": "Replaced",
    "removed": "Removed",
    "added": "Added",
    "in place": "Changed in place",
}
NOTHING_RISKY, NEEDS_AN_EYE, WILL_BE_REFUSED = 0, 3, 4
_NEEDS_AN_EYE: tuple[Kind, ...] = ("data lost", "look")


@dataclass(frozen=True)
class Verdict:
    """`at` is a resource or a stack; `recipe` are the steps to take, commands among them."""

    kind: Kind
    at: str
    type: str
    said: str
    recipe: tuple[str, ...] = ()
    # What is touched because of it.
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSetAnswer:
    """Answer of CloudFormation to a change set of one stack that was not executed.

    `refused` is why it could not be made, when that says that the deployment would fail; `unasked`
    is why nothing is known. `changes` are the ResourceChange members by logical id.
    """

    refused: str = ""
    unasked: str = ""
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployed:
    """What CloudFormation says of an environment; `assembly` has the templates of its stacks.

    `absent` are resources of the templates that do not exist, as their condition does not hold.
    `importers` are the stacks that use an export, by its name. `strays` are stacks of this
    environment that the file no longer has, `other_stages` what is deployed of it under another
    name of the platform.
    """

    assembly: Assembly
    absent: frozenset[tuple[str, str]] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    importers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    other_stages: tuple[str, ...] = ()
    change_sets: Mapping[str, ChangeSetAnswer] = field(default_factory=dict)


def exit_code(verdicts: Iterable[Verdict], *, needs_person: bool) -> int:
    """Return 4 when AWS will refuse something, 3 when something needs an eye, else 0."""
    kinds = {verdict.kind for verdict in verdicts}
    if "refused" in kinds:
        return WILL_BE_REFUSED
    return NEEDS_AN_EYE if needs_person or kinds & set(_NEEDS_AN_EYE) else NOTHING_RISKY
