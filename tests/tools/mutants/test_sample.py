"""The sample is the same for the same seed, and fair to small packages."""

from collections import Counter

from tools.mutants.mutant import Mutant, sample
from tools.mutants.source import Edit


def make_mutant(package: str, number: int) -> Mutant:
    file = f"{package}/file.py"
    return Mutant(package, file, "f", number, f"a < {number}", "", Edit("guard", number, 0, ""))


ALL = [make_mutant("large", n) for n in range(100)] + [make_mutant("small", n) for n in range(5)]


def test_the_same_seed_gives_the_same_sample() -> None:
    assert sample(ALL, 20, seed=1) == sample(list(reversed(ALL)), 20, seed=1)


def test_another_seed_gives_another_sample() -> None:
    assert sample(ALL, 20, seed=1) != sample(ALL, 20, seed=2)


def test_a_small_package_is_tried_whole_and_leaves_the_rest_to_the_others() -> None:
    counts = Counter(mutant.package for mutant in sample(ALL, 20, seed=1))

    assert counts == {"small": 5, "large": 15}


def test_packages_have_equal_shares() -> None:
    counts = Counter(mutant.package for mutant in sample(ALL, 8, seed=1))

    assert counts == {"small": 4, "large": 4}


def test_a_sample_of_more_than_there_are_is_all_of_them() -> None:
    assert len(sample(ALL, 1_000, seed=1)) == len(ALL)


def test_a_moved_line_keeps_its_place_in_the_sample() -> None:
    moved = [make_mutant("small", n) for n in range(5)]
    moved = [Mutant("small", m.file, "f", m.line + 7, m.old, m.new, m.edit) for m in moved]

    assert [m.old for m in sample(moved, 2, seed=1)] == [
        m.old for m in sample(ALL[100:], 2, seed=1)
    ]
