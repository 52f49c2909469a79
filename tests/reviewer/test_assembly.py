"""Which resources an assembly has, and what each is called."""

import pytest

from reviewer.assembly import names_in
from tests.reviewer.handmade import environment, stack

TOPIC, QUEUE = {"Type": "AWS::SNS::Topic"}, {"Type": "AWS::SQS::Queue"}
METADATA = {"Type": "AWS::CDK::Metadata"}


@pytest.mark.parametrize(
    ("types", "found"),
    [
        ((), ["Storage/A", "Storage/B", "Other/C"]),
        (("AWS::SNS::Topic",), ["Storage/A", "Other/C"]),
        (("AWS::SNS::Topic", "AWS::SQS::Queue"), ["Storage/A", "Storage/B", "Other/C"]),
        (("AWS::S3::Bucket",), []),
    ],
)
def test_resources_are_found_by_their_types_and_the_cdks_own_are_none(
    types: tuple[str, ...], found: list[str]
) -> None:
    assembly = environment(
        stack({"A": TOPIC, "B": QUEUE, "CDKMetadata": METADATA}), stack({"C": TOPIC}, "Other")
    )

    assert [item.path for item in assembly.resources(*types)] == found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("kiban-dev/Storage/Data/Resource", "Data"),
        ("kiban-dev/Storage/Data/Policy/Resource", "Data/Policy"),
        ("kiban-dev/Storage/Data/Resource/Resource", "Data"),
        ("kiban-dev/Storage/Data", "Data"),
        ("kiban-dev/Storage/Resource", "Resource"),
        ("kiban-dev/Storage/Resource/Policy", "Resource/Policy"),
    ],
)
def test_a_resource_is_called_by_its_place_among_the_constructs(path: str, name: str) -> None:
    body = {**TOPIC, "Metadata": {"aws:cdk:path": path}}

    assert names_in({"Resources": {"Id": body, "Hand": TOPIC}}) == {"Id": name}
