"""Price of a verification at list prices: the most it takes, or why that is not known."""

from decimal import Decimal
from pathlib import Path

from cli.review.price_lists import read_price_list
from cli.terminal.errors import WrongInput
from reviewer.assembly import read_assembly
from reviewer.pricing.cost import cost_lines
from reviewer.pricing.usage import HOURS_PER_MONTH, usages
from reviewer.resolver import Resolver

HOURS = Decimal(4)
"""Longest life of the environment: what takes longer is given up and destroyed."""

_TRAININGS = 2  # an hour each: a workflow that takes longer is stopped
_BUILD_MINUTES = 60
_FLEETS = 2  # an update of an endpoint runs the old machines beside the new ones
_BY_CALL = ("request", "invocation", "notification", "transition", "GB", "GB-month")
_SMALL_CHANGE = Decimal("0.10")
"""What is counted by call and by GB: thousands of calls and a GB are less than this."""


def estimate_usd(
    assembly: Path, name: str, region: str, instance_counts: dict[str, int]
) -> Decimal:
    """Return the most that a verification costs; raises WrongInput when a price is missing.

    `instance_counts` says how many machines one job of a kind takes, by its meter's first word.
    """
    found = read_assembly(assembly, name)
    total, missing = _SMALL_CHANGE, []
    for line in cost_lines(usages(found, Resolver(found)), read_price_list(region)):
        usage = line.usage
        by_call = usage.unit in _BY_CALL and not usage.most
        if by_call:
            continue
        if line.price is None:
            missing.append(usage.meter)
            continue
        total += line.price.usd * _units(usage.meter, usage.most, instance_counts)
    if missing:
        raise WrongInput(
            f"prices/{region}.json: has no price for {', '.join(sorted(set(missing)))}, so nobody "
            "knows what a verification costs; read them with: ./kiban prices refresh"
        )
    return total.quantize(Decimal("0.01"))


def _units(meter: str, most: float, instance_counts: dict[str, int]) -> Decimal:
    kind = meter.partition(":")[0]
    if kind == "codebuild":
        return Decimal(_BUILD_MINUTES)
    if kind in instance_counts:
        return Decimal(_TRAININGS * instance_counts[kind])
    fleets = _FLEETS if kind == "sagemaker-hosting" else 1
    return Decimal(str(most)) * HOURS / HOURS_PER_MONTH * fleets
