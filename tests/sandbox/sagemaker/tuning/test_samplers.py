from __future__ import annotations

import pytest

from sandbox.sagemaker.tuning.bayesian import BayesianSampler
from sandbox.sagemaker.tuning.samplers import (
    Exhausted,
    GridSampler,
    RandomSampler,
    Sampler,
    Trial,
    combinations,
    keys_of,
)
from tests.sandbox.sagemaker.tuning.searched import (
    categories,
    integers,
    loss,
    mixed,
    numbers,
    search,
    space,
)


def test_a_seed_gives_the_same_assignments_again() -> None:
    first, again, other = (search(RandomSampler(mixed(), seed), 5) for seed in (7, 7, 8))

    assert first == again != other


def test_bayesian_search_finds_more_than_random_search_with_as_many_trials() -> None:
    for seed in (1, 2):
        best = {
            kind: min(trial.loss or 0.0 for trial in search(kind(mixed(), seed), 15))
            for kind in (RandomSampler, BayesianSampler)
        }
        assert best[BayesianSampler] < best[RandomSampler] / 2


def test_bayesian_search_with_a_seed_gives_the_same_assignments_again() -> None:
    first, again = (search(BayesianSampler(mixed(), 3), 6) for _ in range(2))

    assert first == again


def test_bayesian_search_tries_other_values_than_those_that_are_being_tried() -> None:
    known = search(RandomSampler(mixed(), 1), 8)
    sampler = BayesianSampler(mixed(), 1)
    first = sampler.propose(known)
    running = Trial(first, has_ended=False)
    second = BayesianSampler(mixed(), 1).propose([*known, running])

    assert abs(loss(first) - loss(second)) > 1e-6


def test_bayesian_search_learns_nothing_of_jobs_without_a_result() -> None:
    failed = [Trial(one.assignment) for one in search(RandomSampler(mixed(), 1), 8)]

    assert BayesianSampler(mixed(), 4).propose(failed) == RandomSampler(mixed(), 4).propose(failed)


@pytest.mark.parametrize("kind", [RandomSampler, BayesianSampler])
def test_nothing_is_tried_twice_until_nothing_is_left(kind: type[RandomSampler]) -> None:
    ranges = space(Integer=[integers("n", 1, 3)], Categorical=[categories("c", "a", "b")])
    sampler: Sampler = kind(ranges, 1)
    trials: list[Trial] = []
    for number in range(6):
        trials.append(Trial(sampler.propose(trials), float(number % 4)))

    assert len(keys_of(trials)) == 6 == combinations(ranges)
    with pytest.raises(Exhausted):
        sampler.propose(trials)


def test_grid_search_tries_every_combination_in_order() -> None:
    sampler = GridSampler(space(Categorical=[categories("a", "1", "2"), categories("b", "x", "y")]))

    found = [tuple(sampler.propose([]).values()) for _ in range(4)]
    assert found == [("1", "x"), ("1", "y"), ("2", "x"), ("2", "y")]
    with pytest.raises(Exhausted):
        sampler.propose([])


def test_a_range_of_numbers_has_no_end_but_one_of_a_single_number_has() -> None:
    assert combinations(space(Continuous=[numbers("x", "0", "1")])) == float("inf")
    one = space(Continuous=[numbers("x", "1", "1")])
    assert combinations(one) == 1
    assert GridSampler(one).propose([]) == {"x": "1.0"}
