import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reviewer.errors import ReviewError
from reviewer.pricing.prices import Price, PriceList, read_prices, written


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
