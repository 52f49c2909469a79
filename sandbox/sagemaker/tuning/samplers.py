"""Random and grid search: which assignment a tuning job tries next, none of them twice."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.sagemaker.tuning.ranges import Range

Assignment = dict[str, str]
"""A value for each tuned hyperparameter, as a training job gets it."""
# Drawn before the values that are left are counted one by one.
_DRAWS = 1_000


@dataclass(frozen=True)
class Trial:
    """An assignment that was tried: `loss` is what it came to, less is better.

    None stands for one that has not ended, or that ended without its metric.
    """

    assignment: Assignment
    loss: float | None = None
    has_ended: bool = True


class Exhausted(Exception):
    """Every assignment was tried."""


class Sampler(Protocol):
    """A search strategy."""

    def propose(self, trials: Sequence[Trial]) -> Assignment:
        """Return an assignment that none of `trials` has; raises Exhausted without one."""


class RandomSampler:
    """Random search; with a seed, the same assignments again."""

    def __init__(self, ranges: list[Range], seed: int | None) -> None:
        self.ranges = ranges
        self.chance = random.Random(seed)

    def propose(self, trials: Sequence[Trial]) -> Assignment:
        tried = keys_of(trials)
        for _ in range(_DRAWS):
            drawn = assignment_of(self.ranges, self.chance)
            if key_of(drawn) not in tried:
                return drawn
        left = [one for one in self._all() if key_of(one) not in tried]
        if not left:
            raise Exhausted
        return self.chance.choice(left)

    def _all(self) -> Iterable[Assignment]:
        # With more values than this a draw is new sooner or later.
        if combinations(self.ranges) > _DRAWS**2:
            return []
        return assignments(self.ranges)


class GridSampler:
    """Grid search over categories, in their order."""

    def __init__(self, ranges: list[Range]) -> None:
        self._left = iter(assignments(ranges))

    def propose(self, trials: Sequence[Trial]) -> Assignment:
        try:
            return next(self._left)
        except StopIteration:
            raise Exhausted from None


def combinations(ranges: Iterable[Range]) -> float:
    """Return how many assignments there are."""
    return math.prod(float(one.size) for one in ranges)


def assignment_of(ranges: Iterable[Range], chance: random.Random) -> Assignment:
    """Return any assignment."""
    return {one.name: one.draw(chance) for one in ranges}


def assignments(ranges: list[Range]) -> Iterable[Assignment]:
    """Return every assignment of ranges that have an end, the last range changing first."""
    names = [one.name for one in ranges]
    for values in itertools.product(*(one.values for one in ranges)):
        yield dict(zip(names, values, strict=True))


def key_of(assignment: Assignment) -> tuple[str, ...]:
    """Return what two assignments of the same values share."""
    return tuple(value for _, value in sorted(assignment.items()))


def keys_of(trials: Iterable[Trial]) -> set[tuple[str, ...]]:
    """Return the keys of what was tried."""
    return {key_of(trial.assignment) for trial in trials}
