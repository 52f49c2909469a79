"""Cron and rate expressions in the syntax of EventBridge Scheduler."""

from __future__ import annotations

import calendar
import re
from datetime import datetime
from zoneinfo import ZoneInfo

_UNITS = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {
    name: number
    for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}


def rate_minutes(expression: str) -> int:
    """Return the minutes of `rate(5 minutes)`; raises ValueError for anything else."""
    matched = re.fullmatch(r"rate\((\d+) (\w+)\)", expression)
    if matched is None or matched[2] not in _UNITS or int(matched[1]) < 1:
        raise ValueError(f"{expression!r} is no rate; use rate(5 minutes)")
    return int(matched[1]) * _UNITS[matched[2]]


def matches(expression: str, moment: datetime) -> bool:
    """Tell whether `cron(minutes hours day-of-month month day-of-week year)` names this minute.

    Raises ValueError for an expression with other fields. `L`, `W` and `#` are not understood.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != 6:
        raise ValueError(f"{expression!r} has {len(fields)} fields; cron has 6")
    weekday = moment.isoweekday() % 7 + 1
    last = calendar.monthrange(moment.year, moment.month)[1]
    day = fields[2].replace("L", str(last))
    return (
        _in(fields[0], moment.minute, (0, 59), {})
        and _in(fields[1], moment.hour, (0, 23), {})
        and _in(day, moment.day, (1, 31), {})
        and _in(fields[3], moment.month, (1, 12), _MONTHS)
        and _in(fields[4], weekday, (1, 7), _DAYS)
        and _in(fields[5], moment.year, (1970, 2199), {})
    )


def is_due(expression: str, timezone: str, since: float, moment: datetime) -> bool:
    """Tell whether at(), rate() or cron() names the minute of `moment`; rates count from `since`.

    Raises ValueError for an expression that is none of them.
    """
    local = moment.astimezone(ZoneInfo(timezone))
    if expression.startswith("rate("):
        age = int(moment.timestamp() // 60 - since // 60)
        return age > 0 and age % rate_minutes(expression) == 0
    if expression.startswith("cron("):
        return matches(expression, local)
    return expression.startswith(f"at({local:%Y-%m-%dT%H:%M}:")


def _in(field: str, value: int, bounds: tuple[int, int], names: dict[str, int]) -> bool:
    return any(_in_part(part, value, bounds, names) for part in field.upper().split(","))


def _in_part(part: str, value: int, bounds: tuple[int, int], names: dict[str, int]) -> bool:
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        low, high = bounds
    else:
        first, _, second = span.partition("-")
        low = names.get(first) or int(first)
        high = (names.get(second) or int(second)) if second else (bounds[1] if step else low)
    return low <= value <= high and (value - low) % int(step or 1) == 0
