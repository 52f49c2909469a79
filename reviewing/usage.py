"""What AWS bills for: which meter each resource turns, and how far when nobody uses it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewing.assembly import Assembly, Resource
from reviewing.jobs import jobs
from reviewing.values import Speller

HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Usage:
    """One meter of one resource.

    `idle` is how many units a month without work takes, `most` when everything runs at its maximum
    all month; both are 0 for what is billed by use alone.
    """

    path: str
    meter: str
    unit: str
    idle: float = 0
    most: float = 0


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
            yield Usage(item.path, f"sagemaker-serverless:{memory}", "second")
            continue
        count = variant.get("InitialInstanceCount", 1)
        least = scaled.properties["MinCapacity"] if scaled else count
        most = scaled.properties["MaxCapacity"] if scaled else count
        meter = f"sagemaker-hosting:{variant['InstanceType']}"
        yield Usage(item.path, meter, "hour", least * HOURS_PER_MONTH, most * HOURS_PER_MONTH)


def _notebook(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    kind = item.properties["InstanceType"]
    size = float(item.properties.get("VolumeSizeInGB", 5))
    yield Usage(item.path, f"sagemaker-notebook:{kind}", "hour", 0, HOURS_PER_MONTH)
    yield Usage(item.path, "sagemaker-notebook-volume", "GB-month", size, size)


def _machine(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    for job in jobs(item, speller):
        yield Usage(item.path, f"sagemaker-{job.kind}:{job.instance_type}", "hour")
    yield Usage(item.path, "states-transition", "transition")


def _interface(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    if item.properties.get("VpcEndpointType", "Gateway") == "Gateway":
        return
    zones = len(item.properties.get("SubnetIds", [])) or 1
    hours = float(zones * HOURS_PER_MONTH)
    yield Usage(item.path, "vpc-endpoint", "hour", hours, hours)
    yield Usage(item.path, "vpc-endpoint-data", "GB")


def _alarm(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    measured = item.properties.get("Metrics", [{"MetricStat": {}}])
    count = float(sum("MetricStat" in one for one in measured))
    period = item.properties.get("Period", 60)
    meter = "cloudwatch-alarm" if period >= 60 else "cloudwatch-alarm-high-resolution"
    yield Usage(item.path, meter, "metric-month", count, count)


def _build(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    size = item.properties["Environment"]["ComputeType"]
    yield Usage(item.path, f"codebuild:{size}", "minute")


def _key(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    yield Usage(item.path, "kms-key", "key-month", 1, 1)
    yield Usage(item.path, "kms-request", "request")


def _logs(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
    yield Usage(item.path, "logs-ingested", "GB")
    yield Usage(item.path, "logs-stored", "GB-month")


Meters = Callable[[Resource, Assembly, Speller], Iterator[Usage]]


def _steady(meter: str, unit: str) -> Meters:
    """One unit a month, whatever happens."""

    def found(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
        yield Usage(item.path, meter, unit, 1, 1)

    return found


def _by_use(meter: str, unit: str) -> Meters:
    def found(item: Resource, assembly: Assembly, speller: Speller) -> Iterator[Usage]:
        yield Usage(item.path, meter, unit)

    return found


_METERS: dict[str, Meters] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _steady("cloudwatch-dashboard", "dashboard-month"),
    "AWS::CodeBuild::Project": _build,
    "AWS::EC2::NatGateway": _steady("nat-gateway", "month"),
    "AWS::EC2::VPCEndpoint": _interface,
    "AWS::ECR::Repository": _by_use("ecr-stored", "GB-month"),
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _logs,
    "AWS::S3::Bucket": _by_use("s3-stored", "GB-month"),
    "AWS::SNS::Topic": _by_use("sns-notification", "notification"),
    "AWS::SQS::Queue": _by_use("sqs-request", "request"),
    "AWS::SageMaker::EndpointConfig": _hosting,
    "AWS::SageMaker::NotebookInstance": _notebook,
    "AWS::Scheduler::Schedule": _by_use("scheduler-invocation", "invocation"),
    "AWS::StepFunctions::StateMachine": _machine,
}


def units(amount: float, unit: str) -> str:
    """`1 hour`, `2,190 hours`, `0.5 GB`."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return f"{number} {unit}" if amount == 1 or unit.startswith("GB") else f"{number} {unit}s"
