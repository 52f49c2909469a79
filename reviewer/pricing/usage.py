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
BILLED_ROTATIONS = 2
"""Rotations of a key that raise its price, each by that of a key; later ones do not."""
ROTATIONS_SOURCE = (
    "https://aws.amazon.com/blogs/security/"
    "the-curious-case-of-faster-aws-kms-symmetric-key-rotation/"
)
# Its examples name the alarms; the page is made from this file of the AWS CLI:
# https://github.com/aws/aws-cli/blob/3096efe/awscli/examples/application-autoscaling/put-scaling-policy.rst
TRACKING_SOURCE = (
    "https://docs.aws.amazon.com/cli/latest/reference/application-autoscaling/"
    "put-scaling-policy.html"
)


@dataclass(frozen=True)
class Usage:
    """One meter of one resource.

    `idle` is how many units a month without work takes, `most` when everything runs at its maximum
    all month; both are 0 for what is billed by use alone, of which `each` units run side by side.
    """

    path: str
    meter: str
    idle: float = 0
    most: float = 0
    each: float = 1

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
    for variant in _tables(item.properties.get("ProductionVariants")):
        if "ServerlessConfig" in variant:
            memory = _table(variant["ServerlessConfig"]).get("MemorySizeInMB", "any")
            yield Usage(item.path, f"sagemaker-serverless:{memory}")
            continue
        count = _number(variant.get("InitialInstanceCount"), 1)
        least = _number(scaled.properties.get("MinCapacity"), count) if scaled else count
        most = _number(scaled.properties.get("MaxCapacity"), least) if scaled else count
        meter = f"sagemaker-hosting:{_first_type(variant)}"
        yield Usage(item.path, meter, least * HOURS_PER_MONTH, most * HOURS_PER_MONTH)


def _first_type(variant: dict[str, Any]) -> str:
    """Return the instance type, of several the one that is tried first."""
    pools = _tables(variant.get("InstancePools"))
    pools = sorted(pools, key=lambda pool: _number(pool.get("Priority"), 0))
    return str((pools[0] if pools else variant).get("InstanceType", "any"))


def _notebook(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    kind = item.properties.get("InstanceType", "any")
    size = _number(item.properties.get("VolumeSizeInGB"), 5)
    yield Usage(item.path, f"sagemaker-notebook:{kind}", 0, HOURS_PER_MONTH)
    yield Usage(item.path, "sagemaker-notebook-volume", size, size)


def _machine(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    for job in jobs(item, resolver):
        count = _number(job.count, 1)
        yield Usage(item.path, f"sagemaker-{job.kind}:{job.instance_type}", each=count)
    yield Usage(item.path, "states-transition")


def _interface(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    if item.properties.get("VpcEndpointType", "Gateway") == "Gateway":
        return
    subnets = item.properties.get("SubnetIds")
    zones = (len(subnets) if isinstance(subnets, list) else 0) or 1
    hours = float(zones * HOURS_PER_MONTH)
    yield Usage(item.path, "vpc-endpoint", hours, hours)
    yield Usage(item.path, "vpc-endpoint-data")


def _alarm(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    yield from _metrics(item, item.properties, _number(item.properties.get("Period"), 60))


def _tracking(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    """Yield the alarms of a target tracking policy, which Application Auto Scaling makes itself.

    AlarmHigh adds capacity, AlarmLow removes it; without scaling in there is only the first.
    """
    policy = _table(item.properties.get("TargetTrackingScalingPolicyConfiguration"))
    if not policy:
        return
    predefined = _table(policy.get("PredefinedMetricSpecification"))
    is_fast = "HighResolution" in str(predefined.get("PredefinedMetricType", ""))
    own = _table(policy.get("CustomizedMetricSpecification"))
    alarms = 1 if policy.get("DisableScaleIn") in (True, "true") else 2
    yield from _metrics(item, own, 10 if is_fast else 60, alarms=alarms)


def _metrics(
    item: Resource, watched: dict[str, Any], period: float, *, alarms: int = 1
) -> Iterator[Usage]:
    """Yield the metrics that alarms watch: each is billed, what is computed from them is not."""
    given = [one for one in _tables(watched.get("Metrics")) if "MetricStat" in one]
    stats = [_table(one["MetricStat"]) for one in given]
    period = min([period, *(_number(one.get("Period"), 60) for one in stats)])
    meter = "cloudwatch-alarm" if period >= 60 else "cloudwatch-alarm-high-resolution"
    count = float(max(len(stats), 1) * alarms)
    yield Usage(item.path, meter, count, count)


def _key(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    rotates = item.properties.get("EnableKeyRotation") not in (None, False, "false")
    yield Usage(item.path, "kms-key", 1, 1 + BILLED_ROTATIONS if rotates else 1)


def _build(item: Resource, assembly: Assembly, resolver: Resolver) -> Iterator[Usage]:
    size = _table(item.properties.get("Environment")).get("ComputeType", "any")
    yield Usage(item.path, f"codebuild:{size}")


_COMPUTED = {
    "alarm": _alarm,
    "build": _build,
    "hosting": _hosting,
    "interface": _interface,
    "jobs": _machine,
    "key": _key,
    "notebook": _notebook,
    "tracking": _tracking,
}
"""By the name that the catalogue uses."""


def units(amount: float, unit: str) -> str:
    """`1 hour`, `2,190 hours`, `0.5 GB`."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return f"{number} {unit}" if amount == 1 or unit.startswith("GB") else f"{number} {unit}s"


def _number(value: Any, otherwise: float) -> float:
    """Return what a template says as a number; what only a deployment knows is `otherwise`."""
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and value.isdecimal() else otherwise


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
