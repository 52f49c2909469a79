"""Mutants: every weakening of a file that parses, and samples with a share for each package."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.operators import calls, conditions, values
from tools.mutants.operators.signatures import Signatures
from tools.mutants.scope import SCOPES, Scope, module_name, mutated_files
from tools.mutants.source import Edit, Place, Source

_EVERYWHERE = (
    conditions.guards,
    conditions.comparisons,
    conditions.operands,
    conditions.handlers,
    calls.bounds,
    calls.retries,
    calls.timeouts,
    values.flags,
    values.limits,
    values.exit_codes,
)
_FOR_RESOURCES = (*_EVERYWHERE, values.entries, calls.statements)
_FOR_PROGRAMS = (*_EVERYWHERE, values.constant_entries, calls.checks)


@dataclass(frozen=True)
class Mutant:
    """One file with one weakening."""

    package: str
    file: str
    function: str
    line: int
    old: str
    new: str
    edit: Edit

    @property
    def operator(self) -> str:
        """The name of the kind of weakening."""
        return self.edit.operator

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What it is, whatever line it stands on."""
        return self.file, self.function, self.old, self.new

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: - {self.old} / + {self.new}"


def all_mutants(
    root: Path, scopes: Sequence[Scope] = SCOPES, only: Container[str] = ()
) -> list[Mutant]:
    """Return every mutant of every package below `root`, or of some files `only`."""
    files = {scope: mutated_files(root, scope) for scope in scopes}
    sources = {
        path: Source(path.read_text(encoding="utf-8")) for paths in files.values() for path in paths
    }
    signatures = Signatures(
        {module_name(root, path): source.tree for path, source in sources.items()}
    )
    return [
        mutant
        for scope, paths in files.items()
        for path in paths
        if not only or str(path.relative_to(root)) in only
        for mutant in _mutants(root, scope, path, sources[path], signatures)
    ]


def sample(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants, the same ones for the same `seed`, an equal share of each package.

    A package with fewer mutants than its share leaves the rest to the others.
    """
    packages: dict[str, list[Mutant]] = {}
    for mutant in sorted(mutants, key=lambda item: _rank(item, seed)):
        packages.setdefault(mutant.package, []).append(mutant)
    chosen: list[Mutant] = []
    smallest_first = sorted(packages.values(), key=len)
    for number, group in enumerate(smallest_first):
        share = (count - len(chosen)) // (len(smallest_first) - number)
        chosen += group[:share]
    return sorted(chosen, key=lambda item: (item.file, item.edit.start, item.edit.new))


def _mutants(
    root: Path, scope: Scope, path: Path, source: Source, signatures: Signatures
) -> Iterator[Mutant]:
    signatures.enter(module_name(root, path), source.tree)
    seen: set[tuple[int, int, str]] = set()
    for place in source.places():
        for edit in _edits(scope, source, place, signatures):
            key = edit.start, edit.end, edit.new
            if key not in seen and source.parses(edit):
                seen.add(key)
                old, new = source.lines(edit)
                file = str(path.relative_to(root))
                line = source.line(edit)
                yield Mutant(scope.package, file, place.function, line, old, new, edit)


def _edits(scope: Scope, source: Source, place: Place, signatures: Signatures) -> Iterator[Edit]:
    for operator in _FOR_RESOURCES if scope.declares_resources else _FOR_PROGRAMS:
        yield from operator(source, place)
    dropped = calls.keywords if scope.declares_resources else calls.protective_keywords
    yield from dropped(source, place, signatures)


def _rank(mutant: Mutant, seed: int) -> str:
    """Return a number that depends on the mutant alone: a change elsewhere keeps the sample."""
    text = f"{seed} {mutant.identity} {mutant.operator}"
    return hashlib.sha256(text.encode()).hexdigest()
