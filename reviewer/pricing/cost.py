"""Cost of an environment; what has no price is counted in units, never as zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.pricing.prices import Price, PriceList
    from reviewer.pricing.usage import Usage


@dataclass(frozen=True)
class CostLine:
    """One meter of one resource together with its price, if there is one."""

    usage: Usage
    price: Price | None

    @property
    def idle_usd(self) -> Decimal | None:
        """What it costs a month when idle; None when that is not known."""
        return None if self.price is None else self.price.usd * Decimal(str(self.usage.idle))

    @property
    def most_usd(self) -> Decimal | None:
        """What it costs a month when everything runs at its maximum."""
        return None if self.price is None else self.price.usd * Decimal(str(self.usage.most))


@dataclass(frozen=True)
class IdleCost:
    """A month without work: what is known of its cost, and what has no price."""

    usd: Decimal
    unpriced: tuple[Usage, ...]


def cost_lines(found: Sequence[Usage], prices: PriceList) -> list[CostLine]:
    """Every meter with its price, in order of resource and meter."""
    ordered = sorted(found, key=lambda usage: (usage.path, usage.meter))
    return [CostLine(usage, prices.of(usage.meter)) for usage in ordered]


def idle(lines: Sequence[CostLine]) -> IdleCost:
    """The idle cost, as far as it is known, and every steady meter that has no price."""
    steady = [line for line in lines if line.usage.idle]
    known = [line.idle_usd for line in steady if line.idle_usd is not None]
    return IdleCost(sum(known, Decimal(0)), tuple(it.usage for it in steady if it.price is None))


def oldest(lines: Sequence[CostLine]) -> date | None:
    """The date of the oldest price that is used; None when nothing has one."""
    return min((line.price.on for line in lines if line.price is not None), default=None)


def usd(amount: Decimal) -> str:
    """`USD 12.40`."""
    return f"USD {amount:,.2f}"


def exact_usd(amount: Decimal) -> str:
    """`USD 0.0000004`: what one unit costs is less than a cent more often than not."""
    return f"USD {amount.normalize():f}"
