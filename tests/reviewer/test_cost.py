"""Money is counted where prices are known, units where they are not; a zero is never a guess."""

import json
from datetime import date
from decimal import Decimal

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import compare
from reviewer.jobs import _first_type
from reviewer.pricing.meters import unit_of
from reviewer.pricing.prices import Price, PriceList
from reviewer.resolver import Resolver
from reviewer.revision_report.comment import markdown_report
from reviewer.sheets.cost import cost
from tests.reviewer.conftest import edited
from tests.reviewer.planted import Change, setting

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


TINY = "sagemaker-training:ml.m5.large"
KNOWN = prices(**{"kms-key": "10", SMALL: "1", LARGE: "4"})


def machine(name: str) -> Change:
    return setting(NOTEBOOK, "", "InstanceType", name)


def costs(before: Assembly, after: Assembly, known: PriceList) -> list[Finding]:
    return [one for one in compare(before, after, known).findings if one.area == "cost"]


def comment(before: Assembly, after: Assembly, known: PriceList) -> list[str]:
    return markdown_report("main", [compare(before, after, known)]).splitlines()


def test_a_dearer_machine_says_by_how_much_and_asks(prod: Assembly) -> None:
    month, change = costs(prod, edited(prod, "Workbench", machine("ml.t3.2xlarge")), KNOWN)

    assert month.needs_person
    assert not change.needs_person
    # 730 hours of three dollars more.
    assert "+USD 2,190.00 a month at most" in change.said
    assert "USD 2,190.00 more at most (288.2 %)" in month.said


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
    sheet = cost(prod, Resolver(prod), KNOWN)

    assert "Idle: USD 10.00 a month, and 26 meters without a price" in sheet
    assert "the oldest of 2026-01-02" in sheet
    assert "https://example.com/list" in sheet


def test_a_comment_says_what_the_idle_cost_becomes(prod: Assembly) -> None:
    known = prices(**{"sagemaker-notebook-volume": "2"})
    after = edited(prod, "Workbench", setting(NOTEBOOK, "", "VolumeSizeInGB", 120))

    said = "\n".join(comment(prod, after, known))

    assert "Idle cost: USD 40.00 → USD 240.00 a month (+USD 200.00)" in said


def renamed(old: str, new: str) -> Change:
    """A change of every place where a template says `old`."""

    def change(stack: SynthesisedStack) -> None:
        stack.template.update(json.loads(json.dumps(stack.template).replace(old, new)))

    return change


def test_another_machine_of_a_job_is_compared_by_the_hour(prod: Assembly) -> None:
    known = prices(**{"sagemaker-training:ml.m5.2xlarge": "0.461", TINY: "0.115"})
    after = edited(prod, "Training-churn", renamed("ml.m5.2xlarge", "ml.m5.large"))

    (cheaper,), (dearer,) = costs(prod, after, known), costs(after, prod, known)

    assert "-USD 0.346 for each hour" in cheaper.said
    assert not cheaper.needs_person
    assert "+USD 0.346 for each hour" in dearer.said
    assert dearer.needs_person


def test_a_comment_says_how_old_its_prices_are(prod: Assembly) -> None:
    (said,) = [line for line in comment(prod, prod, KNOWN) if line.startswith("Idle cost")]

    assert said.endswith("List prices, the oldest of 2026-01-02.")


def test_a_difference_is_not_made_up_from_what_has_no_price(prod: Assembly) -> None:
    path = "ProductionVariants/0/InstanceType"
    after = edited(prod, "Inference-churn", setting(CONFIG, "", path, "ml.m5.large"))
    known = prices(**{"kms-key": "1", "sagemaker-hosting:ml.m5.large": "1"})

    for before, now, missing in (
        (prod, after, "26 meters before, 25"),
        (after, prod, "25 meters before, 26"),
    ):
        (said,) = [line for line in comment(before, now, known) if line.startswith("Idle cost")]
        assert "(difference not known)" in said
        assert f"Without a price: {missing} after." in said


def test_a_sum_names_what_it_lacks(prod: Assembly) -> None:
    sheet = cost(prod, Resolver(prod), KNOWN)

    assert "without a price: `cloudwatch-alarm`, `cloudwatch-dashboard`, " in sheet.splitlines()[2]


def test_a_nat_gateway_is_paid_by_the_hour_all_month(prod: Assembly) -> None:
    def change(stack: SynthesisedStack) -> None:
        stack.template["Resources"]["Nat"] = {"Type": "AWS::EC2::NatGateway", "Properties": {}}

    found = costs(prod, edited(prod, "Network", change), prices(**{"nat-gateway": "0.1"}))

    assert "`nat-gateway` costs more, +USD 73.00 a month at most" in [one.said for one in found]
    # What passes through it has no price here.
    asked = [(one.rule, one.said) for one in found if one.needs_person]
    assert [rule for rule, _ in asked] == ["cost-added", "cost-over-bound"]
    assert "`nat-gateway-data`, unpriced" in asked[0][1]


def test_a_price_below_a_cent_is_written_out(prod: Assembly) -> None:
    sheet = cost(prod, Resolver(prod), prices(**{"sqs-request": "0.0000004"}))

    assert "| request | 0.0000004 | - |" in sheet
    assert "| `sqs-request` | 0.0000004 | request |" in sheet


def test_a_source_is_a_link_with_a_short_name(prod: Assembly) -> None:
    address = f"https://github.com/somebody/costs/blob/{'0' * 40}/some/where/prices.json"
    price = Price(Decimal(1), "key-month", f"SKU X, as read by {address}", date(2026, 1, 2))
    sheet = cost(prod, Resolver(prod), PriceList("us-east-1", {"kms-key": price}))

    assert f"SKU X, as read by [somebody/costs]({address}) |" in sheet
    assert "somebody's transcript of AWS's prices" in sheet
    assert "transcript" not in cost(prod, Resolver(prod), KNOWN)


@pytest.mark.parametrize("count", [1, 2])
def test_a_variant_of_many_machines_counts_all_of_them(count: int, prod: Assembly) -> None:
    path = "ProductionVariants/0/InstanceType"
    after = edited(prod, "Inference-churn", setting(CONFIG, "", path, "ml.m5.large"))
    known = prices(**{"sagemaker-hosting:ml.m5.large": str(count)})

    sheet = cost(after, Resolver(after), known)

    # Three machines at least, twelve at most.
    assert f"| 2,190 hours | {count} | USD {2190 * count:,}.00 |" in sheet
    assert f"8,760 hours: USD {8760 * count:,}.00" in sheet


def test_of_several_types_of_a_job_the_first_one_is_priced() -> None:
    assert _first_type('{% ["ml.m5.large", "ml.c5.large"][$fallback] %}') == "ml.m5.large"
    assert _first_type("ml.m5.large") == "ml.m5.large"
    assert _first_type("{% $type %}") == "{% $type %}"
