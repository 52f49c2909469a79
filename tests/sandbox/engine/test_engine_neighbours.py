from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.engine.stacks import Stacks, Template, parameter, template


def _producer(value: str = "first") -> Template:
    exported = {"Value": value, "Export": {"Name": "shared"}}
    return template({"Only": parameter(value, "/producer")}, Outputs={"Shared": exported})


def _consumer(source: dict[str, Any]) -> Template:
    return template({"Only": parameter(source, "/consumer")})  # type: ignore[arg-type]


IMPORT = {"Fn::ImportValue": "shared"}
WEAK = {"Fn::GetStackOutput": {"StackName": "producer", "OutputName": "Shared"}}


@pytest.mark.parametrize("source", [IMPORT, WEAK])
def test_output_of_one_stack_reaches_another(stacks: Stacks, source: dict[str, Any]) -> None:
    stacks.create("producer", _producer())

    assert stacks.create("consumer", _consumer(source)) == "CREATE_COMPLETE"
    assert stacks.ssm("/consumer") == "first"


def test_export_in_use_is_neither_changed_nor_deleted(stacks: Stacks) -> None:
    stacks.create("producer", _producer())
    stacks.create("consumer", _consumer(IMPORT))

    assert stacks.update("producer", _producer("second")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "shared cannot be updated as it is in use by consumer" in stacks.reason("producer")
    assert stacks.ssm("/producer") == "first"
    stacks.delete("producer")
    assert "Cannot delete export shared as it is in use by consumer" in stacks.reason("producer")

    stacks.delete("consumer")
    stacks.delete("producer")
    assert stacks.names() == set()


def test_weak_reference_lets_the_producer_change(stacks: Stacks) -> None:
    stacks.create("producer", _producer())
    stacks.create("consumer", _consumer(WEAK))

    assert stacks.update("producer", _producer("second")) == "UPDATE_COMPLETE"


def test_export_name_belongs_to_one_stack(stacks: Stacks) -> None:
    stacks.create("producer", _producer())
    other = _producer("other")
    other["Resources"]["Only"]["Properties"]["Name"] = "/other"

    assert stacks.create("other", other) == "ROLLBACK_COMPLETE"
    assert "already exported by stack producer" in stacks.reason("other")


@pytest.mark.parametrize(
    ("source", "message"),
    [(IMPORT, "No export named shared found"), (WEAK, "No output named Shared found in stack")],
)
def test_missing_neighbour_fails_the_stack(
    stacks: Stacks, source: dict[str, Any], message: str
) -> None:
    assert stacks.create("consumer", _consumer(source)) == "ROLLBACK_COMPLETE"
    assert message in stacks.reason("consumer")


def test_exports_and_imports_are_listed(stacks: Stacks) -> None:
    stacks.create("producer", _producer())
    cloudformation = stacks.aws("cloudformation")

    assert [e["Name"] for e in cloudformation.list_exports()["Exports"]] == ["shared"]
    with pytest.raises(ClientError, match="not imported by any stack"):
        cloudformation.list_imports(ExportName="shared")
    stacks.create("consumer", _consumer(IMPORT))
    assert cloudformation.list_imports(ExportName="shared")["Imports"] == ["consumer"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-us-east-1"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Base64": "hi"}, "aGk="),
        ({"Fn::Sub": ["${x}${!y}", {"x": "1"}]}, "1${y}"),
        ({"Fn::ToJsonString": {"a": [1]}}, '{"a":[1]}'),
        ({"Fn::Sub": ["${n}", {"n": {"Fn::Length": ["a", "b"]}}]}, "2"),
        ({"Fn::FindInMap": ["Map", "a", "b"]}, "c"),
        ({"Fn::FindInMap": ["Map", "a", "x", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::Select": [1, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}]}, "10.0.1.0/24"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "us-east-1a"),
        ("{{resolve:ssm:/before}}", "seen"),
        ({"Fn::If": ["Never", "a", "b"]}, "b"),
    ],
)
def test_intrinsic_function_gives_what_cloudformation_gives(
    stacks: Stacks, source: Any, expected: str
) -> None:
    stacks.aws("ssm").put_parameter(Name="/before", Value="seen", Type="String")
    body = template(
        {"Only": parameter(source)},
        Transform="AWS::LanguageExtensions",
        Mappings={"Map": {"a": {"b": "c"}}},
        Conditions={"Never": {"Fn::Not": [{"Fn::Equals": ["a", "a"]}]}},
    )

    assert stacks.create("app", body) == "CREATE_COMPLETE", stacks.reason("app")
    assert stacks.ssm("/name") == expected


def test_function_that_is_not_emulated_fails_by_name(stacks: Stacks) -> None:
    assert stacks.create("app", _consumer({"Fn::Transform": {}})) == "ROLLBACK_COMPLETE"
    assert "Fn::Transform is not emulated" in stacks.reason("app")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"Resources": {}}, "At least one Resources member"),
        (_consumer({"Ref": "Nobody"}), r"Unresolved resource dependencies \[Nobody\]"),
        ({**_consumer({"Ref": "AWS::Region"}), "Transform": "x"}, "Transform is not emulated"),
        (
            {**_consumer({"Ref": "AWS::Region"}), "Transform": ["AWS::LanguageExtensions", "x"]},
            "Transform is not emulated",
        ),
    ],
)
@pytest.mark.aws_row("R26")
def test_template_that_cannot_work_is_refused_at_once(
    stacks: Stacks, body: Template, message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        stacks.create("app", body)
    assert stacks.names() == set()


@pytest.mark.aws_row("R25")
def test_circle_of_resources_is_named(stacks: Stacks) -> None:
    body = template({"A": parameter({"Ref": "B"}, "/a"), "B": parameter({"Ref": "A"}, "/b")})  # type: ignore[arg-type]

    with pytest.raises(ClientError, match=r"Circular dependency between resources: \[A, B\]"):
        stacks.create("app", body)


def test_rule_of_the_template_is_asserted(stacks: Stacks) -> None:
    body = _consumer({"Ref": "AWS::Region"})
    body["Parameters"] = {"Size": {"Type": "String", "Default": "small"}}
    contains = {"Fn::Contains": [["small"], {"Ref": "Size"}]}
    body["Rules"] = {"Fits": {"Assertions": [{"Assert": contains, "AssertDescription": "no"}]}}

    assert stacks.create("app", body, Size="large") == "ROLLBACK_COMPLETE"
    assert stacks.reason("app") == "Template rule Fits: no"
    assert stacks.create("good", body) == "CREATE_COMPLETE"
