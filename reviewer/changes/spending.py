"""Findings about cost: in dollars where prices are known, else in units."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import Revision
from reviewer.pricing.cost import exact_usd, usd
from reviewer.pricing.prices import PriceList
from reviewer.pricing.usage import Usage, units, usages

# Cents a month: listed, but no reason to ask a person.
_SMALL = (
    "cloudwatch-alarm",
    "cloudwatch-dashboard",
    "kms-",
    "logs-",
    "s3-",
    "ecr-",
    "sagemaker-notebook-volume",
)
_Key = tuple[str, str]


def cost_changes(before: Revision, after: Revision, prices: PriceList) -> Iterator[Finding]:
    """Every meter that is new, gone, or turns further than before."""
    old, new = _by_place(before), _by_place(after)
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was != now:
            yield from _change(key[0], was, now, prices)


def _change(
    path: str, was: Usage | None, now: Usage | None, prices: PriceList
) -> Iterator[Finding]:
    if was is None and now is not None and not now.most:
        yield _finding("cost-added", path, now, f"bills by use: `{now.meter}`", person=False)
        return
    delta = _delta(was, now, prices)
    before, after = _amount(was), _amount(now)
    if was is not None and now is not None and was.meter != now.meter:
        said = f"another machine: `{was.meter}` becomes `{now.meter}`, {_money(delta, now)}"
        person = delta is None or delta > 0
        yield Finding("machine-changed", "cost", path, said, before, after, person)
    elif _is_more(was, now):
        assert now is not None, "more than nothing"
        said = f"`{now.meter}` costs more, {_money(delta, now)}"
        rule = "cost-added" if was is None else "cost-raised"
        person = not now.meter.startswith(_SMALL)
        yield Finding(rule, "cost", path, said, before, after, person)
    elif was is not None and (was.idle or was.most):
        said = f"`{was.meter}` costs less, {_money(delta, was)}"
        yield Finding("cost-lowered", "cost", path, said, before, after, False)


def _finding(rule: str, path: str, usage: Usage, said: str, *, person: bool) -> Finding:
    return Finding(rule, "cost", path, said, "-", _amount(usage), person)


def _is_more(was: Usage | None, now: Usage | None) -> bool:
    if now is None:
        return False
    return now.idle > (was.idle if was else 0) or now.most > (was.most if was else 0)


def _delta(was: Usage | None, now: Usage | None, prices: PriceList) -> Decimal | None:
    """How many dollars more, a month at most or by the unit; None when a price is missing."""
    total = Decimal(0)
    for usage, sign in ((was, -1), (now, 1)):
        if usage is None:
            continue
        price = prices.of(usage.meter)
        if price is None:
            return None
        # What bills by use alone is compared by the unit.
        total += sign * price.usd * Decimal(str(usage.most or 1))
    return total


def _money(delta: Decimal | None, usage: Usage) -> str:
    if delta is None:
        return "unpriced"
    sign = "+" if delta >= 0 else "-"
    if not usage.most:
        return f"{sign}{exact_usd(abs(delta))} for each {usage.unit}"
    return f"{sign}{usd(abs(delta))} a month at most"


def _amount(usage: Usage | None) -> str:
    if usage is None:
        return "-"
    if not usage.most:
        return f"each {usage.unit} of use"
    if usage.idle == usage.most:
        return units(usage.most, usage.unit)
    return f"{units(usage.idle, usage.unit)} idle, {units(usage.most, usage.unit)} at most"


def _by_place(side: Revision) -> dict[_Key, Usage]:
    """Meters by resource and kind, so that another machine at the same place is the same meter."""
    found: dict[_Key, Usage] = {}
    for usage in usages(side.assembly, side.resolver):
        found[(usage.path, _kind(usage, found))] = usage
    return found


def _kind(usage: Usage, found: Mapping[_Key, Usage]) -> str:
    kind = usage.meter.partition(":")[0]
    number = sum(key[0] == usage.path and key[1].startswith(kind) for key in found)
    return f"{kind}#{number}"
