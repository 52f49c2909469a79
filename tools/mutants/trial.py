"""Trials: each mutant against the tests near it, and against the snapshots if none notices it."""

import enum
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.mutant import Mutant
from tools.mutants.near import ImportGraph, near_tests, snapshot_tests
from tools.mutants.workplace import Outcome, Workplace

NEAR_SECONDS = (4.0, 45.0)
"""Processor time of the tests that a mutant is tried against, as measured without one.

Most are noticed by the first few; the others are not even imported then.
"""
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

    def __init__(self, root: Path) -> None:
        self._root = root
        self._graph = ImportGraph(root)
        self._near: dict[str, list[str]] = {}
        self._seconds: Mapping[str, float] = {}

    def candidates(self, mutants: Sequence[Mutant]) -> list[str]:
        """Return every test file that some of these mutants may be tried against."""
        return sorted({test for mutant in mutants for test in self._ranked(mutant)})

    def learn(self, seconds: Mapping[str, float]) -> None:
        """Take the processor time of each test file, by which the nearest are chosen."""
        self._seconds = seconds

    def near(self, mutant: Mutant) -> list[list[str]]:
        """Return the nearest test files in batches, the nearest first; at least one file."""
        waiting = deque(self._ranked(mutant))
        batches: list[list[str]] = []
        for most in NEAR_SECONDS:
            batch: list[str] = []
            while waiting and (self._cost([*batch, waiting[0]]) <= most or not (batch or batches)):
                batch.append(waiting.popleft())
            batches.append(batch)
        return [batch for batch in batches if batch]

    def run(self, workplace: Workplace, mutant: Mutant) -> Result:
        """Try one mutant in a workplace."""
        with workplace.mutated(mutant):
            for batch in self.near(mutant):
                timeout = _TIMEOUT_SECONDS + 20 * self._cost(batch)
                outcome = workplace.run(batch, timeout_seconds=timeout)
                if outcome != Outcome(seconds=outcome.seconds):
                    return _noticed(mutant, outcome)
            if snapshots := snapshot_tests(self._root, mutant.package):
                outcome = workplace.run(snapshots, timeout_seconds=_TIMEOUT_SECONDS, snapshots=True)
                if outcome.failed:
                    return Result(mutant, Verdict.SNAPSHOT_ONLY, outcome.failed[0])
        return Result(mutant, Verdict.SURVIVED)

    def _cost(self, tests: Sequence[str]) -> float:
        return sum(self._seconds.get(test, 0.0) for test in tests)

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
