"""`data.md`: where data lies, encrypted with what, kept how long, and who is notified."""

from collections.abc import Iterator

from cfn.values import at, mapping
from reviewer.assembly import Assembly, Resource
from reviewer.encryption import encrypted_with
from reviewer.jobs import jobs
from reviewer.lifetimes import holds_data, kept, on_deletion
from reviewer.markdown import code, page, table
from reviewer.policies import DECIDED
from reviewer.resolver import Resolver
from reviewer.statements import Statement, all_statements


def data(assembly: Assembly, resolver: Resolver) -> str:
    """The whole sheet."""
    return page(
        f"Data in {assembly.stage}",
        ["## Where it lies", ""],
        table(
            ["place", "type", "encrypted with", "kept", "when the stack is deleted"],
            [_place(item, resolver) for item in _sorted(assembly) if holds_data(item)],
        ),
        ["## Buckets", ""],
        table(
            ["bucket", "public access", "versions", "TLS", "access log"],
            _buckets(assembly, resolver),
        ),
        ["## In motion, and on the disks of machines", ""],
        table(["place", "what", "encrypted with"], _elsewhere(assembly, resolver)),
        ["## What is captured and logged", ""],
        table(["source", "goes to", "how much"], _captured(assembly, resolver)),
    )


def _sorted(assembly: Assembly) -> list[Resource]:
    return sorted(assembly.resources(), key=lambda item: (item.path, item.type))


def _place(item: Resource, resolver: Resolver) -> tuple[str, str, str, str, str]:
    key = encrypted_with(item, resolver)
    return (
        code(item.path),
        item.type.removeprefix("AWS::"),
        code(key) if key.startswith("{") else key or "AWS's own key",
        kept(item),
        on_deletion(item),
    )


def _buckets(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str, str, str]]:
    found = all_statements(assembly, resolver)
    for item in assembly.resources("AWS::S3::Bucket"):
        yield _bucket(item, found, resolver)


def _bucket(
    item: Resource, found: list[Statement], resolver: Resolver
) -> tuple[str, str, str, str, str]:
    block = mapping(item.properties.get("PublicAccessBlockConfiguration"))
    shut = sum(value is True for value in block.values()) == 4
    versions = at(item.properties, "VersioningConfiguration/Status") == "Enabled"
    log = at(item.properties, "LoggingConfiguration/DestinationBucketName")
    return (
        code(item.path),
        "blocked" if shut else "**open**",
        "kept" if versions else "**none**",
        _tls(item, found),
        code(resolver.text(item.stack, log)) if log else "none",
    )


def _tls(item: Resource, found: list[Statement]) -> str:
    refused = {
        (key, wanted)
        for one in found
        if one.holder == item.path and one.effect == "Deny"
        # What is refused in some cases of the template only is not refused.
        if all(operator != DECIDED for operator, _, _ in one.conditions)
        for _, key, wanted in one.conditions
    }
    if ("aws:SecureTransport", ("false",)) not in refused:
        return "**not required**"
    least = next((wanted[0] for key, wanted in refused if key == "s3:TlsVersion"), "")
    return f"{least} or later" if least else "required"


def _elsewhere(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str]]:
    for item in _sorted(assembly):
        if not holds_data(item) and (key := encrypted_with(item, resolver)):
            kind = item.type.removeprefix("AWS::")
            yield code(item.path), kind, code(key) if key.startswith("{") else key
    for machine in assembly.resources("AWS::StepFunctions::StateMachine"):
        for job in jobs(machine, resolver):
            what = f"disk of {job.kind} job, {job.volume_gb} GB"
            key = code(job.key) if job.key else "AWS's own key"
            yield code(f"{machine.path}: {job.state}"), what, key


def _captured(assembly: Assembly, resolver: Resolver) -> Iterator[tuple[str, str, str]]:
    for item in assembly.resources("AWS::SageMaker::EndpointConfig"):
        capture = mapping(item.properties.get("DataCaptureConfig"))
        if capture.get("EnableCapture"):
            goal = resolver.text(item.stack, capture.get("DestinationS3Uri", "somewhere"))
            goal = goal.removeprefix("s3://")
            part = capture.get("InitialSamplingPercentage", "some")
            share = f"{part} % of the requests and answers"
            yield code(item.path), code(goal), share
    for item in assembly.resources("AWS::StepFunctions::StateMachine"):
        logging = mapping(item.properties.get("LoggingConfiguration"))
        if logging:
            goals = resolver.targets(item.stack, logging.get("Destinations"))
            how = "with" if logging.get("IncludeExecutionData") else "without"
            for group in goals:
                yield (
                    code(item.path),
                    code(group.path),
                    f"{logging.get('Level', 'OFF')}, {how} inputs",
                )
    for item in assembly.resources("AWS::EC2::FlowLog"):
        for group in resolver.targets(item.stack, item.properties.get("LogGroupName")):
            traffic = f"{item.properties.get('TrafficType', 'ALL')} traffic"
            yield code(item.path), code(group.path), traffic
