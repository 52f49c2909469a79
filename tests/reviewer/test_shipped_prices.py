"""The prices that ship: each with a dated reading that anybody can look up, or they do not ship."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cli.review.price_list_api import meter_of
from config.instances import Usage, check_type
from config.loader import environment_names
from reviewer.assembly import read_assembly
from reviewer.errors import ReviewError
from reviewer.pricing.cost import cost_lines, idle
from reviewer.pricing.meters import UNITS
from reviewer.pricing.prices import Price, read_prices, written
from reviewer.pricing.usage import usages
from reviewer.resolver import Resolver
from reviewer.sheets.cost import cost
from tests.templates.synthesis import REPO

FOLDER = REPO / "prices"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.json"))
# Somebody's reading at one commit, or what a refresh writes.
CITED = re.compile(
    r"https://github\.com/[\w.-]+/[\w.-]+/blob/[0-9a-f]{40}/\S+"
    r"|https://pricing\.us-east-1\.amazonaws\.com/offers/v1\.0/aws/\S+ \(\S+\)"
)
MACHINES: dict[str, Usage] = {
    "sagemaker-hosting": "endpoint",
    "sagemaker-notebook": "notebook",
    "sagemaker-processing": "processing",
    "sagemaker-training": "training",
}
# Those with prices, and three without: an environment there is counted in units.
REGIONS = [*SHIPPED, "ap-southeast-2", "eu-west-1", "us-west-2"]
# The one reading of these that was found does not say for which use of the machine it is.
UNPRICED = {
    "dev": set[str](),
    "prod": {"sagemaker-hosting:ml.c7i.xlarge"},
    "staging": {"sagemaker-hosting:ml.c7i.large"},
}


def faults(meter: str, price: Price, today: date) -> Iterator[str]:
    """What forbids a figure to ship."""
    if not CITED.search(price.source):
        yield "no source"
    if price.on > today:
        yield "a date to come"
    if not price.usd:
        yield "free"
    if meter_of(meter) is None or not _is_rented(meter):
        yield "nothing is billed by it"


def _is_rented(meter: str) -> bool:
    kind, _, machine = meter.partition(":")
    if kind not in MACHINES:
        return True
    try:
        return bool(check_type(machine, MACHINES[kind]))
    except ValueError:
        return False


def the_day() -> date:
    return datetime.now(UTC).date()


def figures(region: str) -> dict[str, Price]:
    return dict(read_prices(FOLDER, region).prices)


def a_figure(**changes: str) -> tuple[str, Price]:
    """A figure that may ship, after a change."""
    told = {
        "meter": "kms-key",
        "usd": "1",
        "source": f"AWS Price List, as read by https://github.com/some/body/blob/{'0' * 40}/list",
        "date": "2026-01-01",
        **changes,
    }
    on = date.fromisoformat(told["date"])
    return told["meter"], Price(Decimal(told["usd"]), "key-month", told["source"], on)


def test_some_prices_ship() -> None:
    assert {"ap-northeast-1", "eu-central-1", "us-east-1"} <= set(SHIPPED)
    assert len(set(REGIONS)) >= 6


@pytest.mark.parametrize("region", SHIPPED)
def test_a_shipped_list_is_as_a_refresh_would_write_it(region: str) -> None:
    text = (FOLDER / f"{region}.json").read_text(encoding="utf-8")

    assert text == written(read_prices(FOLDER, region))


@pytest.mark.parametrize("region", SHIPPED)
def test_a_shipped_price_can_be_looked_up_and_is_billed(region: str) -> None:
    found = {meter: list(faults(meter, it, the_day())) for meter, it in figures(region).items()}

    assert {meter: told for meter, told in found.items() if told} == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"source": "as everybody knows"}, "no source"),
        ({"source": "https://github.com/somebody/costs/blob/main/prices.json"}, "no source"),
        ({"source": "https://example.com/prices"}, "no source"),
        ({"date": (the_day() + timedelta(days=1)).isoformat()}, "a date to come"),
        ({"usd": "0"}, "free"),
        ({"meter": "coffee"}, "nothing is billed by it"),
        ({"meter": "codebuild:BUILD_GENERAL9_SMALL"}, "nothing is billed by it"),
        ({"meter": "sagemaker-hosting:ml.m5.tiny"}, "nothing is billed by it"),
        ({"meter": "sagemaker-hosting:ml.m6g.large"}, "nothing is billed by it"),
    ],
)
def test_a_price_that_nobody_can_look_up_or_pays_is_refused(
    changes: dict[str, str], told: str
) -> None:
    assert list(faults(*a_figure(), the_day())) == []
    assert list(faults(*a_figure(**changes), the_day())) == [told]


@pytest.mark.parametrize("region", SHIPPED)
def test_a_shipped_price_is_for_the_unit_that_its_meter_counts(region: str) -> None:
    for meter, price in figures(region).items():
        assert price.unit == UNITS[meter.partition(":")[0]], meter


@pytest.mark.parametrize("meter", UNITS)
def test_a_price_for_another_unit_is_refused(meter: str, tmp_path: Path) -> None:
    other = "minute" if UNITS[meter] == "hour" else "hour"
    figure = {"usd": "1", "unit": other, "source": "https://example.com", "date": "2026-01-01"}
    body = {"region": "us-east-1", "prices": {meter: figure}}
    (tmp_path / "us-east-1.json").write_text(json.dumps(body))

    with pytest.raises(ReviewError, match=f"{meter} counts {UNITS[meter]}, not {other}"):
        read_prices(tmp_path, "us-east-1")


@pytest.mark.parametrize("environment", environment_names())
def test_what_an_idle_environment_costs_is_known_but_for_named_machines(
    environment: str, synthesis: Path
) -> None:
    assembly = read_assembly(synthesis, environment)
    found = usages(assembly, Resolver(assembly))
    month = idle(cost_lines(found, read_prices(FOLDER, assembly.region)))

    assert month.usd > 0
    assert {usage.meter for usage in month.unpriced} <= UNPRICED[environment]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("environment", environment_names())
def test_every_meter_of_an_environment_has_a_price_or_is_named_beside_the_sum(
    environment: str, region: str, synthesis: Path
) -> None:
    assembly = read_assembly(synthesis, environment)
    resolver = Resolver(assembly)
    known = read_prices(FOLDER, region)

    text = cost(assembly, resolver, known)

    beside = text.splitlines()[2]
    meters = {usage.meter for usage in usages(assembly, resolver)}
    assert len(meters) > 15
    for meter in meters:
        figure = known.of(meter)
        assert (f"`{meter}`" in beside) is (figure is None), meter
        assert figure is None or f"| `{meter}` | {figure.usd:f} |" in text, meter


def test_where_nobody_looked_up_a_price_nothing_has_one() -> None:
    assert read_prices(FOLDER, "sa-east-1").prices == {}
