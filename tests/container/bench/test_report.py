"""What the benchmark of the container holds to limits: ratios within one run, never a number."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from container.bench.machine import QUIET_CORES, Repetition
from container.bench.report import Limit, Measurement

SLOWER = {"ours": [10.0, 12.0, 30.0], "conventional": [2.0, 2.0, 2.0]}


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (Limit("conventional", least=6), True),
        (Limit("conventional", least=6.1), False),
        (Limit("conventional", most=6), True),
        (Limit("conventional", most=5.9), False),
        (Limit("conventional", most=1, is_goal=True), True),
    ],
)
def test_the_median_of_the_ratios_of_all_rounds_is_held_to_a_limit(
    limit: Limit, kept: bool
) -> None:
    assert Measurement("a load", "requests/s", SLOWER, (limit,)).is_kept is kept


def test_a_machine_twice_as_fast_changes_no_outcome() -> None:
    limits = (Limit("conventional", least=6), Limit("conventional", most=5.9, is_goal=True))
    faster = {name: [2 * each for each in values] for name, values in SLOWER.items()}
    lines = [Measurement("a load", "requests/s", each, limits) for each in (SLOWER, faster)]

    assert lines[0].ratios("conventional") == lines[1].ratios("conventional")


@pytest.mark.parametrize("missing", ["ours", "conventional"])
def test_a_server_that_did_not_answer_keeps_no_limit(missing: str) -> None:
    line = Measurement("a load", "", {**SLOWER, missing: []}, (Limit("conventional", most=99),))

    assert math.isnan(line.ratios("conventional")[0])
    assert not line.is_kept


def test_a_size_is_held_to_a_number_of_its_own() -> None:
    assert Measurement("image", "MB", {"ours": [450.0]}, most=450).is_kept
    assert not Measurement("image", "MB", {"ours": [451.0]}, most=450).is_kept


def test_a_line_is_marked_if_others_were_busy_in_most_of_its_loads() -> None:
    busy = QUIET_CORES + 0.01

    assert not Measurement("", "", SLOWER).is_disturbed
    assert not Measurement("", "", SLOWER, others=(0.0, busy)).is_disturbed
    assert Measurement("", "", SLOWER, others=(0.0, busy, busy)).is_disturbed


@dataclass(frozen=True)
class Run:
    """A measurement, and what ran beside it."""

    others: float


@pytest.mark.parametrize(
    ("left", "cores", "kept", "taken"),
    [
        (9, [0.1, 0.0], 0.1, 1),
        (9, [0.5, 0.15, 0.0], 0.15, 2),
        (9, [0.5, 0.9, 0.4, 0.0], 0.4, 3),
        (1, [0.5, 0.9, 0.0], 0.5, 2),
        (0, [0.5, 0.0], 0.5, 1),
    ],
)
def test_a_disturbed_run_is_taken_again_twice_at_most(
    left: int, cores: list[float], kept: float, taken: int
) -> None:
    runs: Iterator[Run] = map(Run, cores)

    assert Repetition(left).quietest(lambda: next(runs)).others == kept
    assert len(list(runs)) == len(cores) - taken
