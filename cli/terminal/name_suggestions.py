"""Says what was probably meant: the known names, nearest first."""

import difflib
from collections.abc import Iterable

from cli.terminal.errors import WrongInput


def nearest_first(name: str, known: Iterable[str]) -> list[str]:
    """Return `known` with the most similar names first."""
    names = sorted(known)
    return sorted(names, key=lambda other: -difflib.SequenceMatcher(a=name, b=other).ratio())


def require_known(kind: str, name: str, known: Iterable[str], where: str) -> None:
    """Raise WrongInput, naming what there is, unless `name` is one of `known`."""
    names = nearest_first(name, known)
    if name not in names:
        listed = ", ".join(names) if names else "none"
        raise WrongInput(f"{where}: no {kind} {name!r}; there is {listed}")
