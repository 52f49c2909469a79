"""Order statistics of many numbers, without the memory of a sorted list of them."""

from collections import Counter
from collections.abc import Sequence

_BINS = 4_096
_SORTED_AT_ONCE = 100_000


def find_smallest(values: Sequence[float], place: int) -> float:
    """Return the value at `place`, from 0, of the values in ascending order."""
    low, high, below = min(values), max(values), 0
    while True:
        inside = sum(1 for value in values if low <= value <= high)
        if low == high:
            return low
        if inside <= _SORTED_AT_ONCE:
            return sorted(value for value in values if low <= value <= high)[place - below]
        low, high, below = _narrow(values, low, high, place - below, below)


def _narrow(
    values: Sequence[float], low: float, high: float, place: int, below: int
) -> tuple[float, float, int]:
    """Return the smallest and largest value of the bin that has `place`, and how many lie below."""
    width = (high - low) / _BINS
    counts = Counter(int((value - low) / width) for value in values if low <= value <= high)
    seen = 0
    for number in sorted(counts):
        if seen + counts[number] > place:
            break
        seen += counts[number]
    smallest, largest = high, low
    for value in values:
        if low <= value <= high and int((value - low) / width) == number:
            smallest, largest = min(smallest, value), max(largest, value)
    return smallest, largest, below + seen
