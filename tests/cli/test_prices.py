"""Prices come from AWS's Price List, over the wire, with their source and date, or not at all."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cli.review.price_list_api import meter_of, request_prices

from reviewer.errors import ReviewError
from reviewer.pricing.meters import UNITS
from reviewer.pricing.prices import Price, PriceList, read_prices, written
from tests.cli.terminal import Screen, require_one_line
from tests.reviewer.checkout import Checkout, copied
from tests.synthesis import REPO

SOLD = {
    # usage type: tiers of (from, USD); made up, so that nobody takes them for AWS's.
    "AmazonSageMaker": {
        "USE1-Host:ml.m5.large": [("0", "7.00")],
        "USE1-Host:ml.m5.large-Reserved": [("0", "1.00")],
        "USE1-Train:ml.m5.xlarge": [("0", "8.00")],
    },
    "awskms": {
        "us-east-1-KMS-Keys": [("0", "9.00")],
        "us-east-1-KMS-Requests": [("0", "0"), ("20000", "0.01")],
    },
    "AmazonCloudWatch": {
        "CW:AlarmMonitorUsage": [("0", "5.00")],
        "DashboardsUsageHour-Basic": [("0", "6.00")],
    },
    # Two prices for one meter: which of them would be billed is not known.
    "AmazonS3": {
        "TimedStorage-ByteHrs": [("0", "2.00")],
        "USE1-TimedStorage-ByteHrs": [("0", "3.00")],
    },
}


def product(usage: str, tiers: list[tuple[str, str]]) -> str:
    dimensions = {
        str(number): {"beginRange": begin, "pricePerUnit": {"USD": usd}}
        for number, (begin, usd) in enumerate(tiers)
    }
    terms = {"OnDemand": {"A": {"priceDimensions": dimensions}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})


class PriceListServer(BaseHTTPRequestHandler):
    """Speaks the Price List's protocol, one product a page."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = list(SOLD.get(asked["ServiceCode"], {}).items())
        page = int(asked.get("NextToken", "0"))
        answer: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": []}
        if page < len(found):
            answer["PriceList"] = [product(*found[page])]
            if page + 1 < len(found):
                answer["NextToken"] = str(page + 1)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def price_list() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), PriceListServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """A copy of the project in which nothing has a price yet."""
    checkout = copied(tmp_path / "kiban")
    shutil.rmtree(checkout.folder / "prices", ignore_errors=True)
    return checkout


def refresh(project: Checkout, synthesis: Path, url: str) -> Screen:
    done = project.run(
        "prices",
        "refresh",
        "--assembly",
        str(synthesis),
        variables={
            "AWS_ENDPOINT_URL_PRICING": url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
        },
    )
    return Screen(done.returncode, done.stdout, done.stderr)


def test_prices_are_written_with_source_and_date_and_the_sheet_uses_them(
    project: Checkout, synthesis: Path, price_list: str
) -> None:
    screen = refresh(project, synthesis, price_list)

    assert screen.code == 0, screen
    prices = read_prices(project.folder / "prices", "us-east-1").prices
    assert prices["sagemaker-hosting:ml.m5.large"].usd == Decimal("7.00")
    assert prices["kms-request"].usd == Decimal("0.01"), "the free tier is left out"
    assert "/AmazonSageMaker/current/us-east-1/" in prices["sagemaker-hosting:ml.m5.large"].source
    assert "s3-stored" not in prices, "two prices are none"
    assert "s3-stored" in screen.out

    done = project.review("--env", "dev", "--assembly", str(synthesis))
    cost = (project.folder / "sheets" / "dev" / "cost.md").read_text(encoding="utf-8")
    # One machine all month, the key, and 30 metrics with an alarm and a dashboard.
    assert "| `sagemaker-hosting:ml.m5.large` | 730 hours | 7 | USD 5,110.00 |" in cost
    assert "Without a price:" in cost
    assert "`s3-stored`" in cost.partition("Without a price:")[2]
    assert "the oldest price is 0 days old" in done.stdout


def test_a_refresh_puts_todays_price_in_the_place_of_one_that_shipped(
    project: Checkout, synthesis: Path, price_list: str
) -> None:
    shutil.copytree(REPO / "prices", project.folder / "prices")
    shipped = read_prices(project.folder / "prices", "us-east-1").prices

    screen = refresh(project, synthesis, price_list)

    found = read_prices(project.folder / "prices", "us-east-1").prices
    today = datetime.now(UTC).date()
    assert found["kms-key"].usd == Decimal("9.00")
    assert found["kms-key"].on == today
    assert found["s3-stored"] == shipped["s3-stored"], "what was not found keeps its date"
    kept, _, without = screen.out.partition("without exactly one price:")
    assert "s3-stored" in kept.partition("kept with its older date:")[2]
    assert "scheduler-invocation" in without


def test_without_the_network_one_line_says_so_and_nothing_is_written(
    project: Checkout, synthesis: Path
) -> None:
    screen = refresh(project, synthesis, "http://127.0.0.1:9")

    require_one_line(screen, 1)
    assert not (project.folder / "prices").exists()


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

    told = {meter: (str(price.usd), price.unit) for meter, price in found.prices.items()}
    assert told == {
        "nat-gateway": ("6", "hour"),
        "s3-stored": ("1", "GB-month"),
        "sqs-request": ("3", "request"),
    }


@pytest.mark.parametrize("meter", UNITS)
def test_a_refresh_asks_for_every_meter_but_the_serverless(meter: str) -> None:
    machine = {"codebuild": ":BUILD_GENERAL1_SMALL"}.get(meter, ":ml.m5.large")
    known = meter_of(meter) or meter_of(meter + machine)

    assert (known is None) == (meter == "sagemaker-serverless")


def test_a_written_list_is_read_back_the_same(tmp_path: Path) -> None:
    price = Price(Decimal("0.0000004"), "request", "https://example.com/list", date(2026, 1, 2))
    prices = PriceList("us-east-1", {"sqs-request": price})
    (tmp_path / "us-east-1.json").write_text(written(prices))

    assert read_prices(tmp_path, "us-east-1") == prices
    assert prices.age_days(date(2026, 1, 12)) == 10


WHOLE = {"usd": "1", "unit": "key-month", "source": "https://example.com", "date": "2026-01-01"}


def price_file_with(**changes: str) -> str:
    figure = {key: value for key, value in {**WHOLE, **changes}.items() if value}
    return json.dumps({"region": "us-east-1", "prices": {"kms-key": figure}})


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"region": "eu-west-1", "prices": {}}',
        price_file_with(source=""),
        price_file_with(date=""),
        price_file_with(date="soon"),
        price_file_with(usd="-1"),
        price_file_with(usd="NaN"),
        price_file_with(unit=""),
        price_file_with(unit="hour"),
        price_file_with().replace("kms-key", "coffee"),
    ],
)
def test_a_figure_without_source_date_or_its_own_unit_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "us-east-1.json").write_text(text)

    with pytest.raises(ReviewError, match=r"us-east-1\.json: .*; correct it, or delete it and run"):
        read_prices(tmp_path, "us-east-1")


def test_a_figure_with_everything_is_taken(tmp_path: Path) -> None:
    (tmp_path / "us-east-1.json").write_text(price_file_with())

    assert read_prices(tmp_path, "us-east-1").prices["kms-key"].usd == 1
