from datetime import date

import pytest

from cli.review.price_list_api import meter_of, request_prices
from reviewer.pricing.meters import UNITS
from tests.cli.price_list import product


class Shelf:
    """Answers as the Price List does: what has every attribute that was asked for, at USD 1."""

    def __init__(self, *products: dict[str, str]) -> None:
        self._products = products

    def get_paginator(self, operation: str) -> "Shelf":
        assert operation == "get_products"
        return self

    def paginate(self, *, Filters: list[dict[str, str]], **_: str) -> list[dict[str, list[str]]]:
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


@pytest.mark.parametrize("meter", UNITS)
def test_a_refresh_asks_for_every_meter_but_the_serverless(meter: str) -> None:
    machine = {"codebuild": ":BUILD_GENERAL1_SMALL"}.get(meter, ":ml.m5.large")
    known = meter_of(meter) or meter_of(meter + machine)

    assert (known is None) == (meter == "sagemaker-serverless")
