"""Change of one meter between two revisions, with what it costs more or less."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reviewer.pricing.prices import PriceList
    from reviewer.pricing.usage import Usage

Amount = Literal["idle", "most", "each"]


@dataclass(frozen=True)
class MeterChange:
    """One meter of one resource before and after; a side is None when it is not there."""

    path: str
    was: Usage | None
    now: Usage | None

    @property
    def either(self) -> Usage:
        """The meter as it will be; as it was when it goes away."""
        found = self.now or self.was
        assert found is not None, "a change has at least one side"
        return found

    @property
    def is_by_use(self) -> bool:
        """Whether it bills by use alone, so that no month of it can be summed up."""
        return not any(side.most for side in (self.was, self.now) if side is not None)

    @property
    def is_more(self) -> bool:
        """Whether more units are counted than before."""
        if self.now is None:
            return False
        return self.was is None or any(
            getattr(self.now, name) > getattr(self.was, name) for name in ("idle", "most", "each")
        )

    def rise(self, amount: Amount, prices: PriceList) -> Decimal | None:
        """Dollars that `amount` costs more, negative for less; None when a price is missing."""
        was, now = (cost_of(side, amount, prices) for side in (self.was, self.now))
        return None if was is None or now is None else now - was


def cost_of(usage: Usage | None, amount: Amount, prices: PriceList) -> Decimal | None:
    """Dollars for `amount` of one meter, 0 for none; None when its price is not known."""
    if usage is None:
        return Decimal(0)
    price = prices.of(usage.meter)
    return None if price is None else price.usd * Decimal(str(getattr(usage, amount)))


def risen(changes: Sequence[MeterChange]) -> set[str]:
    """Meters of which the environment as a whole takes more: what only moved is not among them."""
    old = _totals(change.was for change in changes)
    new = _totals(change.now for change in changes)
    none = (0.0, 0.0, 0.0)
    return {
        meter
        for meter, amounts in new.items()
        if any(now > was for now, was in zip(amounts, old.get(meter, none), strict=True))
    }


def _totals(found: Iterable[Usage | None]) -> dict[str, tuple[float, float, float]]:
    totals: dict[str, tuple[float, float, float]] = {}
    for usage in found:
        if usage is not None:
            idle, most, each = totals.get(usage.meter, (0.0, 0.0, 0.0))
            totals[usage.meter] = (idle + usage.idle, most + usage.most, each + usage.each)
    return totals
