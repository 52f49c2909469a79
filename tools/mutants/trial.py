"""Trials: each mutant against the tests near it, and against the snapshots if none notices it."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.baseline import Baseline
from tools.mutants.mutant import Mutant
from tools.mutants.near import ImportGraph, near_tests, snapshot_tests
from tools.mutants.scope import RULES, scope_of
from tools.mutants.workplace import Outcome, Workplace

NEAR_SECONDS = (4.0, 45.0)
"""Processor time of the tests that a mutant is tried against, as measured without one.

Most are noticed by the first few; the others are not even imported then.
"""
_MEASURED_TOGETHER = 4
"""Files that are run without a mutant at a time: most mutants need no more."""
_TIMEOUT_SECONDS = 240.0
"""A run without an end is noticed; beside it twenty times what the tests take without a mutant."""


class Verdict(enum.Enum):
    """Who notices a mutant."""

    NOTICED = "noticed"
    SNAPSHOT_ONLY = "snapshot only"
    SURVIVED = "survived"
    BROKEN = "cannot be imported"


@dataclass(frozen=True)
class Result:
    """One mutant and who noticed it."""

    mutant: Mutant
    verdict: Verdict
    noticed_by: str = ""


class Trials:
    """Which tests a mutant is tried against; `run` tries one."""

    def __init__(self, root: Path, baseline: Baseline) -> None:
        self._root = root
        self._graph = ImportGraph(root)
        self._near: dict[str, list[str]] = {}
        self._baseline = baseline

    def near(self, workplace: Workplace, mutant: Mutant) -> Iterator[list[str]]:
        """Yield the nearest test files in batches, the nearest first; at least one file.

        Each is run without a mutant when its turn comes; one that alone takes more is left out.
        The first batch ends before the first file that is too much, the second takes what still
        fits behind it. The rules over the sources are near to each, and begin the second batch.
        """
        waiting = self._ranked(mutant)
        for number, most in enumerate(NEAR_SECONDS):
            batch, waiting = self._batch(workplace, waiting, most, is_first=not number)
            if batch:
                yield batch
            if not number:
                waiting = list(dict.fromkeys([*self._rules(mutant), *waiting]))

    def _batch(
        self, workplace: Workplace, waiting: Sequence[str], most: float, *, is_first: bool
    ) -> tuple[list[str], list[str]]:
        """Return the nearest files that take `most` seconds together, and the others."""
        batch: list[str] = []
        left: list[str] = []
        for position, test in enumerate(waiting):
            if self._baseline.unmeasured([test]):
                together = waiting[position : position + _MEASURED_TOGETHER]
                self._baseline.measure(workplace, together)
            if self._cost([*batch, test]) <= most or (is_first and not position):
                batch.append(test)
            elif not is_first or self._cost([test]) > most:
                left.append(test)
            else:
                return batch, [*left, *waiting[position:]]
        return batch, left

    def run(self, workplace: Workplace, mutant: Mutant) -> Result:
        """Try one mutant in a workplace."""
        for batch in self.near(workplace, mutant):
            timeout = _TIMEOUT_SECONDS + 20 * self._cost(batch)
            with workplace.mutated(mutant):
                outcome = workplace.run(batch, timeout_seconds=timeout)
            if outcome != Outcome(seconds=outcome.seconds):
                return _noticed(mutant, outcome)
        if snapshots := snapshot_tests(self._root, mutant.package):
            with workplace.mutated(mutant):
                outcome = workplace.run(snapshots, timeout_seconds=_TIMEOUT_SECONDS, snapshots=True)
            if outcome.failed:
                return Result(mutant, Verdict.SNAPSHOT_ONLY, outcome.failed[0])
        return Result(mutant, Verdict.SURVIVED)

    def _rules(self, mutant: Mutant) -> list[str]:
        named = (*RULES, *scope_of(mutant.package).rules)
        return [name for name in named if (self._root / name).exists()]

    def _cost(self, tests: Sequence[str]) -> float:
        return self._baseline.seconds(tests)

    def _ranked(self, mutant: Mutant) -> list[str]:
        if mutant.file not in self._near:
            ranked = near_tests(self._root, self._graph, mutant.package, mutant.file)
            self._near[mutant.file] = ranked
        return self._near[mutant.file]


def _noticed(mutant: Mutant, outcome: Outcome) -> Result:
    if outcome.timed_out:
        return Result(mutant, Verdict.NOTICED, "a test that does not end")
    if outcome.failed:
        return Result(mutant, Verdict.NOTICED, outcome.failed[0])
    return Result(mutant, Verdict.BROKEN)
