"""Every row of the judge's tables, on its own example, and what no row fits."""

import json
from typing import Any

import pytest

from reviewer.changes.finding import AREAS
from reviewer.changes.judgements.judge import UNKNOWN
from reviewer.changes.judgements.rows import ADDED, REMOVED, Row, all_rows, first_row
from tests.reviewer.handmade import findings, one, told

ROWS = all_rows()
QUEUE = "AWS::SQS::Queue"


def _name(row: Row) -> str:
    return f"{row.file}:{row.types[0]}:{row.property}:{row.when}"


def _path(row: Row) -> str:
    return str(row.example.get("path", row.property.replace("**", "")))


def _judged(row: Row, before: Any, after: Any) -> Row | None:
    kind = row.types[0].replace("**", "Some::Thing").replace("*", "Thing")
    path = _path(row)
    return first_row(kind, path, before, after)


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_a_row_says_a_finding_or_why_it_is_harmless_and_fits_its_example(row: Row) -> None:
    assert bool(row.harmless) != bool(row.rule and row.says)
    assert row.area in AREAS
    assert "*" not in _path(row)
    assert "{" not in row.property or "path" in row.example

    assert _judged(row, row.example.get("before"), row.example.get("after")) is row


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.harmless and row.when not in ("changed", "default")],
    ids=_name,
)
def test_the_way_back_from_what_is_harmless_in_one_direction_is_not(row: Row) -> None:
    if row.property in (ADDED, REMOVED):
        other = REMOVED if row.property == ADDED else ADDED
        kind = row.types[0]
        back = first_row(kind, other, row.example.get("after"), row.example.get("before"))
        if "compared by" in row.harmless:
            return
    else:
        back = _judged(row, row.example.get("after"), row.example.get("before"))

    assert back is None or not back.harmless


def test_a_change_that_nothing_is_known_of_asks_with_both_values() -> None:
    old, new = {"RedriveAllowPolicy": {"a": 1}}, {"RedriveAllowPolicy": {"a": 2}}

    (found,) = findings(one(QUEUE, old), one(QUEUE, new))

    assert (found.rule, found.needs_person) == (UNKNOWN, True)
    assert found.said == "SQS::Queue: RedriveAllowPolicy changes; nothing proves it harmless"
    assert (found.before, found.after) == ('{\n  "a": 1\n}', '{\n  "a": 2\n}')


def test_what_differs_inside_of_one_property_is_one_finding_with_a_line_for_each_value() -> None:
    old = {"DataCaptureConfig": {"CaptureOptions": [{"CaptureMode": "Input"}], "A": {"B": 1}}}
    new = {"DataCaptureConfig": {"CaptureOptions": [{"CaptureMode": "Output"}], "A": {"C": 2}}}
    kind = "AWS::SageMaker::EndpointConfig"

    (found,) = [one for one in findings(one(kind, old), one(kind, new)) if one.needs_person]

    assert found.rule == "capture-changed"
    assert found.before == "A/B: 1\nCaptureOptions/0/CaptureMode: Input"
    assert found.after == "A/C: 2\nCaptureOptions/0/CaptureMode: Output"


