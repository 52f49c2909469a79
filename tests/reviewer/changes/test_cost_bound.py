"""A dearer month asks from the base's bound on, whatever makes it dearer; so does no price."""

from dataclasses import replace
from typing import Any

import pytest

from config.review.cost_bounds import CostBounds
from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import compare
from reviewer.pricing.prices import PriceList
from tests.reviewer.handmade import UNPRICED, environment, stack
from tests.reviewer.test_cost import prices

ALARM: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {}}
BOARD: dict[str, Any] = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {}}
BUILD: dict[str, Any] = {
    "Type": "AWS::CodeBuild::Project",
    "Properties": {"Environment": {"ComputeType": "BUILD_GENERAL1_SMALL"}},
}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {}}
TEN = prices(**{"cloudwatch-alarm": "0.1", "cloudwatch-dashboard": "100", "sqs-request": "0.01"})


def many(number: int, body: dict[str, Any] = ALARM, name: str = "It") -> dict[str, Any]:
    return {f"{name}{index}": body for index in range(number)}


def bounded(assembly: Assembly, **bounds: int) -> Assembly:
    return replace(assembly, cost_bounds=CostBounds(**bounds))


def home(*parts: dict[str, Any], **bounds: int) -> Assembly:
    resources = {name: body for part in parts for name, body in part.items()}
    return bounded(environment(stack(resources)), **bounds)


def costs(before: Assembly, after: Assembly, known: PriceList = TEN) -> list[Finding]:
    return [one for one in compare(before, after, known).findings if one.area == "cost"]


def asked(before: Assembly, after: Assembly, known: PriceList = TEN) -> list[str]:
    return [one.rule for one in costs(before, after, known) if one.needs_person]


BOARDS = many(3, BOARD, "Board")
"""USD 300 a month: 10 % are USD 30, so that the bound in dollars is met first."""


def test_a_hundred_alarms_ask_as_one_dear_machine_does() -> None:
    # USD 20.00 is the bound, not over it.
    assert asked(home(BOARDS), home(BOARDS, many(200))) == []

    (month,) = [one for one in costs(home(BOARDS), home(BOARDS, many(201))) if one.needs_person]

    assert (month.rule, month.at) == ("cost-over-bound", "kiban-x")
    assert month.said == (
        "a month costs USD 20.10 more when idle (6.7 %) and USD 20.10 more at most (6.7 %), over "
        "the bound of 10 % or USD 20: `cloudwatch-alarm` +USD 20.10 (`Storage/It0` and 200 more)"
    )
    assert month.before == "USD 300.00 when idle, USD 300.00 at most"
    assert month.after == "USD 320.10 when idle, USD 320.10 at most"


def test_a_small_environment_asks_by_the_share() -> None:
    one = many(1, BOARD, "Board")

    # USD 10.00 of USD 100.
    assert asked(home(one), home(one, many(100))) == []
    assert asked(home(one), home(one, many(101))) == ["cost-over-bound"]


@pytest.mark.parametrize(
    ("bounds", "number", "asks"),
    [
        ({"cost_rise_usd": 5}, 50, False),
        ({"cost_rise_usd": 5}, 51, True),
        ({"cost_rise_percent": 1}, 30, False),
        ({"cost_rise_percent": 1}, 31, True),
        ({"cost_rise_percent": 0}, 1, True),
        ({"cost_rise_usd": 0}, 1, True),
        ({"cost_rise_usd": 0}, 0, False),
        ({"cost_rise_percent": 50, "cost_rise_usd": 1_000}, 1_500, False),
    ],
)
def test_the_file_sets_both_bounds(bounds: dict[str, int], number: int, asks: bool) -> None:
    before, after = home(BOARDS, **bounds), home(BOARDS, many(number), **bounds)

    assert asked(before, after) == (["cost-over-bound"] if asks else [])


def test_a_branch_that_loosens_its_bound_is_judged_by_the_old_one() -> None:
    before, after = home(BOARDS), home(BOARDS, many(300), cost_rise_usd=50)

    raised, month = [one for one in costs(before, after) if one.needs_person]

    assert (raised.rule, raised.before, raised.after) == ("cost-bound-raised", "20", "50")
    assert "`review.cost_rise_usd` is raised" in raised.said
    assert month.rule == "cost-over-bound"


def test_a_branch_that_tightens_its_bound_says_so_and_asks_nobody() -> None:
    (found,) = costs(home(BOARDS), home(BOARDS, cost_rise_percent=5))

    assert (found.rule, found.before, found.after) == ("cost-bound-lowered", "10", "5")
    assert not found.needs_person


