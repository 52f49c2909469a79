"""A sample of the mutants, the same for the same seed, with an equal share for each package."""

import hashlib
from collections.abc import Sequence

from tools.mutants.mutant import Mutant


def sample(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants; a package with fewer than its share leaves the rest to the others."""
    packages: dict[str, list[Mutant]] = {}
    for mutant in sorted(mutants, key=lambda item: _rank(item, seed)):
        packages.setdefault(mutant.package, []).append(mutant)
    chosen: list[Mutant] = []
    smallest_first = sorted(packages.values(), key=len)
    for number, group in enumerate(smallest_first):
        share = (count - len(chosen)) // (len(smallest_first) - number)
        chosen += group[:share]
    return sorted(chosen, key=lambda item: (item.file, item.edit.start, item.edit.new))


def _rank(mutant: Mutant, seed: int) -> str:
    """Return a number that depends on the mutant alone: a change elsewhere keeps the sample."""
    text = f"{seed} {mutant.identity} {mutant.operator}"
    return hashlib.sha256(text.encode()).hexdigest()
