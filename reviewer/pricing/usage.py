"""What AWS bills for: which meter each resource turns, and how far when nobody uses it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewer.assembly import Assembly, Resource
from reviewer.jobs import jobs
from reviewer.pricing.meters import unit_of
from reviewer.values import Speller

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


def usages(assembly: Assembly, speller: Speller) -> list[Usage]:
    """Every meter of an environment, by stack and resource."""
    found: list[Usage] = []
    for item in assembly.resources():
        if item.type in _METERS:
            found += _METERS[item.type](item, assembly, speller)
    return found


def bills(kind: str) -> bool:
    """Whether AWS bills for resources of this type at all."""
    return kind in _METERS


def _hosting(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
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
        meter = f"sagemaker-hosting:{variant['InstanceType']}"
        yield Usage(item.path, meter, least * HOURS_PER_MONTH, most * HOURS_PER_MONTH)


def _notebook(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    kind = item.properties["InstanceType"]
    size = float(item.properties.get("VolumeSizeInGB", 5))
    yield Usage(item.path, f"sagemaker-notebook:{kind}", 0, HOURS_PER_MONTH)
    yield Usage(item.path, "sagemaker-notebook-volume", size, size)


def _machine(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    for job in jobs(item, speller):
        yield Usage(item.path, f"sagemaker-{job.kind}:{job.instance_type}")
    yield Usage(item.path, "states-transition")


def _interface(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    if item.properties.get("VpcEndpointType", "Gateway") == "Gateway":
        return
    zones = len(item.properties.get("SubnetIds", [])) or 1
    hours = float(zones * HOURS_PER_MONTH)
    yield Usage(item.path, "vpc-endpoint", hours, hours)
    yield Usage(item.path, "vpc-endpoint-data")


def _nat_gateway(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    yield Usage(item.path, "nat-gateway", HOURS_PER_MONTH, HOURS_PER_MONTH)
    yield Usage(item.path, "nat-gateway-data")


def _alarm(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    measured = item.properties.get("Metrics", [{"MetricStat": {}}])
    count = float(sum("MetricStat" in one for one in measured))
    period = item.properties.get("Period", 60)
    meter = "cloudwatch-alarm" if period >= 60 else "cloudwatch-alarm-high-resolution"
    yield Usage(item.path, meter, count, count)


def _build(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    size = item.properties["Environment"]["ComputeType"]
    yield Usage(item.path, f"codebuild:{size}")


def _key(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    yield Usage(item.path, "kms-key", 1, 1)
    yield Usage(item.path, "kms-request")


def _logs(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    yield Usage(item.path, "logs-ingested")
    yield Usage(item.path, "logs-stored")


Meters = Callable[[Resource, Assembly, Speller], Iterator[Usage]]


def _steady(meter: str) -> Meters:
    """One unit a month, whatever happens."""

    def found(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
        yield Usage(item.path, meter, 1, 1)

    return found


def _by_use(meter: str) -> Meters:
    def found(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
        yield Usage(item.path, meter)

    return found


_METERS: dict[str, Meters] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _steady("cloudwatch-dashboard"),
    "AWS::CodeBuild::Project": _build,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPCEndpoint": _interface,
    "AWS::ECR::Repository": _by_use("ecr-stored"),
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _logs,
    "AWS::S3::Bucket": _by_use("s3-stored"),
    "AWS::SNS::Topic": _by_use("sns-notification"),
    "AWS::SQS::Queue": _by_use("sqs-request"),
    "AWS::SageMaker::EndpointConfig": _hosting,
    "AWS::SageMaker::NotebookInstance": _notebook,
    "AWS::Scheduler::Schedule": _by_use("scheduler-invocation"),
    "AWS::StepFunctions::StateMachine": _machine,
}


def units(amount: float, unit: str) -> str:
    """`1 hour`, `2,190 hours`, `0.5 GB`."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return f"{number} {unit}" if amount == 1 or unit.startswith("GB") else f"{number} {unit}s"