def test_the_first_deployment_of_an_environment_asks() -> None:
    assert asked(home(), home(many(1))) == ["cost-over-bound"]


def test_what_goes_away_pays_for_what_comes() -> None:
    before, after = home(BOARDS, many(1)), home(BOARDS, many(300, name="Other"))

    assert asked(before, home(BOARDS, many(1, name="Other"))) == []
    assert asked(home(BOARDS, many(300)), after) == []
    assert asked(before, after) == ["cost-over-bound"]


def test_the_dearest_meters_are_named_and_the_others_counted() -> None:
    known = prices(
        **{
            "cloudwatch-alarm": "1",
            "cloudwatch-composite-alarm": "2",
            "cloudwatch-dashboard": "30",
            "kms-key": "4",
            "nat-gateway": "0.1",
        }
    )
    kinds = ["CloudWatch::Alarm", "CloudWatch::CompositeAlarm", "CloudWatch::Dashboard"]
    kinds += ["KMS::Key", "EC2::NatGateway"]
    new = {f"{kind[-2:]}{index}": {"Type": f"AWS::{kind}"} for index, kind in enumerate(kinds)}
    new["more"] = {"Type": "AWS::CloudWatch::CompositeAlarm"}

    (month,) = [it for it in costs(home(), home(new), known) if it.rule == "cost-over-bound"]

    assert month.said.partition(": ")[2] == (
        "`nat-gateway` +USD 73.00 (`Storage/ay4`), `cloudwatch-dashboard` +USD 30.00 "
        "(`Storage/rd2`), `cloudwatch-composite-alarm` +USD 4.00 (`Storage/more` and 1 more), "
        "2 other meters +USD 5.00"
    )


def test_a_rise_without_a_price_asks_however_small_it_is() -> None:
    before, after = home(BOARDS), home(BOARDS, many(1))

    assert asked(before, after, UNPRICED) == ["cost-added"]
    assert asked(after, before, UNPRICED) == []
    assert asked(home(BOARDS), home(BOARDS, many(1, BUILD)), UNPRICED) == ["cost-added"]
    (found,) = costs(home(BOARDS), home(BOARDS, many(1, QUEUE)), UNPRICED)
    assert (found.said, found.needs_person) == ("bills by use: `sqs-request`, unpriced", True)


@pytest.mark.parametrize("body", [ALARM, BUILD])
def test_what_only_moved_has_risen_nowhere(body: dict[str, Any]) -> None:
    assert asked(home(many(2, body)), home(many(2, body, "Other")), UNPRICED) == []
    assert asked(home(many(1, body)), home(many(2, body, "Other")), UNPRICED) == [
        "cost-added",
        "cost-added",
    ]


@pytest.mark.parametrize(("price", "asks"), [("20", False), ("20.01", True)])
def test_a_new_meter_by_use_asks_when_one_unit_of_it_is_over_the_bound(
    price: str, asks: bool
) -> None:
    known = prices(**{"sqs-request": price})

    (found,) = costs(home(), home(many(1, QUEUE)), known)

    assert found.needs_person is asks
    assert found.said == f"bills by use: `sqs-request`, USD {price} for each request"


def test_the_way_of_the_amount_decides_not_the_number_of_resources() -> None:
    quick: dict[str, Any] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 10}}

    # One alarm less by the minute, one more by ten seconds, of which nobody knows the price.
    found = costs(home(BOARDS, {"It": ALARM}), home(BOARDS, {"It": quick}))

    assert [(one.rule, one.needs_person) for one in found] == [
        ("cost-added", True),
        ("cost-lowered", False),
    ]


@pytest.mark.parametrize(("price", "asks"), [("1.10", False), ("1.11", True), ("0.5", False)])
def test_another_machine_by_use_asks_when_one_unit_is_dearer_by_the_share(
    price: str, asks: bool
) -> None:
    small, medium = (f"codebuild:BUILD_GENERAL1_{size}" for size in ("SMALL", "MEDIUM"))
    known = prices(**{small: "1", medium: price})
    other = {"Environment": {"ComputeType": "BUILD_GENERAL1_MEDIUM"}}

    (found,) = costs(home({"It": BUILD}), home({"It": {**BUILD, "Properties": other}}), known)

    assert (found.rule, found.needs_person) == ("machine-changed", asks)
