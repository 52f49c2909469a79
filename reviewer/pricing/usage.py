"""Pricing dimensions of each resource: units a month when idle, and at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cfn.catalogue import row
from reviewer.jobs import jobs
from reviewer.pricing.meters import unit_of

if TYPE_CHECKING:
    from reviewer.assembly import Assembly, Resource
    from reviewer.resolver import Resolver

HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Usage:
    """One meter of one resource.

    `idle` is how many units a month without work takes, `most` when everything runs at its maximum
    all month; both are 0 for what is billed by use alone.
    """

    path: str
    meter: str
    idle: float = 0
    most: float = 0

    @property
    def unit(self) -> str:
        """What the meter counts in."""
        return unit_of(self.meter)


def usages(assembly: Assembly, resolver: Resolver) -> list[Usage]:
    """Every meter of an environment, by stack and resource."""
    found: list[Usage] = []
    for item in assembly.resources():
        facts = row(item.type)
        found += (Usage(item.path, meter, least, least) for meter, least in facts.meters.items())
        if facts.usage:
            found += _COMPUTED[facts.usage](item, assembly, resolver)
    return found


def _hosting(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    targets = list(assembly.resources("AWS::ApplicationAutoScaling::ScalableTarget"))
    scaled = next((one for one in targets if one.stack == item.stack), None)
    for variant in item.properties.get("ProductionVariants", []):
        if "ServerlessConfig" in variant:
            memory = variant["ServerlessConfig"]["MemorySizeInMB"]
            yield Usage(item.path, f"sagemaker-serverless:{memory}")
            continue
        count = variant.get("InitialInstanceCount", 1)
        least = scaled.properties["MinCapacity"] if scaled else count
        most = scaled.properties["MaxCapacity"] if scaled else count
        meter = f"sagemaker-hosting:{_first_type(variant)}"
        yield Usage(item.path, meter, least * HOURS_PER_MONTH, most * HOURS_PER_MONTH)


def _first_type(variant: dict[str, Any]) -> str:
    """Return the instance type, of several the one that is tried first."""
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: int(pool["Priority"]))
    return str(pools[0]["InstanceType"] if pools else variant["InstanceType"])


def _notebook(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    kind = item.properties["InstanceType"]
    size = float(item.properties.get("VolumeSizeInGB", 5))
    yield Usage(item.path, f"sagemaker-notebook:{kind}", 0, HOURS_PER_MONTH)
    yield Usage(item.path, "sagemaker-notebook-volume", size, size)


def _machine(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    for job in jobs(item, resolver):
        yield Usage(item.path, f"sagemaker-{job.kind}:{job.instance_type}")
    yield Usage(item.path, "states-transition")


def _interface(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    if item.properties.get("VpcEndpointType", "Gateway") == "Gateway":
        return
    zones = len(item.properties.get("SubnetIds", [])) or 1
    hours = float(zones * HOURS_PER_MONTH)
    yield Usage(item.path, "vpc-endpoint", hours, hours)
    yield Usage(item.path, "vpc-endpoint-data")


def _alarm(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    measured = item.properties.get("Metrics", [{"MetricStat": {}}])
    count = float(sum("MetricStat" in one for one in measured))
    period = item.properties.get("Period", 60)
    meter = "cloudwatch-alarm" if period >= 60 else "cloudwatch-alarm-high-resolution"
    yield Usage(item.path, meter, count, count)


def _build(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    size = item.properties["Environment"]["ComputeType"]
    yield Usage(item.path, f"codebuild:{size}")


_COMPUTED = {
    "alarm": _alarm,
    "build": _build,
    "hosting": _hosting,
    "interface": _interface,
    "jobs": _machine,
    "notebook": _notebook,
}
"""By the name that the catalogue uses."""


def units(amount: float, unit: str) -> str:
    """`1 hour`, `2,190 hours`, `0.5 GB`."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return f"{number} {unit}" if amount == 1 or unit.startswith("GB") else f"{number} {unit}s"
