"""Second pass over a file: its rows as CSV for training, divided into three channels."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import BinaryIO

from cli.data.reading.bad_rows import BadRows
from cli.data.reading.cells import clip
from cli.data.reading.source import OnBytes
from cli.data.row_cleaner import RowCleaner
from cli.data.splitting import (
    CHANNELS,
    GroupSplit,
    Shares,
    StratifiedSplit,
    TimeSplit,
    require_shares,
)
from cli.data.understanding import FEWEST_ROWS, Understanding
from cli.terminal.errors import WrongInput

FEWEST_TEST_ROWS = 20
"""Rows of a class in the test channel below which a metric says little."""

_SHOWN = 6


@dataclass
class Division:
    """How many rows went to each channel, by class where the label has classes."""

    bad: BadRows
    counts: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in CHANNELS])

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each channel."""
        return {name: count.total() for name, count in zip(CHANNELS, self.counts, strict=True)}


Sinks = Sequence[BinaryIO]


@dataclass(frozen=True)
class SplitWishes:
    """How rows are divided; as many as `skip_bad` may be left out."""

    shares: Shares
    seed: int = 0
    skip_bad: int = 0


def divide_rows(
    found: Understanding, path: Path, wishes: SplitWishes, sinks: Sinks | None, on_bytes: OnBytes
) -> Division:
    """Write each row to the sink of its channel and return how many went where.

    Raises WrongInput when more rows than allowed cannot be read. Without sinks nothing is written.
    """
    cleaner = RowCleaner(found)
    split = _make_split(found, cleaner, wishes, path, on_bytes)
    done = Division(BadRows(path))
    for chunk in found.table.chunks(on_bytes):
        rows = cleaner.clean(chunk, done.bad)
        if isinstance(split, TimeSplit):
            channels = split.assign_times(rows.times)
        else:
            channels = split.assign(rows.keys)
        for number, counts in enumerate(done.counts):
            chosen = [channel == number for channel in channels]
            counts.update(compress(rows.classes, chosen))
            if sinks is not None and any(chosen):
                part = "\n".join(compress(rows.lines, chosen))
                sinks[number].write(f"{part}\n".encode())
    done.bad.require_at_most(wishes.skip_bad)
    _check_channels(found, done)
    return done


def has_to_count(found: Understanding) -> bool:
    """Return whether the rows are read once more, since the first pass could not count them."""
    return found.places.time is not None or not RowCleaner(found).finds_all_readable


def _make_split(
    found: Understanding, cleaner: RowCleaner, wishes: SplitWishes, path: Path, on_bytes: OnBytes
) -> TimeSplit | GroupSplit | StratifiedSplit:
    """Return the split; what it has to know of every row is counted first where it is unknown."""
    places, profiles, where = found.places, found.profiles, found.table.source.name
    # More groups than were counted would not fit into memory.
    is_counted = places.group is None or not profiles[places.group].has_more_values
    counts: Counter[str] = Counter()
    times = array("d")
    if has_to_count(found):
        bad = BadRows(path)
        for chunk in found.table.chunks(on_bytes):
            rows = cleaner.clean(chunk, bad)
            times.extend(rows.times)
            if is_counted:
                counts.update(rows.keys)
        bad.require_at_most(wishes.skip_bad)
    elif places.group is not None:
        counts.update(profiles[places.group].counts)
    else:
        counts.update(found.labels.counts or {"": profiles[places.label].rows})
    if places.time is not None:
        _require_rows(len(times), wishes, where)
        return TimeSplit(times, wishes.shares, where)
    if places.group is not None:
        return GroupSplit(counts, wishes.shares, wishes.seed)
    _require_rows(counts.total(), wishes, where)
    return StratifiedSplit(counts, wishes.shares, wishes.seed)


def _require_rows(rows: int, wishes: SplitWishes, where: str) -> None:
    if rows < FEWEST_ROWS:
        raise WrongInput(
            f"{where}: {rows} rows can be read, too few to train, validate and test; give at least "
            f"{FEWEST_ROWS}"
        )
    require_shares(rows, wishes.shares)


def _check_channels(found: Understanding, done: Division) -> None:
    for channel, rows in done.rows.items():
        if not rows:
            raise WrongInput(
                f"{found.table.source.name}: no row is left for {channel}; give more rows, or it "
                "a larger share with --split"
            )
    if found.labels.is_classification and len(done.counts[0]) < 2:
        raise WrongInput(
            f"{found.table.source.name}: every label in train is {next(iter(done.counts[0]))}; "
            "divide the rows in another way"
        )


def warnings_of(found: Understanding, done: Division) -> list[str]:
    """Return a line for each class that has too few test rows to be judged by."""
    tested = done.counts[CHANNELS.index("test")]
    poor = {name: tested[name] for name in found.labels.counts if tested[name] < FEWEST_TEST_ROWS}
    if not poor:
        return []
    shown = [f"{clip(name)} {count}" for name, count in sorted(poor.items())[:_SHOWN]]
    more = ", …" if len(poor) > _SHOWN else ""
    classes = "a class has" if len(poor) == 1 else f"{len(poor)} classes have"
    return [
        f"{classes} under {FEWEST_TEST_ROWS} test rows ({', '.join(shown)}{more}): metrics will "
        "say little; give more rows, or test a larger share with --split"
    ]
