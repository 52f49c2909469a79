"""A template that no reader can rely on is named by the first place that is wrong."""

from typing import Any

import pytest

from cfn.template_shape import Fault, first_fault

_RESOURCES = {"Data": {"Type": "AWS::S3::Bucket"}}


@pytest.mark.parametrize(
    "section", ["Conditions", "Mappings", "Metadata", "Outputs", "Parameters", "Rules"]
)
def test_a_section_of_a_template_is_an_object(section: str) -> None:
    assert first_fault({"Resources": _RESOURCES, section: {}}) is None
    assert first_fault({"Resources": _RESOURCES, section: ["x"]}) == Fault(
        section, ["x"], wanted="an object"
    )


@pytest.mark.parametrize("section", ["Outputs", "Parameters"])
def test_a_member_of_outputs_and_parameters_is_an_object(section: str) -> None:
    assert first_fault({"Resources": _RESOURCES, section: {"Name": "x"}}) == Fault(
        f"{section}.Name", "x", wanted="an object"
    )
    assert first_fault({"Resources": _RESOURCES, section: {"Fn::ForEach::Name": ["x"]}}) is None


@pytest.mark.parametrize("template", [None, [], "text"])
def test_a_template_is_an_object(template: Any) -> None:
    assert first_fault(template) == Fault("", template, wanted="an object")


@pytest.mark.parametrize("resources", [None, [], "text"])
def test_a_template_has_resources(resources: Any) -> None:
    assert first_fault({"Resources": resources}) == Fault(
        "Resources", resources, wanted="an object"
    )


def test_the_export_of_an_output_is_an_object() -> None:
    template = {"Resources": _RESOURCES, "Outputs": {"Name": {"Value": 1, "Export": "x"}}}

    assert first_fault(template) == Fault("Outputs.Name.Export", "x", wanted="an object")


@pytest.mark.parametrize(
    ("key", "wrong", "wanted"),
    [
        ("Properties", [], "an object"),
        ("Metadata", "x", "an object"),
        ("Condition", {}, "a text"),
        ("DependsOn", {}, "a text or a list"),
        ("DeletionPolicy", [], "a text or an object"),
        ("UpdateReplacePolicy", 1, "a text or an object"),
    ],
)
def test_an_attribute_of_a_resource_has_its_kind(key: str, wrong: Any, wanted: str) -> None:
    template = {"Resources": {"Data": {"Type": "AWS::S3::Bucket", key: wrong}}}

    assert first_fault(template) == Fault(f"Resources.Data.{key}", wrong, wanted=wanted)


@pytest.mark.parametrize(
    ("logical_id", "body", "where", "said"),
    [
        ("Fn::ForEach::X", [], "Resources.Fn::ForEach::X", "makes resources that nothing here"),
        ("a-b", {"Type": "T"}, "Resources.a-b", "letters and digits only, 255 at most"),
        ("a" * 256, {"Type": "T"}, f"Resources.{'a' * 256}", "255 at most"),
        ("A", {"Type": "a b"}, "Resources.A.Type", "there is no such type"),
        ("A", {"Type": "T" * 205}, "Resources.A.Type", "there is no such type"),
        ("A", {"Type": "T", "DependsOn": [1]}, "Resources.A.DependsOn", "no logical id"),
    ],
)
def test_a_resource_that_nothing_can_name_is_refused(
    logical_id: str, body: Any, where: str, said: str
) -> None:
    fault = first_fault({"Resources": {logical_id: body}})

    assert fault is not None
    assert fault.where == where
    assert said in fault.said


def test_the_longest_names_are_read() -> None:
    assert first_fault({"Resources": {"a" * 255: {"Type": "T" * 204}}}) is None
