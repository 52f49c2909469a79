"""Price of a verification at list prices: the most it takes, or why that is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from cli.review.price_lists import read_price_list
from cli.terminal.errors import WrongInput
from reviewer.assembly import read_assembly
from reviewer.pricing.cost import cost_lines
from reviewer.pricing.meters import BY_CALL
from reviewer.pricing.usage import HOURS_PER_MONTH, usages
from reviewer.resolver import Resolver

HOURS = Decimal(4)
"""Longest life of the environment: what takes longer is given up and destroyed."""

_TRAININGS = 2  # an hour each: a workflow that takes longer is stopped
_BUILD_MINUTES = 60
_SMALL_CHANGE = Decimal("0.10")
"""What is counted by call and by GB: thousands of calls and a GB are less than this."""


@dataclass(frozen=True)
class _Price:
    """Price of one variant: the machines of its endpoints, and everything else."""

    fleet: Decimal
    rest: Decimal


def estimate_usd(
    assemblies: Sequence[Path], name: str, region: str, instance_counts: Mapping[str, int]
) -> Decimal:
    """Return the most that a verification costs; raises WrongInput when a price is missing.

    `assemblies` are deployed one over the other. `instance_counts` says how many machines one job
    of a kind takes, by its meter's first word.
    """
    found = [_price(one, name, region, instance_counts) for one in assemblies]
    # An update of an endpoint runs the old machines beside the new ones; the first is rolled out.
    fleets = [found[0].fleet, *(one.fleet for one in found)]
    hosting = max(old + new for old, new in pairwise(fleets))
    total = _SMALL_CHANGE + hosting + max(one.rest for one in found)
    return total.quantize(Decimal("0.01"))


def _price(assembly: Path, name: str, region: str, instance_counts: Mapping[str, int]) -> _Price:
    found = read_assembly(assembly, name)
    fleet, rest, missing = Decimal(0), Decimal(0), []
    for line in cost_lines(usages(found, Resolver(found)), read_price_list(region)):
        usage = line.usage
        by_call = usage.unit in BY_CALL and not usage.most
        if by_call:
            continue
        if line.price is None:
            missing.append(usage.meter)
            continue
        usd = line.price.usd * _units(usage.meter, usage.most, instance_counts)
        if usage.meter.startswith("sagemaker-hosting:"):
            fleet += usd
        else:
            rest += usd
    if missing:
        raise WrongInput(
            f"prices/{region}.json: has no price for {', '.join(sorted(set(missing)))}, so nobody "
            "knows what a verification costs; read them with: ./kiban prices refresh"
        )
    return _Price(fleet, rest)


def _units(meter: str, most: float, instance_counts: Mapping[str, int]) -> Decimal:
    kind = meter.partition(":")[0]
    if kind == "codebuild":
        return Decimal(_BUILD_MINUTES)
    if kind in instance_counts:
        return Decimal(_TRAININGS * instance_counts[kind])
    return Decimal(str(most)) * HOURS / HOURS_PER_MONTH
