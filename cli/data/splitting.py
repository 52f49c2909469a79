"""Train, validation and test split in one pass: by class, by group, by time or at random."""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from typing import Protocol

from cli.data.quantiles import find_smallest
from cli.terminal.errors import WrongInput

CHANNELS = ("train", "validation", "test")

Shares = tuple[float, float, float]


class Split(Protocol):
    """Which channel, as its place in `CHANNELS`, each next row goes to."""

    def assign(self, keys: Sequence[str]) -> list[int]:
        """Return the channels of the next rows, of which each has a key."""
        ...


class StratifiedSplit:
    """Random split with the same shares of every key, exact to a row; deterministic with a seed."""

    def __init__(self, counts: Mapping[str, int], shares: Shares, seed: int) -> None:
        self._random = random.Random(seed).random
        self._left = dict(zip(counts, _quotas(counts, shares), strict=True))

    def assign(self, keys: Sequence[str]) -> list[int]:
        """Return a channel for each row, in proportion to the rows that each still takes."""
        left, draw = self._left, self._random
        channels = []
        for key in keys:
            quota = left[key]
            place = draw() * (quota[0] + quota[1] + quota[2])
            channel = 0 if place < quota[0] else 1 if place < quota[0] + quota[1] else 2
            quota[channel] -= 1
            channels.append(channel)
        return channels


class GroupSplit:
    """Split in which all rows of a group go to one channel.

    Where there are more groups than were counted, a group's channel follows from its hash.
    """

    def __init__(self, counts: Mapping[str, int], shares: Shares, seed: int) -> None:
        self._shares, self._seed = shares, seed
        self._channels = _assign_groups(counts, shares, seed) if counts else {}
        self._is_counted = bool(counts)

    def assign(self, keys: Sequence[str]) -> list[int]:
        """Return the channel of each row's group."""
        channels = self._channels
        if not self._is_counted:
            for key in set(keys) - channels.keys():
                channels[key] = self._hashed(key)
        found = [channels[key] for key in keys]
        if not self._is_counted:
            channels.clear()
        return found

    def _hashed(self, key: str) -> int:
        digest = hashlib.blake2b(f"{self._seed}:{key}".encode(), digest_size=8).digest()
        place = int.from_bytes(digest, "big") / 2**64
        train, validation, _ = self._shares
        return 0 if place < train else 1 if place < train + validation else 2


class TimeSplit:
    """Split by time: the oldest rows train, the newest test; one time is in one channel only."""

    def __init__(self, times: Sequence[float], shares: Shares, where: str) -> None:
        count = len(times)
        oldest, newest = min(times), max(times)
        begins = [min(count - 1, round(count * share)) for share in (shares[0], sum(shares[:2]))]
        validation, test = (find_smallest(times, place) for place in begins)
        # Where many rows have the time at which a channel would begin, another one is near.
        if validation == oldest:
            validation = _next_time(times, oldest)
        if validation >= newest:
            validation = max((time for time in times if time < newest), default=oldest)
        if validation == oldest:
            raise WrongInput(
                f"{where}: --time: too few different times to divide {count} rows by; choose "
                "another column or another --split"
            )
        self._validation = validation
        self._test = test if test > validation else _next_time(times, validation)

    def assign_times(self, times: Sequence[float]) -> list[int]:
        """Return the channel of each row."""
        validation, test = self._validation, self._test
        return [(time >= validation) + (time >= test) for time in times]


def _next_time(times: Sequence[float], before: float) -> float:
    """Return the oldest time after `before`, infinity for none."""
    return min((time for time in times if time > before), default=math.inf)


def require_shares(rows: int, shares: Shares) -> None:
    """Raise WrongInput when so few rows leave none to train on."""
    if rows - sum(max(1, round(rows * share)) for share in shares[1:]) < 1:
        raise WrongInput(f"--split: leaves no row to train on out of {rows}; give more to it")


def _quotas(counts: Mapping[str, int], shares: Shares) -> list[list[int]]:
    """Return how many rows of each key go to each channel.

    What rounding leaves of one key is made up for by the next, so that the sums have the shares,
    too. A key of three rows is in all channels, one of two is trained on and tested.
    """
    quotas = []
    owed = [0.0, 0.0]
    for count in counts.values():
        wanted = [count * shares[1] + owed[0], count * shares[2] + owed[1]]
        least = [1 if count >= 3 else 0, 1 if count >= 2 else 0]
        test = min(max(round(wanted[1]), least[1]), max(count - 1, 0))
        validation = min(max(round(wanted[0]), least[0]), max(count - 1 - test, 0))
        owed = [wanted[0] - validation, wanted[1] - test]
        quotas.append([count - validation - test, validation, test])
    return quotas


def _assign_groups(counts: Mapping[str, int], shares: Shares, seed: int) -> dict[str, int]:
    """Return the channel of each group: the one that lacks most rows, large groups first."""
    if len(counts) < len(CHANNELS):
        raise WrongInput(
            f"--group: {len(counts)} groups cannot be in train, validation and test; choose a "
            "column with more of them"
        )
    groups = sorted(counts)
    random.Random(seed).shuffle(groups)
    groups.sort(key=lambda group: -counts[group])
    rows = sum(counts.values())
    lacking = [rows * share for share in shares]
    channels: dict[str, int] = {}
    used: set[int] = set()
    for place, group in enumerate(groups):
        open_channels = [0, 1, 2]
        if len(groups) - place <= len(CHANNELS) - len(used):
            open_channels = [channel for channel in open_channels if channel not in used]
        channel = max(open_channels, key=lambda one: (lacking[one], -one))
        lacking[channel] -= counts[group]
        channels[group] = channel
        used.add(channel)
    return channels


def parse_shares(text: str) -> Shares:
    """Return the shares of `0.8,0.1,0.1`; raises WrongInput unless they are three and sum to 1."""
    try:
        train, validation, test = (float(part) for part in text.split(","))
    except ValueError:
        raise WrongInput(
            f"--split: {text!r} is not three numbers; write it as 0.8,0.1,0.1"
        ) from None
    shares = (train, validation, test)
    if min(shares) <= 0 or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise WrongInput(
            f"--split: {text!r} must be three shares above 0 that sum to 1; write it as 0.8,0.1,0.1"
        )
    return shares
