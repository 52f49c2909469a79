"""Cron expressions as EventBridge Scheduler takes them: six fields, each with its own values.

CreateSchedule refuses any other ("Invalid Schedule Expression"), with a stack half deployed:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

import re
from dataclasses import dataclass

_MOST_CHARACTERS = 250
"""CreateSchedule takes 256 with the word around it (botocore's model)."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class _Field:
    """One field: its values, their names, and what it takes besides lists, ranges and steps."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    special: str = ""

    def number(self, text: str) -> int | None:
        """Return the value that a number or a name stands for; None for every other text."""
        if text in self.names:
            return self.low + self.names.index(text)
        if re.fullmatch(r"[0-9]{1,4}", text) and self.low <= int(text) <= self.high:
            return int(text)
        return None

    def takes(self, part: str) -> bool:
        """Whether one part of a list is a value, a range, a step or a special one."""
        if self.special and re.fullmatch(self.special, part):
            value = re.match(r"[0-9A-Z]+?(?=[LW#]|$)", part)
            return part in ("?", "L", "LW") or (
                value is not None and self.number(value[0]) is not None
            )
        span, slash, step = part.partition("/")
        if slash and not re.fullmatch(r"[1-9][0-9]{0,3}", step):
            return False
        first, dash, last = span.partition("-")
        low, high = self.number(first), self.number(last) if dash else self.high
        return span == "*" or (low is not None and high is not None and low <= high)


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day-of-month", 1, 31, special=r"\?|L|LW|[0-9]+W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day-of-week", 1, 7, _DAYS, special=r"\?|L|[0-9A-Z]+L|[0-9A-Z]+#[1-5]"),
    _Field("year", 1970, 2199),
)


def check_cron(text: str) -> str:
    """Return `text`; raises ValueError where EventBridge Scheduler would refuse it."""
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(
            f"cron has {len(text)} characters; AWS takes {_MOST_CHARACTERS}, so write ranges and "
            "steps instead of lists"
        )
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"cron has {len(parts)} fields; AWS takes six, as in '0 3 ? * SUN *'")
    if (parts[2] == "?") == (parts[4] == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week must be '?'")
    for field, part in zip(_FIELDS, parts, strict=True):
        if not all(field.takes(one) for one in part.upper().split(",")):
            names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
            raise ValueError(
                f"cron has {part!r} for {field.name}; AWS takes {field.low} to {field.high}{names},"
                " with commas, ranges from low to high, and steps such as 0/15"
            )
    return text
