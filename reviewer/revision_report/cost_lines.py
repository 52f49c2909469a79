"""Idle cost before and after, a line for each environment in which it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reviewer.markdown import code, counted
from reviewer.pricing.cost import usd
from reviewer.revision_report.finding_rows import cost_change, label, signed

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff

# Nobody reads more lines that say the same.
_MOST_LINES = 20


def cost_lines(found: Sequence[RevisionDiff]) -> list[str]:
    """The cost of one environment; of several, of those whose cost is not as it was."""
    told = list(found) if len(found) == 1 else [one for one in found if cost_change(one) != 0]
    lines = [line for one in told for line in _cost(one, of=len(found) > 1)]
    more = len(lines) - _MOST_LINES
    if more > 0:
        lines = [*lines[:_MOST_LINES], f"Idle cost of {counted(more, 'environment')} more differs."]
    return lines


def _cost(comparison: RevisionDiff, *, of: bool) -> Iterator[str]:
    before, after = comparison.idle_before, comparison.idle_after
    missing = _missing(len(before.unpriced), len(after.unpriced))
    name = f" of {code(label(comparison))}" if of else ""
    if after.usd or before.usd:
        known = cost_change(comparison)
        change = "difference not known" if known is None else signed(known)
        yield (
            f"Idle cost{name}: {usd(before.usd)} → {usd(after.usd)} a month ({change}).{missing} "
            f"List prices, the oldest of {comparison.oldest_price}."
        )
    elif missing:
        yield f"Idle cost{name}: not known.{missing}"


def _missing(before: int, after: int) -> str:
    if before == after:
        return f" {counted(after, 'meter')} without a price." if after else ""
    return f" Without a price: {counted(before, 'meter')} before, {after} after."
