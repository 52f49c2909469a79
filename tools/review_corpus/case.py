"""A case of the corpus: one change of an environment, and whether a review has to ask a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reviewer.assembly import Assembly

Change = Callable[["Assembly"], "Assembly"]
Origin = Literal["by hand", "generated", "source"]


class CorpusError(Exception):
    """A case that cannot be made: it names what the environment does not have."""


@dataclass(frozen=True)
class Case:
    """One change; `places` are the paths at which a finding is about what was changed.

    `parts` are paths of a template beside its resources, as in `Outputs/KeyArn/Value`.
    `before` makes another environment to begin with, for a change back to what is shipped.
    `beside` is an area in which a harmless change may well be asked about.
    """

    name: str
    area: str
    asks: bool
    origin: Origin
    places: tuple[str, ...]
    change: Change
    why: str = ""
    parts: tuple[str, ...] = ()
    before: Change | None = None
    beside: str = ""
