"""Findings about cost: in dollars where prices are known, else in units."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from reviewer.changes.cost.cost_bound import bound_changes, over_bound
from reviewer.changes.cost.meter_changes import MeterChange, risen
from reviewer.changes.finding import Finding
from reviewer.pricing.cost import exact_usd, usd
from reviewer.pricing.usage import Usage, units, usages

if TYPE_CHECKING:
    from config.review.cost_bounds import CostBounds
    from reviewer.changes.resource_diff import Revision
    from reviewer.pricing.prices import PriceList

_Key = tuple[str, str, int]


def cost_changes(before: Revision, after: Revision, prices: PriceList) -> Iterator[Finding]:
    """A month over the bound of `before`, and every meter that is new, gone, or turns otherwise.

    A meter that is dearer asks for a person alone where no month can be summed up: without a price,
    or by use. A branch that loosens its bound is judged by the old one.
    """
    changes = _meter_changes(before, after)
    bound, at = before.assembly.cost_bounds, after.assembly.stage
    yield from bound_changes(bound, after.assembly.cost_bounds, at)
    yield from over_bound(changes, prices, bound, at)
    up = risen(changes)
    for change in changes:
        if change.was != change.now:
            yield from _change(change, prices, bound, up)


def _change(
    change: MeterChange, prices: PriceList, bound: CostBounds, up: Collection[str]
) -> Iterator[Finding]:
    was, now, path = change.was, change.now, change.path
    delta = change.rise("each" if change.is_by_use else "most", prices)
    money, before, after = _money(delta, change), _amount(was), _amount(now)
    if was is not None and now is not None and was.meter != now.meter:
        said = f"another machine: `{was.meter}` becomes `{now.meter}`, {money}"
        person = delta is None or (change.is_by_use and _is_dear(change, delta, prices, bound))
        yield Finding("machine-changed", "cost", path, said, before, after, person)
    elif change.is_more:
        assert now is not None, "more than nothing"
        person = delta is None and now.meter in up
        if delta is not None and change.is_by_use:
            person = _is_dear(change, delta, prices, bound)
        rule = "cost-added" if was is None else "cost-raised"
        said = f"`{now.meter}` costs more, {money}"
        if was is None and change.is_by_use:
            said = f"bills by use: `{now.meter}`, {money.removeprefix('+')}"
        yield Finding(rule, "cost", path, said, before, after, person)
    elif was is not None and not (change.is_by_use and now is None):
        said = f"`{was.meter}` costs less, {money}"
        yield Finding("cost-lowered", "cost", path, said, before, after, False)


def _is_dear(change: MeterChange, delta: Decimal, prices: PriceList, bound: CostBounds) -> bool:
    """Whether one unit of use costs more by the bound's share; a new one, more than the bound."""
    if change.was is None:
        return delta > bound.cost_rise_usd
    price = prices.of(change.was.meter)
    assert price is not None, "a rise in dollars is one of two prices"
    return 100 * delta > bound.cost_rise_percent * price.usd * Decimal(str(change.was.each))


def _money(delta: Decimal | None, change: MeterChange) -> str:
    if delta is None:
        return "unpriced"
    sign = "+" if delta >= 0 else "-"
    if change.is_by_use:
        return f"{sign}{exact_usd(abs(delta))} for each {change.either.unit}"
    return f"{sign}{usd(abs(delta))} a month at most"


def _amount(usage: Usage | None) -> str:
    if usage is None:
        return "-"
    if not usage.most:
        side = "" if usage.each == 1 else f", {usage.each:g} at a time"
        return f"each {usage.unit} of use{side}"
    if usage.idle == usage.most:
        return units(usage.most, usage.unit)
    return f"{units(usage.idle, usage.unit)} idle, {units(usage.most, usage.unit)} at most"


def _meter_changes(before: Revision, after: Revision) -> list[MeterChange]:
    """Every meter of both sides, changed or not, in the order of resources and meters."""
    old, new = _by_place(before), _by_place(after)
    return [MeterChange(key[0], old.get(key), new.get(key)) for key in sorted({*old, *new})]


def _by_place(side: Revision) -> dict[_Key, Usage]:
    """Meters by resource and kind, so that another machine at the same place is the same meter."""
    found: dict[_Key, Usage] = {}
    for usage in usages(side.assembly, side.resolver):
        kind, number = usage.meter.partition(":")[0], 0
        while (usage.path, kind, number) in found:
            number += 1
        found[(usage.path, kind, number)] = usage
    return found
