"""Finding about the cost of an environment as a whole: a month that is dearer than the bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from reviewer.changes.finding import Finding
from reviewer.changes.meter_changes import MeterChange, cost_of
from reviewer.markdown import code, counted
from reviewer.pricing.cost import usd

if TYPE_CHECKING:
    from config.review.cost_bounds import CostBounds
    from reviewer.pricing.prices import PriceList

_NAMED = 3
_WORDS: dict[Literal["idle", "most"], str] = {"idle": "when idle", "most": "at most"}


@dataclass(frozen=True)
class _Month:
    """What a month of the whole environment cost, as far as it is known, and how much it rises."""

    before: Decimal
    rise: Decimal

    def exceeds(self, bound: CostBounds) -> bool:
        """Whether the rise is over either bound."""
        is_big = self.rise > bound.cost_rise_usd
        return is_big or 100 * self.rise > bound.cost_rise_percent * self.before

    def said(self, when: str) -> str:
        """As in `USD 12.40 more when idle (13.4 %)`."""
        share = f" ({100 * self.rise / self.before:.1f} %)" if self.before else ""
        return f"{usd(self.rise)} more {when}{share}"


def over_bound(
    changes: Sequence[MeterChange], prices: PriceList, bound: CostBounds, at: str
) -> Iterator[Finding]:
    """The finding that a month costs more than `bound` lets pass, with what makes it dearer."""
    months = {amount: _month(changes, amount, prices) for amount in _WORDS}
    over = [amount for amount, month in months.items() if month.exceeds(bound)]
    if not over:
        return
    rises = " and ".join(months[amount].said(_WORDS[amount]) for amount in over)
    said = (
        f"a month costs {rises}, over the bound of {bound.cost_rise_percent} % or "
        f"USD {bound.cost_rise_usd:,}: {_contributors(changes, over[-1], prices)}"
    )
    before, after = (
        ", ".join(
            f"{usd(month.before + (month.rise if is_after else 0))} {_WORDS[amount]}"
            for amount, month in months.items()
        )
        for is_after in (False, True)
    )
    yield Finding("cost-over-bound", "cost", at, said, before, after)


def bound_changes(old: CostBounds, new: CostBounds, at: str) -> Iterator[Finding]:
    """A finding for each bound that is another one: a higher one hides what comes after it."""
    for name, was in asdict(old).items():
        now = getattr(new, name)
        setting = code(f"review.{name}")
        if now > was:
            said = f"a greater rise in cost will ask nobody: {setting} is raised"
            yield Finding("cost-bound-raised", "cost", at, said, str(was), str(now))
        elif now < was:
            said = f"a smaller rise in cost will ask: {setting} is lowered"
            yield Finding("cost-bound-lowered", "cost", at, said, str(was), str(now), False)


def _month(
    changes: Sequence[MeterChange], amount: Literal["idle", "most"], prices: PriceList
) -> _Month:
    """What is known: a pair of which one side has no price is a finding of its own."""
    before = sum((cost_of(it.was, amount, prices) or Decimal(0) for it in changes), Decimal(0))
    rise = sum((it.rise(amount, prices) or Decimal(0) for it in changes), Decimal(0))
    return _Month(before, rise)


def _contributors(
    changes: Sequence[MeterChange], amount: Literal["idle", "most"], prices: PriceList
) -> str:
    """The meters that rise most, each with its resources, and what is left."""
    by_meter: dict[str, list[tuple[Decimal, str]]] = {}
    for change in changes:
        rise = change.rise(amount, prices)
        if rise is not None and rise > 0:
            by_meter.setdefault(change.either.meter, []).append((rise, change.path))
    sums = {
        meter: sum((rise for rise, _ in found), Decimal(0)) for meter, found in by_meter.items()
    }
    order = sorted(by_meter, key=lambda meter: (-sums[meter], meter))
    named = [f"{code(it)} +{usd(sums[it])} ({_places(by_meter[it])})" for it in order[:_NAMED]]
    if rest := order[_NAMED:]:
        left = sum((sums[meter] for meter in rest), Decimal(0))
        named.append(f"{counted(len(rest), 'other meter')} +{usd(left)}")
    return ", ".join(named)


def _places(found: list[tuple[Decimal, str]]) -> str:
    dearest = code(min(found, key=lambda it: (-it[0], it[1]))[1])
    return dearest if len(found) == 1 else f"{dearest} and {len(found) - 1} more"
