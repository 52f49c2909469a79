"""Dates and times in cells: the forms that are recognised, and the numbers they split into."""

import re
from datetime import UTC, datetime, timedelta

DATE_PARTS = ("year", "month", "day", "weekday", "hour")
"""Columns of a date that is split; Monday is weekday 0."""

_EPOCH = datetime(1970, 1, 1)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TIME = r"(?:[ T](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(?P<half>[AaPp][Mm])?)?"
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(
    r"(?P<a>\d{1,2})(?P<sign>[/.-])(?P<b>\d{1,2})(?P=sign)(?P<y>\d{4})" + _TIME, re.ASCII
)
_NAMED = re.compile(r"(?P<d>\d{1,2})[ -](?P<m>[A-Za-z]{3})[a-z]*[ -](?P<y>\d{4})" + _TIME, re.ASCII)
_LONGEST = 40


class DateReader:
    """Reads dates of one column; `is_day_first` says how 03/04/2026 is meant, None: unknown.

    What is unknown is read as a date, and counted in `undecided`, until a date such as 31/12/2026
    has settled it.
    """

    def __init__(self) -> None:
        self.is_day_first: bool | None = None
        self.is_contradictory = False
        self.undecided = 0

    def read(self, cell: str) -> datetime | None:
        """Return the time without a zone, in UTC where one is given; None for anything else."""
        if not cell[:1].isdigit() or len(cell) > _LONGEST or cell.isdigit():
            return None
        try:
            if len(cell) >= 10 and cell[4] == "-" and cell[7] == "-":
                return _without_zone(datetime.fromisoformat(cell))
            return self._read_other(cell)
        except (ValueError, OverflowError):
            return None

    def _read_other(self, cell: str) -> datetime | None:
        if found := _YEAR_FIRST.fullmatch(cell):
            return _moment(found, int(found["m"]), int(found["d"]))
        if found := _NAMED.fullmatch(cell):
            month = _MONTHS.get(found["m"].lower())
            return None if month is None else _moment(found, month, int(found["d"]))
        found = _YEAR_LAST.fullmatch(cell)
        return None if found is None else self._read_year_last(found)

    def _read_year_last(self, found: re.Match[str]) -> datetime:
        first, second = int(found["a"]), int(found["b"])
        if found["sign"] == ".":
            return _moment(found, second, first)
        if first > 12 or second > 12:
            is_day_first = first > 12
            self.is_contradictory |= self.is_day_first not in (None, is_day_first)
            self.is_day_first = is_day_first
        elif first != second and self.is_day_first is None:
            self.undecided += 1
        month, day = (second, first) if self.is_day_first else (first, second)
        return _moment(found, month, day)

    @property
    def is_ambiguous(self) -> bool:
        """True when no date said whether the day or the month comes first, or both did."""
        return self.is_contradictory or (self.is_day_first is None and self.undecided > 0)


def split_date(moment: datetime) -> tuple[int, ...]:
    """Return the numbers of `DATE_PARTS`."""
    return moment.year, moment.month, moment.day, moment.weekday(), moment.hour


def seconds_of(moment: datetime) -> float:
    """Return the seconds since 1970."""
    return (moment - _EPOCH).total_seconds()


def _without_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _moment(found: re.Match[str], month: int, day: int) -> datetime:
    date = datetime(int(found["y"]), month, day)
    if found["clock"] is None:
        return date
    hour, minute, *rest = found["clock"].split(":")
    hours = int(hour)
    if found["half"]:
        if not 1 <= hours <= 12:
            raise ValueError(hours)
        hours = hours % 12 + (12 if found["half"].lower() == "pm" else 0)
    if hours > 23 or int(minute) > 59:
        raise ValueError(found["clock"])
    return date + timedelta(hours=hours, minutes=int(minute), seconds=float(rest[0] if rest else 0))
