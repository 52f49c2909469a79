from datetime import date

import pytest

from cli.review.price_list_api import meter_of, request_prices
from reviewer.pricing.meters import UNITS
from tests.cli.price_list import product


class Shelf:
    """Answers as the Price List does: what has every attribute that was asked for, at USD 1."""

    def __init__(self, *products: dict[str, str]) -> None:
        self._products = products
        self.filters: list[set[str]] = []

    def get_paginator(self, operation: str) -> "Shelf":
        assert operation == "get_products"
        return self

    def paginate(self, *, Filters: list[dict[str, str]], **_: str) -> list[dict[str, list[str]]]:
        self.filters.append({f"{one['Field']}={one['Value']}" for one in Filters})
        wanted = {one["Field"]: one["Value"] for one in Filters if one["Field"] != "regionCode"}
        found = [one for one in self._products if wanted.items() <= one.items()]
        return [{"PriceList": [product(one["usagetype"], [("0", one["usd"])]) for one in found]}]


SHELF = Shelf(
    {"usagetype": "EU-TimedStorage-ByteHrs", "volumeType": "Standard", "usd": "1"},
    {"usagetype": "EU-TimedStorage-ByteHrs", "volumeType": "INTAAS3ObjectOverhead", "usd": "2"},
    {"usagetype": "EU-Requests-Tier1", "queueType": "Standard", "usd": "3"},
    {"usagetype": "EU-Requests-Fair-Tier1", "queueType": "Standard", "usd": "4"},
    {"usagetype": "EU-Requests-FIFO-Tier1", "queueType": "FIFO", "usd": "5"},
    {"usagetype": "EU-NatGateway-Hours", "productFamily": "NAT Gateway", "usd": "6"},
    {"usagetype": "EU-RegionalNatGateway-Hours", "productFamily": "NAT Gateway", "usd": "7"},
)


def test_a_neighbour_of_the_same_name_is_not_taken_for_the_meter() -> None:
    names = ["nat-gateway", "s3-stored", "sqs-request", "states-transition"]
    found = request_prices(SHELF, "eu-west-1", names, date(2026, 1, 2))

    message = {meter: (str(price.usd), price.unit) for meter, price in found.prices.items()}
    assert message == {
        "nat-gateway": ("6", "hour"),
        "s3-stored": ("1", "GB-month"),
        "sqs-request": ("3", "request"),
    }


class Tiers(Shelf):
    """One product with these prices, each from a number of units on."""

    def __init__(self, *tiers: tuple[str, str]) -> None:
        super().__init__()
        self._page = {"PriceList": [product("TimedStorage-ByteHrs", [*tiers])]}

    def paginate(self, **_: object) -> list[dict[str, list[str]]]:
        return [self._page]


@pytest.mark.parametrize(
    ("tiers", "usd"),
    [
        ((("0", "0"), ("10", "2"), ("500", "1")), "2"),
        ((("500", "1"), ("0", "3")), "3"),
        ((("0", "0"),), None),
    ],
)
def test_what_is_free_at_first_costs_what_the_first_paid_unit_does(
    tiers: tuple[tuple[str, str], ...], usd: str | None
) -> None:
    found = request_prices(Tiers(*tiers), "us-east-1", ["ecr-stored"], date(2026, 1, 2)).prices

    assert [str(price.usd) for price in found.values()] == ([usd] if usd else [])


@pytest.mark.parametrize("meter", UNITS)
def test_a_refresh_asks_for_every_meter_that_it_knows_the_name_of(meter: str) -> None:
    machine = {"codebuild": ":BUILD_GENERAL1_SMALL"}.get(meter, ":ml.m5.large")
    known = meter_of(meter) or meter_of(meter + machine)

    assert (known is None) == (meter == "sagemaker-serverless")


@pytest.mark.parametrize(
    ("meter", "usage"),
    [
        ("sagemaker-hosting:ml.m5.large", "Host:ml.m5.large"),
        ("sagemaker-notebook:ml.t3.medium", "Notebk:ml.t3.medium"),
        ("sagemaker-processing:ml.m5.large", "Processing:ml.m5.large"),
        ("sagemaker-training:ml.m5.large", "Train:ml.m5.large"),
        ("codebuild:BUILD_GENERAL1_SMALL", "Build-Min:Linux:g1.small"),
        ("codebuild:BUILD_GENERAL1_MEDIUM", "Build-Min:Linux:g1.medium"),
        ("codebuild:BUILD_GENERAL1_LARGE", "Build-Min:Linux:g1.large"),
    ],
)
def test_a_machine_has_its_own_usage_type(meter: str, usage: str) -> None:
    shelf = Shelf({"usagetype": f"EU-{usage}", "usd": "1"})

    assert [*request_prices(shelf, "eu-west-1", [meter], date(2026, 1, 2)).prices] == [meter]


@pytest.mark.parametrize(
    "meter",
    ["sagemaker-hosting", "codebuild", "codebuild:BUILD_HUGE", "other:BUILD_GENERAL1_SMALL", "x"],
)
def test_a_meter_without_a_query_has_no_price(meter: str) -> None:
    assert request_prices(SHELF, "eu-west-1", [meter], date(2026, 1, 2)).prices == {}


def test_the_first_region_has_usage_types_without_a_prefix() -> None:
    shelf = Shelf({"usagetype": "TimedStorage-ByteHrs", "volumeType": "Standard", "usd": "1"})

    (price,) = request_prices(shelf, "us-east-1", ["s3-stored"], date(2026, 1, 2)).prices.values()

    assert price.source.endswith("/AmazonS3/current/us-east-1/index.json (TimedStorage-ByteHrs)")
    assert shelf.filters == [{"regionCode=us-east-1", "volumeType=Standard"}]


def test_a_dashboard_costs_the_same_in_every_region_and_is_asked_for_in_none() -> None:
    shelf = Shelf({"usagetype": "DashboardsUsageHour-Basic", "usd": "3"})

    found = request_prices(shelf, "eu-west-1", ["cloudwatch-dashboard"], date(2026, 1, 2))

    assert "/AmazonCloudWatch/current/index.json" in found.prices["cloudwatch-dashboard"].source
    assert shelf.filters == [set()]
