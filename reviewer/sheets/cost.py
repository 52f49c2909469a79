"""`cost.md`: what the environment costs when idle and by use, from dated prices only."""

from collections.abc import Iterator, Sequence

from reviewer.assembly import Assembly
from reviewer.markdown import code, counted, linked, page, table
from reviewer.pricing.cost import CostLine, cost_lines, idle, oldest, usd
from reviewer.pricing.prices import Price, PriceList
from reviewer.pricing.usage import (
    BILLED_ROTATIONS,
    HOURS_PER_MONTH,
    ROTATIONS_SOURCE,
    TRACKING_SOURCE,
    Usage,
    units,
    usages,
)
from reviewer.resolver import Resolver


def cost(assembly: Assembly, resolver: Resolver, prices: PriceList) -> str:
    """The whole sheet."""
    lines = cost_lines(usages(assembly, resolver), prices)
    steady = [line for line in lines if line.usage.idle]
    by_use = [line for line in lines if line.usage.idle != line.usage.most or not line.usage.idle]
    used = {line.usage.meter: line.price for line in lines if line.price is not None}
    return page(
        f"Cost of {assembly.stage}",
        [*_summary(lines, prices), ""],
        ["## Every month, used or not", ""],
        [*_notes(assembly, lines), ""],
        table(["resource", "meter", "units a month", "price", "a month"], map(_steady, steady)),
        ["## By use", ""],
        table(["resource", "meter", "unit", "price", "at most a month"], map(_by_use, by_use)),
        ["## Prices", ""],
        _origin(list(used.values())),
        table(["meter", "USD", "per", "date", "source"], map(_figure, sorted(used.items()))),
    )


def _summary(lines: Sequence[CostLine], prices: PriceList) -> list[str]:
    """Return the sum, and beside it every meter that it lacks."""
    month, since = idle(lines), oldest(lines)
    steady = _meters(month.unpriced)
    by_use = [code(it) for it in _meters([it.usage for it in lines if it.price is None])]
    by_use = [it for it in by_use if it not in map(code, steady)]
    also = f" Billed by use, without a price: {', '.join(by_use)}." if by_use else ""
    if since is None:
        missing = f" Without a price: {', '.join(map(code, steady))}." if steady else ""
        return [
            f"No price is known for {code(prices.region)}: quantities only. "
            "`./kiban prices refresh` reads AWS's Price List with your credentials."
            f"{missing}{also}"
        ]
    lacks = f", and {counted(len(month.unpriced), 'meter')} without a price: "
    missing = f"{lacks}{', '.join(map(code, steady))}" if steady else ""
    return [
        f"Idle: {usd(month.usd)} a month{missing}.{also} "
        f"A month has {HOURS_PER_MONTH} hours; list prices of {code(prices.region)}, the oldest of "
        f"{since.isoformat()}; free tiers, discounts and taxes are left out."
    ]


def _meters(found: Sequence[Usage]) -> list[str]:
    return sorted({usage.meter for usage in found})


def _notes(assembly: Assembly, lines: Sequence[CostLine]) -> Iterator[str]:
    """Yield what the templates do not show: what AWS makes, or bills, by itself."""
    yield "A machine that a model waits for counts from the first approved version on."
    policies = {
        item.path for item in assembly.resources("AWS::ApplicationAutoScaling::ScalingPolicy")
    }
    tracking = [line.usage for line in lines if line.usage.path in policies]
    if tracking:
        watched = f"{sum(it.idle for it in tracking):g}"
        yield linked(
            f"Application Auto Scaling makes alarms of its own, {watched} of the metrics below: "
            "two for each policy of target tracking, one where it only scales out "
            f"({TRACKING_SOURCE})."
        )
    if any(it.usage.meter == "kms-key" and it.usage.most > it.usage.idle for it in lines):
        yield linked(
            f"A key that rotates costs a key more after each of its first {BILLED_ROTATIONS} "
            f"rotations, and no more after later ones ({ROTATIONS_SOURCE}): counted below as the "
            "most that it may be."
        )


def _origin(used: Sequence[Price]) -> list[str]:
    if not any("https://github.com/" in price.source for price in used):
        return []
    return [
        "A date is the day on which the source read the price. A source on GitHub is somebody's "
        "transcript of AWS's prices, at one commit. `./kiban prices refresh` asks AWS's Price List "
        "itself, with your credentials, and puts today's figure in its place wherever the list "
        "has exactly one.",
        "",
    ]


def _figure(item: tuple[str, Price]) -> tuple[str, str, str, str, str]:
    meter, price = item
    source = linked(price.source)
    return code(meter), f"{price.usd:f}", price.unit, price.on.isoformat(), source


def _steady(line: CostLine) -> tuple[str, str, str, str, str]:
    amount = line.idle_usd
    number = units(line.usage.idle, line.usage.unit)
    return (*_begin(line), number, _price(line), "unpriced" if amount is None else usd(amount))


def _by_use(line: CostLine) -> tuple[str, str, str, str, str]:
    most = "-"
    if line.usage.most:
        amount = line.most_usd
        most = units(line.usage.most, line.usage.unit)
        most += "" if amount is None else f": {usd(amount)}"
    unit = line.usage.unit
    if line.usage.each != 1:
        unit = f"{unit}, {line.usage.each:g} at a time"
    return (*_begin(line), unit, _price(line), most)


def _begin(line: CostLine) -> tuple[str, str]:
    return code(line.usage.path), code(line.usage.meter)


def _price(line: CostLine) -> str:
    return "unpriced" if line.price is None else f"{line.price.usd:f}"
