"""Cells as they are written for training: numbers, categories as text, codes, parts of a date."""

from collections.abc import Callable, Sequence
from datetime import datetime

from cli.data.columns import ColumnProfile
from cli.data.labels import Labels
from cli.data.reading.cells import quote_csv
from cli.data.reading.dates import DATE_PARTS, seconds_of, split_date

Convert = Callable[[Sequence[str]], Sequence[str | None]]
"""Returns the text of each cell, None for one that cannot be read."""

_MOST_REMEMBERED = 100_000


def number_converter(profile: ColumnProfile) -> Convert:
    """Return what writes numbers; a missing one is an empty cell."""
    missing, number_text = profile.rules.missing, profile.rules.number_text
    if profile.is_plain and not profile.misfits:
        if not set(profile.missing) - {""}:
            return lambda cells: cells
        return lambda cells: ["" if cell in missing else cell for cell in cells]
    return lambda cells: ["" if cell in missing else number_text(cell) for cell in cells]


def category_converter(profile: ColumnProfile) -> Convert:
    """Return what writes categories as text; a missing one is an empty cell."""
    texts = {text: quote_csv(text) for text in profile.counts}
    texts |= dict.fromkeys(profile.rules.missing, "")
    return lambda cells: [texts[cell] for cell in cells]


def label_converter(profile: ColumnProfile, labels: Labels) -> Convert:
    """Return what writes labels; one that is missing cannot be read."""
    if labels.classes:
        codes = labels.codes
        return lambda cells: [codes.get(cell) for cell in cells]
    write = number_converter(profile)
    if not profile.missing:
        return write
    return lambda cells: [text or None for text in write(cells)]


def date_converter(profile: ColumnProfile) -> Convert:
    """Return what writes a date as the numbers of `DATE_PARTS`, in one text."""
    known = dict.fromkeys(profile.rules.missing, "," * (len(DATE_PARTS) - 1))
    none: dict[str, str | None] = {**known}

    def split(moment: datetime | None) -> str | None:
        return None if moment is None else ",".join(map(str, split_date(moment)))

    return _remembered(none, lambda cell: split(profile.reader.read(cell)))


def read_times(profile: ColumnProfile, cells: Sequence[str]) -> list[float | None]:
    """Return the time of each cell as a number that rises with it; None: it cannot be read."""
    if profile.kind == "number":
        plain = (profile.rules.number_text(cell) for cell in cells)
        return [None if text is None else float(text) for text in plain]
    moments = {cell: profile.reader.read(cell) for cell in set(cells)}
    seconds = {
        cell: None if moment is None else seconds_of(moment) for cell, moment in moments.items()
    }
    return [seconds[cell] for cell in cells]


def _remembered(known: dict[str, str | None], convert: Callable[[str], str | None]) -> Convert:
    def converted(cells: Sequence[str]) -> list[str | None]:
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        for cell in set(cells) - known.keys():
            known[cell] = convert(cell)
        return [known[cell] for cell in cells]

    return converted
