"""Number formatting for people, the same in pictures, tables and sentences."""

import math

_MINUS, _THIN_SPACE = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"

_HUGE, _SMALL = 1e12, 0.001


def number(value: float) -> str:
    """Return four significant digits: `0.9912`, `67.27`, `362 795`, `1.2e-05`."""
    if value == 0:
        return "0"
    size = abs(value)
    if not math.isfinite(size) or size >= _HUGE or 0 < size < _SMALL:
        shown = f"{value:.2e}"
    else:
        before_point = max(len(str(int(size))), 1)
        shown = f"{value:,.{max(0, 5 - before_point - (size >= 1))}f}".replace(",", _THIN_SPACE)
    return shown.replace("-", _MINUS, 1) if value < 0 else shown


def signed(value: float) -> str:
    """Return the number with its sign, for differences."""
    return number(value) if value <= 0 else f"+{number(value)}"


def grouped(count: float) -> str:
    """Return the count with thousands separated by thin spaces, as in the SI."""
    return f"{count:,.0f}".replace(",", _THIN_SPACE)


def rows_text(count: int) -> str:
    """Return `1 held-out row`, `12 000 held-out rows`."""
    return f"{grouped(count)} held-out row{'' if count == 1 else 's'}"
