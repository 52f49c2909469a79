"""How many rows of each class, group and time go to each channel."""

import random
from collections import Counter

import pytest

from cli.data import quantiles
from cli.data.splitting import GroupSplit, StratifiedSplit, TimeSplit
from cli.terminal.errors import WrongInput

SHARES = (0.8, 0.1, 0.1)


def divided(**counts: int) -> dict[str, list[int]]:
    """How many rows of each class are in train, validation and test."""
    keys = [key for key, count in counts.items() for _ in range(count)]
    channels = StratifiedSplit(counts, SHARES, 0).assign(keys)
    found = Counter(zip(keys, channels, strict=True))
    return {key: [found[key, channel] for channel in range(3)] for key in counts}


def test_each_class_is_divided_exactly() -> None:
    assert divided(a=100, b=50) == {"a": [80, 10, 10], "b": [40, 5, 5]}


@pytest.mark.parametrize(
    ("count", "channels"), [(1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1]), (4, [2, 1, 1])]
)
def test_a_small_class_is_trained_on_then_tested_then_validated(
    count: int, channels: list[int]
) -> None:
    assert divided(a=count)["a"] == channels


def test_what_rounding_takes_from_one_class_the_next_gives_back() -> None:
    found = divided(**{f"c{number}": 14 for number in range(10)})

    totals = [sum(channels[place] for channels in found.values()) for place in range(3)]
    assert totals == [112, 14, 14]


def test_rows_are_drawn_from_the_whole_file() -> None:
    channels = StratifiedSplit({"": 1_000}, SHARES, 0).assign([""] * 1_000)

    for part in range(0, 1_000, 250):
        assert {1, 2} <= set(channels[part : part + 250])


def test_a_large_group_goes_where_most_rows_are_lacking() -> None:
    split = GroupSplit({"large": 800, "b": 100, "c": 100}, SHARES, 0)

    assert split.assign(["large"]) == [0]
    assert sorted(split.assign(["b", "c"])) == [1, 2]


def test_a_group_that_was_not_counted_has_one_channel_for_each_seed() -> None:
    groups = [f"g{number}" for number in range(2_000)]
    channels = GroupSplit({}, SHARES, 1).assign(groups)

    assert GroupSplit({}, SHARES, 1).assign(groups) == channels
    assert GroupSplit({}, SHARES, 2).assign(groups) != channels
    assert 1_500 < channels.count(0) < 1_700


@pytest.mark.parametrize(
    "times",
    [
        [1.0] * 7 + [2.0] * 2 + [3.0],
        [1.0] * 9 + [2.0, 3.0],
        [1.0, 2.0] + [3.0] * 9,
        [3.0, 1.0, 2.0],
    ],
)
def test_rows_of_one_time_stay_together(times: list[float]) -> None:
    assert TimeSplit(times, (0.7, 0.1, 0.2), "rows.csv").assign_times([3.0, 1.0, 2.0]) == [2, 0, 1]


@pytest.mark.parametrize("times", [[1.0, 1.0, 2.0], [1.0] * 9, [1.0] + [2.0] * 9])
def test_two_times_are_too_few(times: list[float]) -> None:
    with pytest.raises(WrongInput, match=f"too few different times to divide {len(times)} rows by"):
        TimeSplit(times, SHARES, "rows.csv")


@pytest.mark.parametrize("place", [0, 1, 250, 499, 998, 999])
def test_the_value_at_a_place_is_found_without_sorting_all(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantiles, "_SORTED_AT_ONCE", 5)
    monkeypatch.setattr(quantiles, "_BINS", 4)
    draw = random.Random(3)
    values = [draw.choice((draw.uniform(-5, 1e9), 7.0, 8.5)) for _ in range(1_000)]

    assert quantiles.find_smallest(values, place) == sorted(values)[place]
    assert quantiles.find_smallest([7.0] * 50, 30) == 7.0
