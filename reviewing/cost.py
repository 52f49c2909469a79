"""Adds up what an environment costs; what has no price is counted in units, never as zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviewing.prices import Price, PriceList
from reviewing.usage import Usage


@dataclass(frozen=True)
class Line:
    """One meter of one resource together with its price, if there is one."""

    usage: Usage
    price: Price | None

    @property
    def idle_usd(self) -> Decimal | None:
        """What it costs a month when nobody works; None when that is not known."""
        return None if self.price is None else self.price.usd * Decimal(str(self.usage.idle))

    @property
    def most_usd(self) -> Decimal | None:
        """What it costs a month when everything runs at its maximum."""
        return None if self.price is None else self.price.usd * Decimal(str(self.usage.most))


def cost_lines(found: Sequence[Usage], prices: PriceList) -> list[Line]:
    """Every meter with its price, in order of resource and meter."""
    ordered = sorted(found, key=lambda usage: (usage.path, usage.meter))
    return [Line(usage, prices.of(usage.meter)) for usage in ordered]


def idle_total(lines: Sequence[Line]) -> tuple[Decimal, int]:
    """The sum of what is known of the idle cost, and how many steady meters have no price."""
    steady = [line for line in lines if line.usage.idle]
    known = [line.idle_usd for line in steady if line.idle_usd is not None]
    return sum(known, Decimal(0)), len(steady) - len(known)


def usd(amount: Decimal) -> str:
    """`USD 12.40`."""
    return f"USD {amount:,.2f}"
