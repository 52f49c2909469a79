"""What a verification may cost: the most of everything, and never less than is known."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from cli.terminal.errors import WrongInput
from cli.verification import price_estimate
from reviewer.pricing.prices import Price, PriceList

COUNTS = {"sagemaker-training": 1, "sagemaker-processing": 1}
PRICES = {
    "sagemaker-hosting:ml.m5.large": ("0.1", "hour"),
    "sagemaker-training:ml.m5.xlarge": ("0.2", "hour"),
    "sagemaker-processing:ml.m5.large": ("0.1", "hour"),
    "sagemaker-notebook:ml.t3.medium": ("0.05", "hour"),
    "sagemaker-notebook-volume": ("0", "GB-month"),
    "codebuild:BUILD_GENERAL1_SMALL": ("0.005", "minute"),
    "cloudwatch-alarm": ("0", "metric-month"),
    "cloudwatch-dashboard": ("0", "dashboard-month"),
    "kms-key": ("0", "key-month"),
}


def prices(**changes: str | None) -> PriceList:
    table = {**PRICES}
    for meter in [name for name, value in changes.items() if value is None]:
        del table[next(one for one in table if one.startswith(meter.replace("_", "-")))]
    found = {
        meter: Price(Decimal(usd), unit, "a test", date(2026, 1, 1))
        for meter, (usd, unit) in table.items()
    }
    return PriceList("us-east-1", found)


def estimate(
    synthesis: Path, monkeypatch: pytest.MonkeyPatch, found: PriceList, **counts: int
) -> Decimal:
    monkeypatch.setattr(price_estimate, "read_price_list", lambda region: found)
    return price_estimate.estimate_usd([synthesis], "dev", "us-east-1", {**COUNTS, **counts})


def test_it_is_the_most_of_every_machine_for_as_long_as_it_may_take(
    synthesis: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosting = 2 * 2 * 4 * Decimal("0.1")  # two instances at most, twice in an update, four hours
    notebook = 4 * Decimal("0.05")
    jobs = 2 * Decimal("0.2") + 2 * Decimal("0.1")  # two trainings and evaluations of an hour
    build = 60 * Decimal("0.005")

    usd = estimate(synthesis, monkeypatch, prices())

    assert usd == hosting + notebook + jobs + build + Decimal("0.10")


def test_several_instances_of_a_training_cost_as_much_more(
    synthesis: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = estimate(synthesis, monkeypatch, prices())
    three = estimate(synthesis, monkeypatch, prices(), **{"sagemaker-training": 3})

    assert three - one == 2 * 2 * Decimal("0.2")


def test_a_dearer_type_runs_beside_the_one_before_and_never_twice(
    synthesis: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dearer = copytree(synthesis, tmp_path / "dearer", ignore=ignore_patterns("asset.*"))
    for path in dearer.rglob("*Inferencechurn*.template.json"):
        path.write_text(path.read_text().replace("ml.m5.large", "ml.m5.xlarge"))
    there = prices()
    price = Price(Decimal("0.3"), "hour", "a test", date(2026, 1, 1))
    table = PriceList(there.region, {**there.prices, "sagemaker-hosting:ml.m5.xlarge": price})
    monkeypatch.setattr(price_estimate, "read_price_list", lambda region: table)

    one, both = (
        price_estimate.estimate_usd(assemblies, "dev", "us-east-1", COUNTS)
        for assemblies in ([synthesis], [synthesis, dearer])
    )

    assert both - one == 2 * 4 * (Decimal("0.3") - Decimal("0.1"))


@pytest.mark.parametrize("meter", ["sagemaker_hosting", "codebuild", "kms_key"])
def test_without_the_price_of_something_nothing_is_estimated(
    synthesis: Path, monkeypatch: pytest.MonkeyPatch, meter: str
) -> None:
    with pytest.raises(WrongInput, match=r"has no price for .*kiban prices refresh"):
        estimate(synthesis, monkeypatch, prices(**{meter: None}))


def test_the_shipped_prices_make_dev_cheaper_than_five_dollars(synthesis: Path) -> None:
    assert price_estimate.estimate_usd([synthesis], "dev", "us-east-1", COUNTS) < 5
