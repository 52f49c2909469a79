"""Rows of a chunk as CSV for training; those that cannot be read are left out and noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar, cast

from cli.data import conversion
from cli.data.conversion import Convert
from cli.data.reading.bad_rows import BadRows, misfit_reason, ragged_reason
from cli.data.reading.delimited import Chunk
from cli.data.understanding import Understanding
from cli.data.wishes import option_words

Value = TypeVar("Value")


@dataclass(frozen=True)
class CleanRows:
    """Rows that could be read: as CSV, each with its class, its key of the split and its time."""

    lines: Sequence[str]
    classes: Sequence[str]
    keys: Sequence[str]
    times: Sequence[float]


class RowCleaner:
    """Converts the rows of one file, chunk by chunk."""

    def __init__(self, found: Understanding) -> None:
        self._found = found
        self._label = found.places.label
        self._group, self._time = found.places.group, found.places.time
        self._written = {self._label: self._converter(self._label)}
        self._written |= {column.place: self._converter(column.place) for column in found.features}
        self._doubtful = [
            place
            for place in dict.fromkeys((*self._written, self._group, self._time))
            if place is not None and self._may_be_unreadable(place)
        ]

    @property
    def finds_all_readable(self) -> bool:
        """True when the first pass saw that every row of the right width can be read."""
        return not self._doubtful

    def clean(self, chunk: Chunk, bad: BadRows) -> CleanRows:
        """Return the rows that can be read, and note the others."""
        for line, row in chunk.ragged:
            bad.add(line, row, *ragged_reason(row, self._found.table.width))
        if not chunk.rows:
            return CleanRows([], [], [], [])
        columns = [list(map(str.strip, cells)) for cells in zip(*chunk.rows, strict=True)]
        written = {place: convert(columns[place]) for place, convert in self._written.items()}
        is_classified = self._found.labels.is_classification
        classes = columns[self._label] if is_classified else [""] * len(chunk.rows)
        groups = classes if self._group is None else columns[self._group]
        times: Sequence[float | None] = []
        if self._time is not None:
            times = conversion.read_times(self._found.profiles[self._time], columns[self._time])
        unreadable = self._unreadable(columns, written, times)
        for index, place in sorted(unreadable.items()):
            reason, advice = self._reason(place, columns[place][index])
            if chunk.lines[index] == 1 and self._found.table.names is None:
                advice = f"say --header when line 1 has names, {advice}"
            bad.add(chunk.lines[index], chunk.rows[index], reason, advice)
        keep = [index not in unreadable for index in range(len(chunk.rows))] if unreadable else None
        texts = [_kept(cells, keep) for cells in written.values()]
        return CleanRows(
            list(map(",".join, zip(*texts, strict=True))),
            _kept(classes, keep),
            _kept(groups, keep),
            _kept(times, keep),
        )

    def _converter(self, place: int) -> Convert:
        profile, role = self._found.profiles[place], self._found.roles[place]
        if role == "label":
            return conversion.label_converter(profile, self._found.labels)
        if role == "category":
            return conversion.category_converter(profile)
        return (conversion.date_converter if role == "dates" else conversion.number_converter)(
            profile
        )

    def _may_be_unreadable(self, place: int) -> bool:
        profile, role = self._found.profiles[place], self._found.roles[place]
        if profile.missing and place in (self._label, self._group, self._time):
            return True
        is_text = place == self._group or role == "category"
        if role == "label" and self._found.labels.classes:
            is_text = True
        return bool(profile.misfits) and not is_text

    def _unreadable(
        self,
        columns: Sequence[Sequence[str]],
        written: Mapping[int, Sequence[str | None]],
        times: Sequence[float | None],
    ) -> dict[int, int]:
        """Return the rows that cannot be read, each with the first column that is why."""
        found: dict[int, int] = {}
        for place in self._doubtful:
            values: Sequence[str | float | None] = written.get(place, ())
            if place == self._time:
                values = times
            elif place == self._group:
                missing = self._found.profiles[place].rules.missing
                values = [None if cell in missing else cell for cell in columns[place]]
            if None in values:
                for row, value in enumerate(values):
                    if value is None:
                        found.setdefault(row, place)
        return found

    def _reason(self, place: int, cell: str) -> tuple[str, str]:
        """Return what is wrong with a cell, and what a person does about it."""
        profile, names = self._found.profiles[place], self._found.table.names
        if cell in profile.rules.missing:
            of = {self._label: "label", self._group: "group", self._time: "time"}[place]
            return f"the {of} is missing", "remove the line"
        reason = misfit_reason(place, names[place] if names else None, cell, profile.kind)
        advice = f"mend it, leave it empty or say {option_words('--missing', [cell])} when unknown"
        if profile.kind == "number" and profile.rules.number_text_otherwise(cell) is not None:
            sign = "," if profile.rules.decimal == "." else "."
            return reason, f"mend it, or say --decimal {sign} when that is the decimal sign"
        if profile.has_few_values and place != self._label:
            advice += f", say {option_words('--categorical', [profile.name])} for categories"
        return reason, advice


def _kept(values: Sequence[Value | None], keep: Sequence[bool] | None) -> list[Value]:
    """Return the values of the rows that can be read, none of which is None."""
    return cast("list[Value]", list(values if keep is None else compress(values, keep)))
