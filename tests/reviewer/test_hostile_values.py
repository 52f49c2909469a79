"""Values that lead in circles, grow without end or are of another kind: reviewed or refused."""

from typing import Any

import pytest

from reviewer.assembly import Assembly, Resource, SynthesisedStack
from reviewer.errors import ReviewError
from reviewer.jobs import definition, jobs
from reviewer.lifetimes import is_retained, kept, on_deletion
from reviewer.resolver import Resolver
from tests.reviewer.handmade import environment, findings, one, stack

BUCKET = "AWS::S3::Bucket"


def exporting(**values: Any) -> SynthesisedStack:
    outputs = {name: {"Value": value, "Export": {"Name": name}} for name, value in values.items()}
    return SynthesisedStack(
        "kiban-x-A", "A", True, (), {"Resources": {}, "Outputs": outputs}, (), {}
    )


def imported(name: str) -> dict[str, str]:
    return {"Fn::ImportValue": name}


def text(value: Any, *stacks: SynthesisedStack) -> str:
    return Resolver(environment(stack({}), *stacks)).text("Storage", value)


def test_exports_that_import_each_other_end() -> None:
    circle = exporting(a=imported("b"), b=imported("a"))

    assert text(imported("a"), circle) == "{a}"
    resolver = Resolver(environment(stack({}), circle))
    assert resolver.target("Storage", imported("a")) is None
    assert resolver.targets("Storage", [imported("a")]) == []


def test_a_chain_of_imports_is_followed_to_its_end_and_one_without_end_is_refused() -> None:
    def chain(length: int) -> SynthesisedStack:
        steps = {f"e{n}": imported(f"e{n + 1}") for n in range(length)}
        return exporting(**steps, **{f"e{length}": "end"})

    assert text(imported("e0"), chain(40)) == "end"
    with pytest.raises(ReviewError, match="A: more than 50 exports that are imports"):
        text(imported("e0"), chain(400))


def test_texts_that_double_each_other_are_refused_before_they_fill_the_memory() -> None:
    doubling = {f"e{n}": {"Fn::Join": ["", [imported(f"e{n + 1}")] * 2]} for n in range(40)}
    nested: Any = "x" * 100
    for _ in range(40):
        nested = {"Fn::Sub": ["${a}${a}", {"a": nested}]}

    for value, stacks in ((imported("e0"), [exporting(**doubling, e40="x")]), (nested, [])):
        with pytest.raises(ReviewError, match="a value has more than 1 MiB") as caught:
            text(value, *stacks)
        assert "\n" not in str(caught.value)


