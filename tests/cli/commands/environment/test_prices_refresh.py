import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reviewer.pricing.prices import read_prices
from tests.cli.price_list import product
from tests.cli.terminal import Screen, require_one_line
from tests.reviewer.checkout import Checkout, copied
from tests.templates.synthesis import REPO

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
    assert "`s3-stored`" in cost.partition("without a price: ")[2]
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
