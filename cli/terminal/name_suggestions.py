"""Known names in the order of their similarity to a mistyped one."""

import difflib
from collections.abc import Iterable

from cli.terminal.errors import WrongInput


def nearest_first(name: str, known: Iterable[str]) -> list[str]:
    """Return `known` with the most similar names first."""
    names = sorted(known)
    return sorted(names, key=lambda other: -difflib.SequenceMatcher(a=name, b=other).ratio())


def require_known(kind: str, name: str, known: Iterable[str], where: str) -> None:
    """Raise WrongInput with the known names unless `name` is one of them."""
    names = nearest_first(name, known)
    if name not in names:
        listed = ", ".join(names) if names else "none"
        raise WrongInput(f"{where}: no {kind} {name!r}; there is {listed}")