def test_what_is_not_known_of_a_workflow_is_said_of_each_state_with_its_json() -> None:
    def definition(**fields: Any) -> dict[str, Any]:
        states = {"A/1": {}, "B": {"Type": "Pass", **fields}}
        return {"DefinitionString": json.dumps({"States": states})}

    kind = "AWS::StepFunctions::StateMachine"
    old, new = definition(Unheard=1, Of=1), definition(Unheard=2, Of=3)

    (found,) = findings(one(kind, old), one(kind, new))

    assert found.said.startswith("StepFunctions::StateMachine: DefinitionString/States/B changes;")
    assert '"Unheard": 1' in found.before and '"Unheard": 2' in found.after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"Condition": "OnlyProd"}),
        ({"DependsOn": ["A", "B"]}, {"DependsOn": ["A"]}),
        ({"DependsOn": "A"}, {"DependsOn": "B"}),
        ({"Metadata": {"cfn_nag": 1}}, {"Metadata": {"cfn_nag": 2}}),
        ({"UpdatePolicy": {"a": 1}}, {}),
        ({}, {"CreationPolicy": {"a": 1}}),
    ],
)
def test_what_a_resource_has_beside_its_properties_asks(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = findings(one(QUEUE, {}, **before), one(QUEUE, {}, **after))

    assert [finding.needs_person for finding in found] == [True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"DependsOn": ["A"]}),
        ({"DependsOn": ["A", "B"]}, {"DependsOn": ["B", "A"]}),
        ({"DependsOn": ["A"]}, {"DependsOn": "A"}),
        ({"Metadata": {"aws:cdk:path": "a"}}, {"Metadata": {"aws:cdk:path": "b"}}),
    ],
)
def test_what_a_resource_has_beside_its_properties_may_be_harmless(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = findings(one(QUEUE, {}, **before), one(QUEUE, {}, **after))

    assert [finding for finding in found if finding.needs_person] == []


def test_a_resource_of_a_type_that_nothing_is_known_of_asks_when_it_comes_and_goes() -> None:
    kind = "AWS::Some::Thing"

    assert told(kind, None, {"A": 1}) == [("added", "-", "there")]
    assert told(kind, {"A": 1}, None) == [("removed", "there", "-")]
    assert [f.needs_person for f in findings(one(kind, None), one(kind, {"A": 1}))] == [True]
    assert [f.needs_person for f in findings(one(kind, {"A": 1}), one(kind, None))] == [True]


def test_the_order_of_a_list_asks_unless_the_schema_says_that_it_is_none() -> None:
    def order(kind: str, path: str) -> list[bool]:
        old, new = ({path: {"Subnets": names}} for names in (["a", "b"], ["b", "a"]))
        found = findings(one(kind, old), one(kind, new))
        return [finding.needs_person for finding in found]

    assert order("AWS::SageMaker::Model", "VpcConfig") == []
    assert order("AWS::SageMaker::Model", "Unheard") == [True]


VARIANT = {"InitialInstanceCount": 2, "InstanceType": "ml.m5.large", "ModelName": "other"}


def endpoint(*variants: dict[str, Any]) -> dict[str, Any]:
    return {"ProductionVariants": list(variants)}


def test_a_variant_that_comes_or_goes_is_one_finding_with_all_that_it_says() -> None:
    kind = "AWS::SageMaker::EndpointConfig"
    first = {"VariantName": "First", **VARIANT}
    second = {"VariantName": "Second", **VARIANT}
    lines = (
        "InitialInstanceCount: 2\nInstanceType: ml.m5.large\nModelName: other\nVariantName: Second"
    )
    old, new = (endpoint(first, *more) for more in ((), (second,)))

    areas = ("resources", "safety")
    replaced = ("replaced", "", "")
    assert told(kind, old, new, *areas) == [("variant-added", "-", lines), replaced]
    assert told(kind, new, old, *areas) == [("variant-removed", lines, "-"), replaced]
    # What opens a way is no part of it.
    open_ = endpoint(first, {**second, "EnableSSMAccess": True})
    assert told(kind, old, open_, "exposure") == [("container-access", "-", "true")]
    # A variant that stays is another thing: each of its changes is said.
    larger = endpoint({**first, "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 3})
    assert [rule for rule, *_ in told(kind, old, larger, *areas)] == [
        "instances-raised",
        "instance-type-changed",
        "replaced",
    ]


def test_a_capture_that_is_gone_is_one_finding() -> None:
    kind = "AWS::SageMaker::EndpointConfig"
    capture = {"EnableCapture": True, "KmsKeyId": "ours", "InitialSamplingPercentage": 10}
    old, new = endpoint(VARIANT), {**endpoint(VARIANT), "DataCaptureConfig": capture}
    asking = [it for it in findings(one(kind, new), one(kind, old)) if it.needs_person]

    assert [it.rule for it in asking] == ["capture-off"]
    off = {**new, "DataCaptureConfig": {**capture, "KmsKeyId": None}}
    assert [it.rule for it in findings(one(kind, new), one(kind, off), "encryption")] == [
        "encryption-removed"
    ]


def test_a_row_about_every_property_names_those_that_differ() -> None:
    kind = "AWS::SageMaker::StudioLifecycleConfig"
    old, new = ({"StudioLifecycleConfigContent": text} for text in ("a", "b"))

    (found,) = [it for it in findings(one(kind, old), one(kind, new)) if it.needs_person]

    assert found.said.endswith(": StudioLifecycleConfigContent")


def test_what_something_new_does_not_set_is_said_so() -> None:
    (found,) = findings(one("AWS::SNS::Topic", None), one("AWS::SNS::Topic", {}), "encryption")

    assert (found.rule, found.before, found.after) == ("unencrypted", "-", "not set")


def test_no_python_value_is_shown() -> None:
    odd = {"PublicAccessBlockConfiguration": {}, "AccessControl": "PublicRead"}
    (acl,) = findings(one("AWS::S3::Bucket", {}), one("AWS::S3::Bucket", odd), "exposure")
    number = {"MaxSessionDuration": True}

    assert (acl.rule, acl.before, acl.after) == ("public-acl", "-", "PublicRead")
    (role,) = findings(one("AWS::IAM::Role", {}), one("AWS::IAM::Role", number), "permissions")
    assert (role.before, role.after) == ("-", "true")
