"""`cost.md`: what the environment costs when idle and by use, from dated prices only."""

from collections.abc import Sequence

from reviewing.assembly import Assembly
from reviewing.cost import Line, cost_lines, idle_total, usd
from reviewing.markdown import code, counted, page, table
from reviewing.prices import PriceList
from reviewing.usage import HOURS_PER_MONTH, units, usages
from reviewing.values import Speller


def cost(assembly: Assembly, speller: Speller, prices: PriceList) -> str:
    """The whole sheet."""
    lines = cost_lines(usages(assembly, speller), prices)
    steady = [line for line in lines if line.usage.idle]
    by_use = [line for line in lines if line.usage.idle != line.usage.most or not line.usage.idle]
    used = {line.usage.meter: line.price for line in lines if line.price is not None}
    unpriced = sorted({line.usage.meter for line in lines if line.price is None})
    return page(
        f"Cost of {assembly.stage}",
        [*_summary(lines, prices), ""],
        ["## Every month, used or not", ""],
        ["A machine that a model waits for counts from the first approved version on.", ""],
        table(["resource", "meter", "units a month", "price", "a month"], map(_steady, steady)),
        ["## By use", ""],
        table(["resource", "meter", "unit", "price", "at most a month"], map(_by_use, by_use)),
        ["## Prices", ""],
        table(
            ["meter", "USD", "per", "date", "source"],
            [
                (code(meter), f"{price.usd}", price.unit, price.on.isoformat(), price.source)
                for meter, price in sorted(used.items())
            ],
        ),
        [f"Without a price: {', '.join(map(code, unpriced))}."] if unpriced else [],
    )


def _summary(lines: Sequence[Line], prices: PriceList) -> list[str]:
    total, missing = idle_total(lines)
    if prices.oldest is None:
        return [
            f"No price is known for {code(prices.region)}: quantities only. "
            "`./kiban prices refresh` reads AWS's Price List with your credentials."
        ]
    also = f", and {counted(missing, 'meter')} without a price" if missing else ""
    return [
        f"Idle: {usd(total)} a month{also}. A month has {HOURS_PER_MONTH} hours; list prices of "
        f"{code(prices.region)}, the oldest of {prices.oldest.isoformat()}; free tiers, discounts "
        "and taxes are left out."
    ]


def _steady(line: Line) -> tuple[str, str, str, str, str]:
    amount = line.idle_usd
    number = units(line.usage.idle, line.usage.unit)
    return (*_begin(line), number, _price(line), "unpriced" if amount is None else usd(amount))


def _by_use(line: Line) -> tuple[str, str, str, str, str]:
    most = "-"
    if line.usage.most:
        amount = line.most_usd
        most = units(line.usage.most, line.usage.unit)
        most += "" if amount is None else f": {usd(amount)}"
    return (*_begin(line), line.usage.unit, _price(line), most)


def _begin(line: Line) -> tuple[str, str]:
    return code(line.usage.path), code(line.usage.meter)


def _price(line: Line) -> str:
    return "unpriced" if line.price is None else f"{line.price.usd}"