def test_a_text_of_open_braces_is_read_once() -> None:
    assert text({"Fn::Sub": "${" * 200_000}) == "${" * 200_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Fn::Select": ["x", {"Fn::GetAZs": ""}]}, "{'Fn::Select': ['x', {'Fn::GetAZs': ''}]}"),
        ({"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "zone 2"),
        ({"Fn::Select": ["1", {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, "zone 2"),
        ({"Fn::Select": [0, {"Fn::Split": ["", "ab"]}]}, "{'Fn::Select': [0, {'Fn::Split': ['', "),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": [True, {"Fn::Split": [",", "a,b"]}]}, "{'Fn::Select': [true, "),
        ({"Fn::Select": [1, {"Fn::GetAZs": "eu-west-1"}]}, "{'Fn::Select': [1, {'Fn::GetAZs': 'eu"),
    ],
)
def test_a_selection_that_is_none_stays_as_it_is(value: Any, expected: str) -> None:
    assert text(value).startswith(expected)


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "It"},
        {"Fn::GetAtt": ["It", "Arn"]},
        {"Fn::GetAtt": "It.Arn"},
        {"Fn::Sub": "${It}"},
        {"Fn::Sub": "${It.Arn}"},
    ],
)
def test_a_resource_is_found_in_every_spelling(value: Any) -> None:
    resolver = Resolver(environment(stack({"It": {"Type": BUCKET}})))

    assert resolver.target("Storage", value) is not None
    longer = {"Fn::Sub": ["arn:${It}/${x}", {"x": "y"}]}
    assert [item.path for item in resolver.targets("Storage", [longer])] == ["Storage/It"]


def bucket(**properties: Any) -> Assembly:
    return one(BUCKET, properties)


def days(value: Any) -> dict[str, Any]:
    rule = {"Id": "r", "Status": "Enabled", "ExpirationInDays": value}
    return {"LifecycleConfiguration": {"Rules": [rule]}}


def rules(old: Assembly, new: Assembly) -> set[str]:
    return {item.rule for item in findings(old, new) if item.needs_person}


IF = {"Fn::If": ["IsProd", True, False]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (days(30), days({"Ref": "Days"}), {"expiry-shortened"}),
        (days({"Ref": "Days"}), days({"Ref": "Days"}), set()),
        (days(30), days("20"), {"expiry-shortened"}),
        (days(30), days({"Fn::If": ["IsProd", 30, 1]}), {"expiry-shortened"}),
        (days(30), {"LifecycleConfiguration": IF}, {"expiry-gone", "not-known-harmless"}),
        (
            {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
            {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": IF}},
            {"public-access-block-off"},
        ),
        (
            {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
            {"PublicAccessBlockConfiguration": "x"},
            {"public-access-block-off"},
        ),
        (
            {"VersioningConfiguration": {"Status": "Enabled"}},
            {"VersioningConfiguration": {"Fn::If": ["A", {"Status": "Enabled"}, {}]}},
            {"versioning-off"},
        ),
    ],
)
def test_what_a_function_decides_is_not_known_to_be_harmless(
    old: Any, new: Any, expected: set[str]
) -> None:
    assert rules(bucket(**old), bucket(**new)) == expected


def test_another_type_under_the_same_id_asks() -> None:
    was, now = one("AWS::CloudWatch::Dashboard", {}), one("Custom::Other", {})

    assert "replaced" in rules(was, now)


def resource(kind: str, body: dict[str, Any]) -> Resource:
    return Resource("Storage", "It", kind, "It", {"Type": kind, **body})


def test_a_deletion_policy_that_a_function_decides_keeps_nothing() -> None:
    undecided = resource(BUCKET, {"DeletionPolicy": {"Fn::If": ["A", "Retain", "Delete"]}})

    assert on_deletion(undecided) == "not known"
    assert not is_retained(undecided)
    assert not is_retained(resource(BUCKET, {"DeletionPolicy": "Keep"}))


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("AWS::Logs::LogGroup", {"RetentionInDays": {"Ref": "Days"}}, "as a function says"),
        ("AWS::Logs::LogGroup", {"RetentionInDays": "30"}, "30 days"),
        (BUCKET, days({"Ref": "Days"}), "every object as a function says"),
        (BUCKET, {"LifecycleConfiguration": "x"}, "current objects for ever"),
    ],
)
def test_how_long_something_is_kept_is_said_for_every_kind_of_value(
    kind: str, properties: Any, expected: str
) -> None:
    assert kept(resource(kind, {"Properties": properties})) == expected


@pytest.mark.parametrize(
    "states",
    [
        3,
        [],
        {"A": 3},
        {"A": {"Branches": "x"}},
        {"A": {"Iterator": []}},
        {"A": {"Type": "Task"}},
        {"A": {"Type": "Task", "Resource": [], "Parameters": []}},
        {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
                "Parameters": {"NetworkConfig": "x", "ProcessingResources": 3},
            }
        },
    ],
)
def test_a_state_machine_of_any_shape_is_read(states: Any) -> None:
    assembly = one("AWS::StepFunctions::StateMachine", {"DefinitionString": {"States": states}})
    (machine,) = assembly.resources()

    assert isinstance(list(jobs(machine, Resolver(assembly))), list)
    assert definition(machine, Resolver(assembly))["States"] == states
