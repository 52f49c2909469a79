"""Money is counted where prices are known, units where they are not; a zero is never a guess."""

from datetime import date
from decimal import Decimal

import pytest

from reviewing.assembly import Assembly
from reviewing.changes.comparison import compare
from reviewing.changes.finding import Finding
from reviewing.changes.reports import markdown_report
from reviewing.meters import unit_of
from reviewing.prices import Price, PriceList
from reviewing.sheets.cost import cost
from reviewing.values import Speller
from tests.reviewing.conftest import edited
from tests.reviewing.planted import Change, setting

CONFIG, NOTEBOOK = "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::NotebookInstance"
SMALL, LARGE = "sagemaker-notebook:ml.t3.medium", "sagemaker-notebook:ml.t3.2xlarge"


def prices(**usd: str) -> PriceList:
    """A list of made-up figures, by meter."""
    source = "https://example.com/list"
    found = {
        meter: Price(Decimal(amount), unit_of(meter), source, date(2026, 1, 2))
        for meter, amount in usd.items()
    }
    return PriceList("us-east-1", found)


KNOWN = prices(**{"kms-key": "10", SMALL: "1", LARGE: "4"})


def machine(name: str) -> Change:
    return setting(NOTEBOOK, "", "InstanceType", name)


def costs(before: Assembly, after: Assembly, known: PriceList) -> list[Finding]:
    return [one for one in compare(before, after, known).findings if one.area == "cost"]


def test_a_dearer_machine_says_by_how_much_and_asks(prod: Assembly) -> None:
    (found,) = costs(prod, edited(prod, "Workbench", machine("ml.t3.2xlarge")), KNOWN)

    assert found.needs_person
    # 730 hours of three dollars more.
    assert "+USD 2,190.00 a month at most" in found.said


def test_a_cheaper_machine_asks_nobody(prod: Assembly) -> None:
    dear = edited(prod, "Workbench", machine("ml.t3.2xlarge"))

    (found,) = costs(dear, prod, KNOWN)

    assert not found.needs_person
    assert "-USD 2,190.00" in found.said


def test_a_machine_without_a_price_asks_whichever_way_it_goes(prod: Assembly) -> None:
    other = edited(prod, "Workbench", machine("ml.t3.large"))

    for before, after in ((prod, other), (other, prod)):
        (found,) = costs(before, after, KNOWN)
        assert found.needs_person
        assert "unpriced" in found.said


def test_the_sheet_adds_up_what_it_knows_and_counts_what_it_does_not(prod: Assembly) -> None:
    sheet = cost(prod, Speller(prod), KNOWN)

    assert "Idle: USD 10.00 a month, and 25 meters without a price" in sheet
    assert "the oldest of 2026-01-02" in sheet
    assert "https://example.com/list" in sheet


def test_a_comment_says_what_the_idle_cost_becomes(prod: Assembly) -> None:
    known = prices(**{"sagemaker-notebook-volume": "2"})
    after = edited(prod, "Workbench", setting(NOTEBOOK, "", "VolumeSizeInGB", 120))

    comment = markdown_report("main", [compare(prod, after, known)])

    assert "Idle cost: USD 40.00 → USD 240.00 a month (+USD 200.00)" in comment


@pytest.mark.parametrize("count", [1, 2])
def test_a_variant_of_many_machines_counts_all_of_them(count: int, prod: Assembly) -> None:
    path = "ProductionVariants/0/InstanceType"
    after = edited(prod, "Inference-churn", setting(CONFIG, "", path, "ml.m5.large"))
    known = prices(**{"sagemaker-hosting:ml.m5.large": str(count)})

    sheet = cost(after, Speller(after), known)

    # Three machines at least, twelve at most.
    assert f"| 2,190 hours | {count} | USD {2190 * count:,}.00 |" in sheet
    assert f"8,760 hours: USD {8760 * count:,}.00" in sheet
