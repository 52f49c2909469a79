"""Equivalent mutants: weakenings that alter no behaviour, each with the reason why."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.mutant import Mutant

LIST = Path(__file__).parent / "equivalent.toml"


class EquivalentError(Exception):
    """An entry of the list that is incomplete, or that no mutant matches any more."""


@dataclass(frozen=True)
class Equivalent:
    """One entry: a mutant by file, function and text, not by line."""

    file: str
    function: str
    old: str
    new: str
    reason: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """The same four parts as a mutant's identity."""
        return self.file, self.function, self.old, self.new


def read_equivalents(path: Path = LIST) -> list[Equivalent]:
    """Read the list; EquivalentError for an entry without one of its parts."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    found = []
    for number, entry in enumerate(entries, start=1):
        try:
            found.append(Equivalent(**entry))
        except TypeError as error:
            raise EquivalentError(f"{path.name}: entry {number}: {error}") from None
        if not entry["reason"].strip():
            raise EquivalentError(f"{path.name}: entry {number} gives no reason; say why")
    return found


def without_equivalents(
    mutants: Iterable[Mutant], equivalents: Iterable[Equivalent]
) -> list[Mutant]:
    """Return the other mutants; EquivalentError when an entry matches none of them."""
    mutants = list(mutants)
    known = {mutant.identity for mutant in mutants}
    listed = {entry.identity for entry in equivalents}
    if stale := sorted(listed - known):
        file, function, old, _ = stale[0]
        raise EquivalentError(
            f"equivalent.toml: {file} {function} has no mutant of `{old}` any more; "
            "remove the entry, or give it the text as it is now"
        )
    return [mutant for mutant in mutants if mutant.identity not in listed]
