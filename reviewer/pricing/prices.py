"""Price list of a region: every figure with its source and its date, or no figure at all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from reviewer.errors import ReviewError
from reviewer.pricing.meters import unit_of

_DO = "correct it, or delete it and run: ./kiban prices refresh"


@dataclass(frozen=True)
class Price:
    """What one unit of one meter costs; `source` is where a reader finds the same figure."""

    usd: Decimal
    unit: str
    source: str
    on: date


@dataclass(frozen=True)
class PriceList:
    """The prices of one region, each for the unit that its meter counts; may be empty."""

    region: str
    prices: Mapping[str, Price]

    def __post_init__(self) -> None:
        for meter, price in self.prices.items():
            if price.unit != unit_of(meter):
                raise ValueError(f"{meter} counts {unit_of(meter)}, not {price.unit}")

    def of(self, meter: str) -> Price | None:
        """The price of a meter, or None when it is not known."""
        return self.prices.get(meter)

    @property
    def oldest(self) -> date | None:
        """The date of the oldest figure."""
        return min((price.on for price in self.prices.values()), default=None)

    def age_days(self, today: date) -> int | None:
        """How old the oldest figure is."""
        return (today - self.oldest).days if self.oldest else None


def price_file(folder: Path, region: str) -> Path:
    """Where the prices of a region are kept."""
    return folder / f"{region}.json"


def read_prices(folder: Path, region: str) -> PriceList:
    """Return the prices of `region`; raises ReviewError when the file is broken.

    A missing file means that nothing is priced, which is said wherever a price is wanted.
    """
    path = price_file(folder, region)
    where = f"{folder.name}/{path.name}"
    if not path.exists():
        return PriceList(region, {})
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        prices = {meter: _price(body) for meter, body in found["prices"].items()}
        if found["region"] != region:
            raise ReviewError(f"{where}: holds the prices of {found['region']}; {_DO}")
        return PriceList(region, prices)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ReviewError(f"{where}: is not a price list ({error!r}); {_DO}") from error


def _price(body: dict[str, str]) -> Price:
    usd = Decimal(body["usd"])
    if not usd.is_finite() or usd < 0:
        raise ValueError(f"usd is {body['usd']}")
    return Price(usd, body["unit"], body["source"], date.fromisoformat(body["date"]))


def written(prices: PriceList) -> str:
    """The text of a price file: one figure a line, in the order of the meters."""
    lines = [
        f"    {json.dumps(meter)}: {json.dumps(_body(price))}"
        for meter, price in sorted(prices.prices.items())
    ]
    body = ",\n".join(lines)
    return f'{{\n  "region": {json.dumps(prices.region)},\n  "prices": {{\n{body}\n  }}\n}}\n'


def _body(price: Price) -> dict[str, str]:
    return {
        "usd": f"{price.usd.normalize():f}",
        "unit": price.unit,
        "source": price.source,
        "date": price.on.isoformat(),
    }
